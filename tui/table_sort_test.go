package tui

import (
	"slices"
	"strings"
	"testing"
)

func TestCellsAreComparedAsWhatTheySay(t *testing.T) {
	cells := []string{"zebra", "1,204", "◆ critical", "·", "12 pods", "Apple", "○ low", "–", "7"}
	slices.SortStableFunc(cells, func(a, b string) int { return sortValueOf(a).compare(sortValueOf(b)) })
	if got := strings.Join(cells, "|"); !strings.HasSuffix(got, "|7|12 pods|1,204|Apple|zebra") {
		t.Errorf("the order is %s", got)
	}
	if low, critical := slices.Index(cells, "○ low"), slices.Index(cells, "◆ critical"); low > critical {
		t.Errorf("low comes after critical: %v", cells)
	}
}

func TestEveryTableCanBeSorted(t *testing.T) {
	a, _ := newTestApp(t, "staging", 160, 45)
	a.runCommand("checks")
	v := a.top().(*checksView)
	ids := func() []string {
		var all []string
		for _, row := range v.rows {
			all = append(all, row.check.ID)
		}
		return all
	}
	press(a, "down", "down")
	selected := v.rows[v.table.cursor].check.ID
	press(a, "shift+right", "shift+right") // STATUS, then CHECK
	if !slices.IsSorted(ids()) || !strings.Contains(screenText(a), "CHECK ↑") {
		t.Errorf("by check:\n%s", screenText(a))
	}
	if got := v.rows[v.table.cursor].check.ID; got != selected {
		t.Errorf("the cursor went from %s to %s", selected, got)
	}
	press(a, "shift+down")
	down := ids()
	slices.Reverse(down)
	if !slices.IsSorted(down) || !strings.Contains(screenText(a), "CHECK ↓") {
		t.Errorf("turned round:\n%s", screenText(a))
	}
	press(a, "/")
	typeText(a, "pod")
	press(a, "enter")
	if down = ids(); len(down) < 2 || down[0] < down[len(down)-1] {
		t.Errorf("the filter forgets the order: %v", down)
	}
	press(a, "shift+left", "shift+left", "shift+left") // around the end
	if !strings.Contains(screenText(a), "↓") {
		t.Errorf("no column is marked:\n%s", screenText(a))
	}
}

func TestAllNamespacesStayOnTop(t *testing.T) {
	a, _ := newTestApp(t, "staging", 160, 45)
	a.runCommand("ns")
	v := a.top().(*namespacesView)
	first := v.rows[0]
	press(a, "shift+right", "shift+right", "shift+down")
	if v.rows[0].name != first.name {
		t.Errorf("the first row is %q now", v.rows[0].name)
	}
}

func TestAnEmptyTableCanBeSorted(t *testing.T) {
	a, _ := newTestApp(t, "staging", 160, 45)
	a.runCommand("exceptions")
	press(a, "shift+right", "shift+down", "shift+left")
}

func TestTheFindingsAreTurnedRoundAsTablesAre(t *testing.T) {
	a, _ := newTestApp(t, "staging", 160, 45)
	for _, step := range []struct{ key, heading, first string }{
		{"shift+up", "SEVERITY ↑", "pod/no-owner-label"},
		{"shift+down", "SEVERITY ↓", "api/cluster-admin"},
		{"C", "CHECK ↑", "api/cluster-admin"},
		{"shift+down", "CHECK ↓", "pod/privileged"},
		{"shift+down", "CHECK ↓", "pod/privileged"},
		{"shift+up", "CHECK ↑", "api/cluster-admin"},
		{"C", "CHECK ↓", "pod/privileged"},
	} {
		a.Update(keyFor(t, step.key))
		if first := a.findings.finding(0).Check; first != step.first || !strings.Contains(screenText(a), step.heading) {
			t.Errorf("after %s the first is %s, want %s under %s:\n%s", step.key, first, step.first, step.heading, screenText(a))
		}
	}
}
