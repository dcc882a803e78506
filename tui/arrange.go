package tui

import (
	"context"

	"k8s.io/apimachinery/pkg/labels"

	"kiln/kube"
	"kiln/scanners"
)

// query is what the user wants to see of the findings, and in which order.
type query struct {
	layer     scanners.Layer // empty: all
	namespace string         // empty: all
	filter    filter
	faults    bool
	// system lists the findings of the cluster's own components too, which
	// are folded unless their namespace is asked for; noAccepted leaves out
	// what somebody has accepted.
	system, noAccepted bool
	sort               sortKey
	reversed           bool
	// only leaves all but some findings out; nil admits all.
	only func(*scanners.Finding) bool
	// marked findings are always listed, so that nothing is acted on unseen.
	marked map[string]bool
}

// arrangement is the answer to a query: rows index the snapshot's findings.
type arrangement struct {
	rows []int32
	// counts per layer are of what matches the rest of the query; all of them
	// stand under the empty layer.
	counts map[scanners.Layer]int
	// folded and hidden count what matches too, but is left out: findings of
	// the cluster's own components, and accepted ones.
	folded, hidden int
}

// cancelEvery is how many findings are judged between two looks at the context.
const cancelEvery = 4096

// arrange filters and sorts. It is pure, and may take a while: a hundred
// thousand findings against a regular expression are some tenths of a second.
func arrange(ctx context.Context, s *snapshot, q query) (arrangement, error) {
	out := arrangement{counts: map[scanners.Layer]int{}}
	var text []byte
	var labelled map[kube.Ref]labels.Set
	if q.filter.labels != nil {
		labelled = labelsByObject(s.inventory)
	}
	for i := range s.listed() {
		f, fading := s.at(int32(i)), i >= len(s.findings)
		if i%cancelEvery == 0 && ctx.Err() != nil {
			return arrangement{}, ctx.Err()
		}
		matches := q.admits(f) && q.filter.admitsFields(f)
		if matches && labelled != nil {
			matches = q.filter.labels.Matches(labelled[f.Object])
		}
		if matches && !q.filter.isEmpty() {
			text = appendSearchText(text[:0], f)
			matches = q.filter.matches(text)
		}
		inLayer := q.layer == "" || q.layer == f.Layer
		if matches && q.leavesOut(f) {
			matches = false
			if inLayer && !fading {
				out.tallyLeftOut(f)
			}
		}
		if matches && !fading {
			out.counts[f.Layer]++
			out.counts[""]++
		}
		matches = matches && inLayer
		if matches || q.marked[f.ID] {
			out.rows = append(out.rows, int32(i))
		}
	}
	q.order(s, out.rows)
	return out, ctx.Err()
}

// admits judges all but the filter and the layer.
func (q query) admits(f *scanners.Finding) bool {
	if q.only != nil && !q.only(f) || q.faults && f.Severity < scanners.High {
		return false
	}
	return q.namespace == "" || namespaceOf(f) == q.namespace
}

// leavesOut says whether f is noise that isn't asked for.
func (q query) leavesOut(f *scanners.Finding) bool {
	return f.System && !q.system && q.namespace == "" || f.Accepted.Holds() && q.noAccepted
}

func (a *arrangement) tallyLeftOut(f *scanners.Finding) {
	if f.Accepted.Holds() {
		a.hidden++
	} else {
		a.folded++
	}
}

// appendSearchText is what a filter looks at: every column, with spaces between.
func appendSearchText(b []byte, f *scanners.Finding) []byte {
	for _, part := range []string{f.Severity.String(), f.Check, objectText(f), f.Object.Namespace, f.Message, string(f.Fix), ownerText(f)} {
		b = append(append(b, part...), ' ')
	}
	return b[:len(b)-1]
}
