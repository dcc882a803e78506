package scanners

import (
	"fmt"
	"slices"
	"strings"

	"kiln/kube"
	"kiln/kube/crash"
)

// Status is how a check ended.
type Status string

// The statuses. A check passes only if everything that it looks at could be
// read.
const (
	Pass     Status = "pass"
	Fail     Status = "fail"
	NotKnown Status = "unknown"
)

// CheckResult is a check's outcome on one Inventory.
type CheckResult struct {
	Check    Check
	Status   Status
	Reason   string
	Findings []Finding
	// Incomplete says that something that the check looks at could not be
	// read; a check with findings fails all the same.
	Incomplete bool
}

// Run evaluates checks over an Inventory that may still be filling up: each
// check once, as soon as all that it looks at is settled.
type Run struct {
	waiting []Check
	results []CheckResult
}

// NewRun prepares a run of checks.
func NewRun(checks []Check) *Run { return &Run{waiting: slices.Clone(checks)} }

// Advance evaluates the checks that have become ready and returns their results.
func (r *Run) Advance(inv *kube.Inventory) []CheckResult {
	var fresh []CheckResult
	r.waiting = slices.DeleteFunc(r.waiting, func(c Check) bool {
		if !ready(c, inv) {
			return false
		}
		fresh = append(fresh, evaluate(c, inv))
		return true
	})
	r.results = append(r.results, fresh...)
	return fresh
}

// Results are those so far.
func (r *Run) Results() []CheckResult { return r.results }

// Evaluate runs checks over a complete Inventory.
func Evaluate(checks []Check, inv *kube.Inventory) []CheckResult {
	results := make([]CheckResult, 0, len(checks))
	for _, c := range checks {
		results = append(results, evaluate(c, inv))
	}
	return results
}

func ready(c Check, inv *kube.Inventory) bool {
	for _, resources := range [][]kube.Resource{c.Needs, c.Reads, c.Hints} {
		for _, r := range resources {
			if !inv.Settled(r) {
				return false
			}
		}
	}
	return true
}

// evaluate runs one check. If it panics, it alone is unknown.
func evaluate(c Check, inv *kube.Inventory) (out CheckResult) {
	defer func() {
		if value := recover(); value != nil {
			out = CheckResult{Check: c, Status: NotKnown, Incomplete: true, Reason: broken(crash.New(value))}
		}
	}()
	out = CheckResult{Check: c}
	if why := gaps(inv, c.Needs); why != "" {
		out.Status, out.Reason, out.Incomplete = NotKnown, why, true
		return out
	}
	result := c.Find(inv)
	for _, h := range result.Hits {
		out.Findings = append(out.Findings, newFinding(c, inv, h))
	}
	slices.SortFunc(out.Findings, Compare)
	out.Findings = slices.CompactFunc(out.Findings, func(a, b Finding) bool { return a.ID == b.ID })
	unread := gaps(inv, c.Reads)
	out.Status, out.Reason = status(out.Findings, result.Unknown, unread)
	out.Incomplete = unread != ""
	if out.Status == Pass {
		out.Reason = kube.Clean(result.Note)
	}
	return out
}

// broken is why a check that panicked is unknown.
func broken(p *crash.Panic) string {
	return kube.Clean("the check itself failed, which is a bug in kiln (please report it): " + p.Error())
}

// status never lets a check pass that didn't see everything.
func status(findings []Finding, unknown, unread string) (Status, string) {
	missing := strings.Trim(unknown+"; "+unread, "; ")
	switch {
	case len(findings) > 0 && missing != "":
		return Fail, "there may be more: " + missing
	case len(findings) > 0 && ownFindings(findings) == 0:
		return Fail, "only in the cluster's own components"
	case len(findings) > 0:
		return Fail, ""
	case missing != "":
		return NotKnown, missing
	}
	return Pass, ""
}

// gaps says in one clause which of the resources could not be read. Those that
// share a reason are named together.
func gaps(inv *kube.Inventory, resources []kube.Resource) string {
	var reasons []string
	unread := map[string][]string{}
	for _, r := range resources {
		g, ok := inv.Gap(r)
		if !ok {
			continue
		}
		reason := g.Reason
		if g.Remedy != "" {
			reason += " (" + g.Remedy + ")"
		}
		if unread[reason] == nil {
			reasons = append(reasons, reason)
		}
		unread[reason] = append(unread[reason], string(r))
	}
	clauses := make([]string, 0, len(reasons))
	for _, reason := range reasons {
		clauses = append(clauses, few(unread[reason])+": "+reason)
	}
	return strings.Join(clauses, "; ")
}

// few names the first of a list, and counts the others.
func few(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
