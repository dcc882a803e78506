package tui

import (
	"kiln/scanners"
)

// standing is what the posture page tells of a snapshot's findings.
type standing struct {
	// todo counts the findings that are left to do, by severity too.
	todo       int
	bySeverity [scanners.Critical + 1]int
	// offenders are the heaviest groups, for some groupings.
	offenders [][]group
	gains     []gain
}

// mostOffenders is how many groups the page shows of each grouping.
const mostOffenders = 5

// standingOf sums up a snapshot. With a hundred thousand findings it takes
// tenths of a second.
func standingOf(s *snapshot) *standing {
	todo := toDo(s)
	st := &standing{todo: len(todo), gains: nextGains(s.results, 3)}
	for _, f := range todo {
		st.bySeverity[f.Severity]++
	}
	for _, by := range groupings()[:3] {
		groups := groupFindings(todo, by.of)
		heaviest := make([]group, min(mostOffenders, len(groups)))
		for i := range heaviest {
			heaviest[i] = groups[i]
			heaviest[i].findings = nil
		}
		st.offenders = append(st.offenders, heaviest)
	}
	return st
}

// isToDo says that a finding is left to do: it is neither accepted nor the
// cluster's own.
func isToDo(f *scanners.Finding) bool { return !f.System && !f.Accepted.Holds() }

// toDo are the findings that are left to do.
func toDo(s *snapshot) []*scanners.Finding {
	var all []*scanners.Finding
	for _, f := range s.findings {
		if isToDo(f) {
			all = append(all, f)
		}
	}
	return all
}
