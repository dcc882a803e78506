package tui

import (
	"fmt"
	"slices"
	"testing"
	"time"

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

// keyBudget is what a key may take to its frame.
const keyBudget = 16 * time.Millisecond

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

// BenchmarkKeyToFrame walks through 100,000 findings, changes tabs, sorts and
// filters, and reports how long a key takes to its frame.
func BenchmarkKeyToFrame(b *testing.B) {
	a, _ := newTestApp(b, "staging", 160, 45)
	settle(a, deliverCmd(a, manyFindings(100_000)))
	keys := []string{"down", "pgdown", "tab", "end", "up", "space", "S", "home", "C", "shift+tab", "/", "s", "e", "r", "v", "backspace", "esc", "ctrl+z", "ctrl+z", "enter", "n", "esc"}
	var took []time.Duration
	b.ResetTimer()
	for i := range b.N {
		start := time.Now()
		_, cmd := a.Update(keyOf(keys[i%len(keys)]))
		a.View()
		took = append(took, time.Since(start))
		b.StopTimer()
		settle(a, cmd)
		a.View()
		b.StartTimer()
	}
	slices.Sort(took)
	p99 := took[len(took)*99/100]
	b.ReportMetric(float64(p99.Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "max-ms")
	if len(took) > 200 && p99 > keyBudget {
		b.Errorf("p99 is %s, the budget %s", p99, keyBudget)
	}
}
