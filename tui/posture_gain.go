package tui

import (
	"cmp"
	"slices"
	"strings"

	"kiln/scanners"
)

// gain is what mending everything that a check finds would give.
type gain struct {
	check    scanners.Check
	findings int
	// before and after are the layer's score in percent.
	before, after int
}

// nextGains picks the fixes that give the most, one after the other, each on
// top of those before it. Scores count checks, so that a check has to be
// mended as a whole; what only a person can mend isn't proposed.
func nextGains(results []scanners.CheckResult, n int) []gain {
	results = slices.Clone(results)
	var gains []gain
	for len(gains) < n {
		best, at := gain{}, -1
		for i, r := range results {
			if g, ok := gainOf(results, i); ok && (at < 0 || better(g, best, results[at], r)) {
				best, at = g, i
			}
		}
		if at < 0 {
			break
		}
		gains = append(gains, best)
		results[at] = mended(results[at])
	}
	return gains
}

// better prefers what is worth more; among equals, the fewer findings.
func better(g, best gain, bestResult, r scanners.CheckResult) bool {
	return cmp.Or(
		cmp.Compare(r.Check.Severity.Weight(), bestResult.Check.Severity.Weight()),
		cmp.Compare(best.findings, g.findings),
		strings.Compare(best.check.ID, g.check.ID),
	) > 0
}

// mended is a result of which only the findings about the cluster's own
// components are left.
func mended(r scanners.CheckResult) scanners.CheckResult {
	var left []scanners.Finding
	for _, f := range r.Findings {
		if f.System {
			left = append(left, f)
		}
	}
	switch r.Findings = left; {
	case len(left) > 0: // it still fails
	case r.Incomplete:
		r.Status = scanners.NotKnown
	default:
		r.Status = scanners.Pass
	}
	return r
}

func gainOf(results []scanners.CheckResult, i int) (gain, bool) {
	r := results[i]
	g := gain{check: r.Check}
	for _, f := range r.Findings {
		if f.System {
			continue
		}
		if f.Fix == scanners.Manual {
			return g, false
		}
		g.findings++
	}
	if r.Status != scanners.Fail || g.findings == 0 {
		return g, false
	}
	after := slices.Clone(results)
	after[i] = mended(r)
	g.before, g.after = percentOf(results, r.Check.Layer), percentOf(after, r.Check.Layer)
	return g, g.after > g.before
}

func percentOf(results []scanners.CheckResult, layer scanners.Layer) int {
	if p := scanners.Scores(results)[layer].Percent; p != nil {
		return *p
	}
	return 0
}

// changes are what a scan found and what it no longer finds.
type changes struct {
	appeared, gone []*scanners.Finding
}

// compareFindings tells what has changed between two complete scans. What a
// check no longer judges isn't gone.
func compareFindings(before []*scanners.Finding, after *snapshot) changes {
	known := make(map[string]bool, len(before))
	for _, f := range before {
		known[f.ID] = true
	}
	var c changes
	now := make(map[string]bool, len(after.findings))
	for _, f := range after.findings {
		now[f.ID] = true
		if !known[f.ID] {
			c.appeared = append(c.appeared, f)
		}
	}
	judged := map[string]bool{}
	for _, r := range after.results {
		judged[r.Check.ID] = r.Status != scanners.NotKnown && !r.Incomplete
	}
	for _, f := range before {
		if !now[f.ID] && judged[f.Check] {
			c.gone = append(c.gone, f)
		}
	}
	return c
}
