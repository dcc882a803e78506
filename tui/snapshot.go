package tui

import (
	"cmp"
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

// snapshot is what is known of the cluster at one moment. It is made off the
// screen's thread and never changed.
type snapshot struct {
	// results are one per check, in the order of their IDs.
	results []scanners.CheckResult
	// findings are in the order of scanners.Compare.
	findings []*scanners.Finding
	scores   map[scanners.Layer]scanners.Score
	// judged counts the results per layer.
	judged map[scanners.Layer]int
	widths widths
	// namespaces are those with findings, the most first.
	namespaces []namespaceCount

	progress kube.Progress
	// inventory is what was read: of the last scan that ended, if there is one.
	// nil before anything was.
	inventory *kube.Inventory
	objects   int
	// complete says that the scan has ended.
	complete bool
	// delta is what has changed, for a snapshot that came live after the scan.
	delta *delta
	// fading are findings that went a moment ago: lists show them as gone.
	fading []*scanners.Finding
}

// widths are those of the widest cells, in bytes: near enough for columns.
type widths struct{ check, object, namespace, owner int }

type namespaceCount struct {
	name     string
	findings int
	// own counts the findings that aren't the cluster's own components'.
	own   int
	worst scanners.Severity
	// bySeverity leaves out what somebody has accepted.
	bySeverity map[scanners.Severity]int
}

// inventory is what was read of the cluster; nil before anything was.
func (a *App) inventory() *kube.Inventory {
	if a.snapshot == nil {
		return nil
	}
	return a.snapshot.inventory
}

// newSnapshot puts results in order. Checks that the running scan hasn't
// judged yet keep the result of the earlier one, so that a rescan doesn't
// empty the screen.
func newSnapshot(fresh []scanners.CheckResult, earlier *snapshot) *snapshot {
	s := &snapshot{results: slices.Clone(fresh)}
	if earlier != nil {
		judged := map[string]bool{}
		for _, r := range fresh {
			judged[r.Check.ID] = true
		}
		for _, r := range earlier.results {
			if !judged[r.Check.ID] {
				s.results = append(s.results, r)
			}
		}
	}
	slices.SortFunc(s.results, func(a, b scanners.CheckResult) int { return strings.Compare(a.Check.ID, b.Check.ID) })
	s.scores, s.judged = scanners.Scores(s.results), map[scanners.Layer]int{}
	for _, r := range s.results {
		s.judged[r.Check.Layer]++
	}
	s.collectFindings()
	s.measure()
	return s
}

// collectFindings joins the results' findings. Each result is in order, and
// the order begins with severity and check, so nothing has to be sorted.
func (s *snapshot) collectFindings() {
	for _, severity := range scanners.Severities() {
		for i := range s.results {
			findings := s.results[i].Findings
			for j := range findings {
				if findings[j].Severity == severity {
					s.findings = append(s.findings, &findings[j])
				}
			}
		}
	}
}

// listed counts the findings that lists show, those at last that are fading.
func (s *snapshot) listed() int { return len(s.findings) + len(s.fading) }

// at is one of the listed findings.
func (s *snapshot) at(i int32) *scanners.Finding {
	if int(i) < len(s.findings) {
		return s.findings[i]
	}
	return s.fading[int(i)-len(s.findings)]
}

// sameFindings says that two snapshots share their findings.
func (s *snapshot) sameFindings(other *snapshot) bool {
	return s == other || other != nil && len(s.findings) == len(other.findings) && (len(s.findings) == 0 || &s.findings[0] == &other.findings[0])
}

// find returns the finding of an ID, or nil.
func (s *snapshot) find(id string) *scanners.Finding {
	for _, f := range s.findings {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// result returns the result of a check, or nil.
func (s *snapshot) result(check string) *scanners.CheckResult {
	for i := range s.results {
		if s.results[i].Check.ID == check {
			return &s.results[i]
		}
	}
	return nil
}

// measure finds the widest cells and the namespaces.
func (s *snapshot) measure() {
	counts := map[string]*namespaceCount{}
	for _, f := range s.findings {
		s.widths.check = max(s.widths.check, len(f.Check))
		s.widths.object = max(s.widths.object, len(objectText(f)))
		s.widths.namespace = max(s.widths.namespace, len(f.Object.Namespace))
		s.widths.owner = max(s.widths.owner, len(ownerText(f)))
		namespace := namespaceOf(f)
		if namespace == "" {
			continue
		}
		c := counts[namespace]
		if c == nil {
			c = &namespaceCount{name: namespace, bySeverity: map[scanners.Severity]int{}}
			counts[c.name] = c
		}
		c.findings++
		if !f.System {
			c.own++
		}
		if !f.Accepted.Holds() {
			c.bySeverity[f.Severity]++
		}
		c.worst = max(c.worst, f.Severity)
	}
	for _, c := range counts {
		s.namespaces = append(s.namespaces, *c)
	}
	slices.SortFunc(s.namespaces, func(a, b namespaceCount) int {
		return cmp.Or(b.own-a.own, b.findings-a.findings, strings.Compare(a.name, b.name))
	})
}

// namespaceOf is where a finding is listed.
func namespaceOf(f *scanners.Finding) string { return namespaceOfRef(f.Object) }

// namespaceOfRef is the object's namespace; a Namespace's is itself.
func namespaceOfRef(ref kube.Ref) string {
	if ref.Kind == "Namespace" {
		return ref.Name
	}
	return ref.Namespace
}

// objectText is Kind/name, and the container where there is one.
func objectText(f *scanners.Finding) string {
	if f.Container == "" {
		return f.Object.Kind + "/" + f.Object.Name
	}
	return f.Object.Kind + "/" + f.Object.Name + " (" + f.Container + ")"
}

func ownerText(f *scanners.Finding) string {
	if f.Owner == nil {
		return ""
	}
	return strings.TrimRight(f.Owner.Manager+" "+f.Owner.Name, " ")
}
