package tui

import (
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners"
)

// manyFindings is a snapshot of n findings in a few checks.
func manyFindings(n int) *snapshot {
	checks := fixtureChecks()
	results := make([]scanners.CheckResult, len(checks))
	for i, c := range checks {
		r := scanners.CheckResult{Check: c, Status: scanners.Fail}
		for j := i; j < n; j += len(checks) {
			r.Findings = append(r.Findings, scanners.Finding{
				ID: fmt.Sprintf("%s-%06d", c.ID, j), Check: c.ID, Layer: c.Layer, Severity: c.Severity, Fix: c.Fix,
				Object:  kube.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: fmt.Sprintf("team-%02d", j%50), Name: fmt.Sprintf("service-%06d", j)},
				Message: fmt.Sprintf("container %q runs with more rights than it needs", "api"),
			})
		}
		results[i] = r
	}
	return newSnapshot(results, nil)
}

// TestOnlyVisibleRowsAreDrawn counts the cells that a frame asks for.
func TestOnlyVisibleRowsAreDrawn(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	v := a.views[0].(*findingsView)
	settle(a, deliverCmd(a, manyFindings(100_000)))
	draw, rows := v.table.cell, map[int]bool{}
	v.table.cell = func(row, col, width int) cell {
		rows[row] = true
		return draw(row, col, width)
	}
	a.View()
	if v.table.rows != 100_000 || len(rows) == 0 || len(rows) > 40 {
		t.Errorf("a screen of 40 lines drew %d rows of %d", len(rows), v.table.rows)
	}
}

// deliverCmd is deliver, for a test that runs what follows itself.
func deliverCmd(a *App, s *snapshot) tea.Cmd {
	s.complete = true
	_, cmd := a.Update(scanMsg{id: a.scan.id, snapshot: s})
	return cmd
}

// TestInvisibleRowsCostNothing compares the allocations of a frame with few
// findings to those of one with a hundred thousand.
func TestInvisibleRowsCostNothing(t *testing.T) {
	frame := func(findings int) float64 {
		a, _ := newTestApp(t, "staging", 120, 40)
		settle(a, deliverCmd(a, manyFindings(findings)))
		return testing.AllocsPerRun(20, func() {
			a.Update(keyOf("down"))
			a.View()
		})
	}
	few, many := frame(1_000), frame(100_000)
	if many > few*1.05 {
		t.Errorf("a frame makes %.0f allocations with 1,000 findings, and %.0f with 100,000", few, many)
	}
}
