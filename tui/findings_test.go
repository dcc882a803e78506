package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"kiln/kube"
	"kiln/scanners"
)

// listed are the IDs of the rows of the findings, from the top.
func listed(a *App) []string {
	var ids []string
	for _, f := range a.views[0].(*findingsView).listed() {
		ids = append(ids, f.ID)
	}
	return ids
}

func selected(a *App) string { return a.views[0].(*findingsView).current().ID }

func TestFilterNarrowsTheFindings(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       int
		problem    bool
	}{
		{"a word", "privileged", 5, false},
		{"a regular expression", "pod/priv(ileged|ilege-escalation)", 10, false},
		{"small letters match large ones", "helm", 6, false},
		{"capitals match capitals only", "HELM", 0, false},
		{"inverse", "!shop", 19, false},
		{"fuzzy: letters in order", "-f dmnsetcollector", 7, false},
		{"fuzzy takes no regular expression", "-f pod.*", 0, false},
		{"a broken expression is text", "(api", 6, true},
		{"wide characters", "注文", 6, false},
		{"right to left", "שירות", 6, false},
		{"nothing typed", "", 31, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, _ := newTestApp(t, "staging", 80, 24)
			press(a, "/")
			typeText(a, c.text)
			if got := len(listed(a)); got != c.want {
				t.Errorf("%q lists %d findings, want %d", c.text, got, c.want)
			}
			if problem := a.prompt.problem != ""; problem != c.problem {
				t.Errorf("%q: problem shown: %v (%q)", c.text, problem, a.prompt.problem)
			}
		})
	}
}

func TestEscTakesTheFilterAway(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	all := len(listed(a))
	press(a, "/")
	typeText(a, "privileged")
	press(a, "enter")
	if a.prompt != nil || len(listed(a)) != 5 {
		t.Fatalf("enter should keep the filter: %d listed", len(listed(a)))
	}
	press(a, "esc")
	if len(listed(a)) != all {
		t.Errorf("esc should list all %d again, got %d", all, len(listed(a)))
	}
}

func TestLayersAreTabs(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	v := a.views[0].(*findingsView)
	var seen []scanners.Layer
	for range 7 {
		seen = append(seen, v.query.layer)
		for _, id := range listed(a) {
			if v.query.layer != "" && !strings.HasPrefix(id, string(v.query.layer)+"/") {
				t.Errorf("tab %q lists %s", v.query.layer, id)
			}
		}
		press(a, "tab")
	}
	if want := append([]scanners.Layer{""}, scanners.Layers()...); !slices.Equal(seen, want) || v.query.layer != "" {
		t.Errorf("tab goes through %v and ends at %q", seen, v.query.layer)
	}
	press(a, "shift+tab")
	if v.query.layer != scanners.Audit {
		t.Errorf("shift-tab goes to %q", v.query.layer)
	}
	if v.arranged.counts[""] != 31 || v.arranged.counts[scanners.Pod] != 20 || v.arranged.counts[scanners.Audit] != 0 {
		t.Errorf("counts in the tabs: %v", v.arranged.counts)
	}
}

func TestClickOnATabAndOnARow(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	a.View()
	top := len(a.header())
	x := strings.Index(ansi.Strip(splitLines(a.View().Content)[top]), "network")
	a.Update(tea.MouseClickMsg{X: x, Y: top, Button: tea.MouseLeft})
	if v := a.views[0].(*findingsView); v.query.layer != scanners.Network {
		t.Fatalf("a click on the tab network shows %q", v.query.layer)
	}
	a.View()
	a.Update(tea.MouseClickMsg{X: 5, Y: top + 2 + 3, Button: tea.MouseLeft})
	if want := listed(a)[3]; selected(a) != want {
		t.Errorf("a click on the fourth row selects %s, want %s", selected(a), want)
	}
	a.Update(tea.MouseClickMsg{X: 5, Y: top + 2 + 3, Button: tea.MouseLeft})
	if _, ok := a.top().(*findingView); !ok {
		t.Error("a second click should open the finding")
	}
}

func TestSorting(t *testing.T) {
	for _, c := range []struct {
		name  string
		keys  []string
		first string
	}{
		{"the worst first at the start", nil, "api/cluster-admin-0"},
		{"severity turned round", []string{"S"}, "pod/no-owner-label-4"},
		{"by check", []string{"C"}, "api/cluster-admin-0"},
		{"by check, turned round", []string{"C", "C"}, "pod/privileged-4"},
		{"safe fixes first", []string{"F"}, "pod/privilege-escalation-0"},
		{"by namespace: those without first", []string{"P"}, "api/cluster-admin-0"},
		{"by kind and name", []string{"N"}, "api/cluster-admin-0"},
		{"by owner, turned round", []string{"O", "O"}, "pod/no-owner-label-3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, _ := newTestApp(t, "staging", 80, 24)
			press(a, c.keys...)
			if got := listed(a)[0]; got != c.first {
				t.Errorf("first is %s, want %s", got, c.first)
			}
		})
	}
}

func TestFaultsOnly(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	press(a, "ctrl+z")
	if got := len(listed(a)); got != 6 {
		t.Errorf("%d critical and high findings, want 6", got)
	}
	press(a, "ctrl+z")
	if got := len(listed(a)); got != 31 {
		t.Errorf("%d findings after a second ctrl-z, want 31", got)
	}
}

func TestMarkedFindingsAreNeverHidden(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	marked := selected(a)
	press(a, "space", "/")
	typeText(a, "no-owner-label")
	press(a, "enter")
	ids := listed(a)
	if !slices.Contains(ids, marked) || len(ids) != 6 {
		t.Errorf("the filter should list 5 matches and the marked %s: %v", marked, ids)
	}
	v := a.views[0].(*findingsView)
	if targets := v.targets(); len(targets) != 1 || targets[0].ID != marked {
		t.Errorf("a fix would act on %v, want the marked one alone", targets)
	}
	press(a, `ctrl+\`)
	if ids := listed(a); slices.Contains(ids, marked) {
		t.Error("without its mark the finding should be filtered")
	}
}

func TestRangeOfMarks(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	press(a, "space", "down", "down")
	a.Update(tea.KeyPressMsg{Code: tea.KeySpace, Mod: tea.ModCtrl})
	if got := len(a.views[0].(*findingsView).targets()); got != 4 {
		t.Errorf("%d marked, want 4: the first, and up to the fourth", got)
	}
}

func TestSelectionSurvivesARescan(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	press(a, "down", "down", "down", "space", "up")
	before := selected(a)
	results := fixtureResults()
	results[0].Findings = nil // the first row goes
	deliver(a, newSnapshot(results, nil))
	if selected(a) != before {
		t.Errorf("the cursor was on %s and is now on %s", before, selected(a))
	}
	gone := fixtureResults()
	gone[9].Findings = nil
	deliver(a, newSnapshot(gone, nil))
	if row := a.views[0].(*findingsView).table.cursor; row >= len(listed(a)) {
		t.Errorf("the cursor is at row %d of %d", row, len(listed(a)))
	}
	if targets := a.views[0].(*findingsView).targets(); len(targets) != 1 {
		t.Errorf("marks of findings that are gone must not act: %v", targets)
	}
}

func TestRescanKeepsWhatIsNotJudgedYet(t *testing.T) {
	full := newSnapshot(fixtureResults(), nil)
	running := newSnapshot(fixtureResults()[:1], full)
	if len(running.findings) != len(full.findings) || len(running.results) != len(full.results) {
		t.Errorf("a rescan under way shows %d findings, before %d", len(running.findings), len(full.findings))
	}
	if !slices.IsSortedFunc(running.findings, func(a, b *scanners.Finding) int { return int(b.Severity - a.Severity) }) {
		t.Error("the findings aren't in order")
	}
}

func TestNamespaces(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	a.runCommand("ns logging")
	if got := len(listed(a)); got != 6 {
		t.Errorf("%d findings in logging, want 6", got)
	}
	press(a, "0")
	if got := len(listed(a)); got != 31 {
		t.Errorf("%d findings after 0, want all 31", got)
	}
	press(a, "1")
	if a.namespace != "shop" || len(listed(a)) != 12 {
		t.Errorf("1 shows namespace %q with %d findings, want shop with 12", a.namespace, len(listed(a)))
	}
	press(a, "9")
	if m := a.messages.current(); m == nil || !strings.Contains(m.text, "no namespace 9") {
		t.Errorf("a number without a namespace should say so, got %+v", m)
	}
}

func TestNamespacesThatAreNotThere(t *testing.T) {
	namespaces := "apiVersion: v1\nkind: Namespace\nmetadata: {name: idle}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: logging}\n"
	for _, c := range []struct {
		name, yaml, command, namespace, said string
	}{
		{"one that isn't there", namespaces, "ns nope", "logging", `there is no namespace "nope": :ns lists`},
		{"of a kind", namespaces, "deploy nope", "logging", `there is no namespace "nope"`},
		{"one without findings", namespaces, "ns idle", "idle", "no findings in namespace idle"},
		{"all", namespaces, "ns all", "", ""},
		{"where not all could be read", namespaces + "---\napiVersion: v1\nkind: Pod\nspec: {containers: [}\n", "ns nope", "nope", "no findings in namespace nope"},
	} {
		a, _ := newTestApp(t, "staging", 120, 30)
		s := newSnapshot(fixtureResults(), nil)
		s.inventory, _, _ = kube.ReadManifests(kube.ManifestOptions{Paths: []string{"-"}, Stdin: strings.NewReader(c.yaml)})
		deliver(a, s)
		a.runCommand("ns logging")
		a.runCommand(c.command)
		said := ""
		if m := a.messages.current(); m != nil {
			said = m.text
		}
		if a.namespace != c.namespace || !strings.Contains(said, c.said) || (said == "") != (c.said == "") {
			t.Errorf("%s: it shows namespace %q and says %q", c.name, a.namespace, said)
		}
	}
}

func TestNextAndPreviousFinding(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	ids := listed(a)
	press(a, "enter", "n", "n")
	page := a.top().(*findingView)
	if page.finding.ID != ids[2] || selected(a) != ids[2] {
		t.Errorf("after n and n the page shows %s, the list %s; want %s", page.finding.ID, selected(a), ids[2])
	}
	press(a, "p", "p", "p")
	if page.finding.ID != ids[0] {
		t.Errorf("p goes to %s, want %s", page.finding.ID, ids[0])
	}
	if m := a.messages.current(); m == nil || !strings.Contains(m.text, "first finding") {
		t.Error("at the first finding, p should say why it doesn't move")
	}
}

func TestFindingThatIsGoneSaysSo(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	press(a, "enter")
	results := fixtureResults()
	results[0].Findings = nil
	deliver(a, newSnapshot(results, nil))
	if text := ansi.Strip(a.View().Content); !strings.Contains(text, "doesn't find this any more") {
		t.Errorf("the page should say that the finding is gone:\n%s", text)
	}
	press(a, "f")
	if _, ok := a.top().(*findingView); !ok {
		t.Error("nothing is left to fix, but a preview opened")
	}
}

func TestCSVIsNoFormula(t *testing.T) {
	got := csvSafe("=HYPERLINK(1)", "+1", "-x", "@cmd", "plain", "evil\x1b[31m\nname")
	want := []string{"'=HYPERLINK(1)", "'+1", "'-x", "'@cmd", "plain", "evil name"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
