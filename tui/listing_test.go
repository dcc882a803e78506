package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// openContextList shows a list of four contexts.
func openContextList(t *testing.T) (*App, *contextsView) {
	t.Helper()
	a, _ := newTestApp(t, "staging", 120, 30)
	a.runCommand("ctx")
	v := a.top().(*contextsView)
	v.update(contextsMsg{all: fourContexts()})
	return a, v
}

func fourContexts() []kubeContext {
	return []kubeContext{
		{name: "Prod-EU", server: "https://10.9.0.1:6443", user: "alice"}, {name: "dev", server: "https://10.1.0.1:6443", user: "bob"},
		{name: "prod-us", server: "https://10.9.0.2:6443", user: "alice"}, {name: "staging", server: "https://10.0.0.1:6443", user: "alice", namespace: "shop"},
	}
}

func (l *listing[R]) names() string {
	var all []string
	for _, row := range l.rows {
		all = append(all, l.of.id(row))
	}
	return strings.Join(all, " ")
}

func TestListsAreFilteredAsFindingsAre(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		problem          string
	}{
		{"small letters match large ones", "prod", "Prod-EU prod-us", ""},
		{"large letters match themselves", "Prod", "Prod-EU", ""},
		{"a regular expression", "^(▲ )?prod|dev", "Prod-EU dev prod-us", ""},
		{"another column", "bob", "dev", ""},
		{"the last column", "shop$", "staging", ""},
		{"inverse", "!prod", "dev staging", ""},
		{"fuzzy", "-f pus", "prod-us", ""},
		{"no regular expression", "prod(", "", "not a regex"},
		{"labels", "-l app=x", "", "labels"},
		{"a column", "user:alice,carol prod", "Prod-EU prod-us", ""},
		{"not that of a column", "!user:alice", "dev", ""},
		{"a column by a field's short name", "ns:shop", "staging", ""},
		{"a column's text in another one", "server:bob", "", ""},
		{"a column, still being typed", "user:", "Prod-EU dev prod-us staging", ""},
		{"a field that isn't here", "sev:high", "", "sev: is not a column here"},
		{"a colon in a name", "10.9.0.1:6443", "Prod-EU", ""},
		{"nothing", "", "Prod-EU dev prod-us staging", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, v := openContextList(t)
			press(a, "/")
			typeText(a, c.text)
			if got := v.names(); got != c.want {
				t.Errorf("%q lists %q, want %q", c.text, got, c.want)
			}
			if !strings.Contains(a.prompt.problem, c.problem) || c.problem == "" && a.prompt.problem != "" {
				t.Errorf("%q: the prompt says %q, want %q", c.text, a.prompt.problem, c.problem)
			}
		})
	}
}

func TestListsSayWhatTheFilterHides(t *testing.T) {
	a, _ := openContextList(t)
	press(a, "/")
	typeText(a, "prod")
	press(a, "enter")
	if text := screenText(a); !strings.Contains(text, "/prod · 2 of 4") {
		t.Errorf("the filter isn't shown:\n%s", text)
	}
	press(a, "/")
	typeText(a, "x")
	press(a, "enter")
	if text := screenText(a); !strings.Contains(text, "No context matches /prodx: esc shows all again.") {
		t.Errorf("an empty list doesn't say why:\n%s", text)
	}
	press(a, "c")
	if m := a.messages.current(); m == nil || m.text != "c needs a context, and none is listed" {
		t.Errorf("a key without a row says %+v", m)
	}
	press(a, "esc")
	if text := screenText(a); !strings.Contains(text, "staging (here)") || strings.Contains(text, "/prodx") {
		t.Errorf("esc doesn't show all again:\n%s", text)
	}
}

func TestTheCursorStaysOnItsRow(t *testing.T) {
	a, v := openContextList(t)
	cursor := func() string { row, _ := v.selected(); return row.name }
	v.moveTo("prod-us")
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"sorting", func() { press(a, "shift+right", "shift+down") }},
		{"a filter", func() { press(a, "/"); typeText(a, "prod"); press(a, "enter") }},
		{"the filter's end", func() { press(a, "esc") }},
		{"new rows", func() { v.setAll(append([]kubeContext{{name: "a"}, {name: "zz"}}, fourContexts()...)) }},
		{"rows that go", func() { v.setAll(fourContexts()[1:3]) }},
	} {
		if step.do(); cursor() != "prod-us" {
			t.Errorf("%s moves the cursor to %q of %s", step.name, cursor(), v.names())
		}
	}
	v.setAll(fourContexts()[:2])
	if cursor() == "" {
		t.Error("without its row the cursor is on none")
	}
}

// TestAClickOpensTheSelectedRow clicks the first row of every list of the
// scenes twice: that does what enter does.
func TestAClickOpensTheSelectedRow(t *testing.T) {
	for _, command := range []string{"checks", "messages", "ns", "workloads", "exceptions", "findings"} {
		open := func(do func(a *App)) string {
			a, _ := newTestApp(t, "staging", 120, 30)
			s := inventorySnapshot()
			s.findings = append(s.findings, newSnapshot(noisyResults(), nil).findings...)
			deliver(a, s)
			a.flash(info, "hello")
			a.messages.dismiss()
			a.runCommand(command)
			a.View()
			do(a)
			return a.top().title() + a.namespace
		}
		click := func(a *App) {
			for y := range 8 { // the first row is below the header
				before := a.top()
				if a.Update(tea.MouseClickMsg{X: 5, Y: y, Button: tea.MouseLeft}); a.top() != before {
					return
				}
			}
		}
		if byKey, byClick := open(func(a *App) { press(a, "enter") }), open(click); byKey != byClick || byKey == command {
			t.Errorf("in %s enter opens %q, a click %q", command, byKey, byClick)
		}
	}
}

func TestListsAreFilteredBySeverity(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 30)
	deliver(a, inventorySnapshot())
	a.runCommand("workloads")
	v := a.top().(*workloadsView)
	worst := func() map[string]int {
		found := map[string]int{}
		for _, row := range v.rows {
			found[strings.TrimSpace(v.cell(row, 0, 20).text)]++
		}
		return found
	}
	before := worst()
	for text, severities := range map[string][]string{"sev:crit": {"critical"}, "sev:high+": {"critical", "high"}, "sev:medium,low": {"medium", "low"}} {
		want := 0
		for cell, n := range before {
			for _, s := range severities {
				if strings.HasSuffix(cell, s) {
					want += n
				}
			}
		}
		if _, err := v.setFilter(text); err != nil || len(v.rows) != want {
			t.Errorf("%s: %v, %d rows of %v, want %d", text, err, len(v.rows), before, want)
		}
	}
	if len(before) < 2 {
		t.Errorf("the workloads are all of one severity: %v", before)
	}
	if _, err := v.setFilter("sev:awful"); err == nil || len(v.rows) != len(v.all) {
		t.Errorf("what is no severity is an error that hides nothing: %v, %d of %d rows", err, len(v.rows), len(v.all))
	}
}
