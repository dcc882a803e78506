package tui

import (
	"os"
	"strings"
	"testing"

	"kiln/scanners"
)

func TestFieldsNarrowTheFindings(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       int
		problem    bool
	}{
		{"a severity", "sev:critical", 6, false},
		{"cut short", "sev:crit", 6, false},
		{"several", "sev:low,info", 10, false},
		{"that and worse", "sev:medium+", 21, false},
		{"no severity", "sev:awful", 31, true},
		{"no severity, inverse", "!sev:awful", 31, true},
		{"a severity by its long name", "severity:critical", 6, false},
		{"a layer", "layer:pod", 20, false},
		{"a layer, cut short", "layer:p", 20, false},
		{"no layer", "layer:pdo", 31, true},
		{"no layer, inverse", "!layer:pdo", 31, true},
		{"a namespace, in part", "ns:sho", 12, false},
		{"namespaces", "ns:shop,logging", 18, false},
		{"inverse", "!ns:shop", 19, false},
		{"a fix", "fix:safe", 10, false},
		{"fixes, cut short", "fix:s,g", 31, false},
		{"no fix", "fix:easy", 31, true},
		{"an owner", "owner:helm", 6, false},
		{"a check", "check:privilege", 10, false},
		{"a kind, as kubectl shortens it", "kind:ds", 6, false},
		{"a kind's plural", "kind:daemonsets", 6, false},
		{"a kind without a finding", "kind:ing", 0, false},
		{"two fields", "sev:critical layer:pod", 5, false},
		{"a field and text", "ns:shop privileged", 2, false},
		{"a field and inverse text", "ns:shop !checkout", 6, false},
		{"still typing", "sev:", 31, false},
		{"no field", "registry:5000", 0, false},
		{"labels without an inventory", "-l app=x", 0, false},
		{"no selector", "-l app=(", 0, true},
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

func TestLabelsNarrowTheFindings(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	s := inventorySnapshot()
	s.inventory.Workloads[1].Object.SetLabels(map[string]string{"app": "checkout", "tier": "web"})
	deliver(a, s)
	for text, want := range map[string]int{"-l app=checkout": 6, "-l app in (checkout,x),tier": 6, "-l app!=checkout": 25, "-l app=other": 0} {
		press(a, "/")
		typeText(a, text)
		if got := len(listed(a)); got != want {
			t.Errorf("%q lists %d, want %d", text, got, want)
		}
		press(a, "esc")
	}
}

func TestPromptsRememberWhatWasEntered(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	for _, text := range []string{"checks", "ns shop", "checks"} {
		press(a, ":")
		typeText(a, text)
		press(a, "enter")
	}
	press(a, ":")
	typeText(a, "mess")
	for _, step := range []struct{ key, want string }{
		{"up", "checks"}, {"up", "ns shop"}, {"up", "ns shop"}, {"down", "checks"}, {"down", "mess"}, {"down", "mess"},
	} {
		press(a, step.key)
		if got := a.prompt.input.Value(); got != step.want {
			t.Errorf("after %s the prompt holds %q, want %q", step.key, got, step.want)
		}
	}
	press(a, "esc", "/", "up")
	if got := a.prompt.input.Value(); got != "" {
		t.Errorf("the filter's prompt has the commands' history: %q", got)
	}
}

func TestAliasesMeanCommands(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	path := t.TempDir() + "/aliases.yaml"
	for _, c := range []struct{ yaml, problem string }{
		{"mine: ns shop\nl: learn\n", ""},
		{"mine: delete all\n", "not a command"},
		{"mine: ns shop\nl: learn\ndp: deployments\n", ""},
		{"checks: journal\n", "a command already"},
		{"a b: journal\n", "no single word"},
		{"[", "reading the aliases"},
	} {
		if err := os.WriteFile(path, []byte(c.yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		aliases, err := readAliases(path)
		if (err != nil) != (c.problem != "") || err != nil && !strings.Contains(err.Error(), c.problem) {
			t.Errorf("%q: %v, want %q", c.yaml, err, c.problem)
		}
		if err == nil {
			a.aliases = aliases
		}
	}
	a.runCommand("mine")
	if a.namespace != "shop" {
		t.Errorf("the alias shows namespace %q", a.namespace)
	}
	a.runCommand("dp logging")
	if _, ok := a.top().(*workloadsView); !ok || a.namespace != "logging" {
		t.Errorf("an alias of a kind opens %q in %q", a.top().title(), a.namespace)
	}
	a.runCommand("l privileged")
	if a.top().title() != "lesson" {
		t.Errorf("an alias with an argument opens %q", a.top().title())
	}
}

func TestGroupsCycleAndOpen(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	press(a, "b")
	v := a.top().(*groupsView)
	if len(v.rows) != 7 || v.rows[0].name != "pod/privileged" || v.rows[0].bySeverity[scanners.Critical] != 5 {
		t.Fatalf("by check: %d groups, the first %+v", len(v.rows), v.rows[0])
	}
	var titles []string
	for range 4 {
		titles = append(titles, a.top().title())
		press(a, "b")
	}
	if got := strings.Join(titles, ", "); got != "by check, by namespace, by object, by owner" || len(a.views) != 1 {
		t.Errorf("the key goes through %s and ends at %q", got, a.top().title())
	}
	press(a, "b", "/")
	typeText(a, "findings:5")
	press(a, "enter")
	filtered := len(a.top().(*groupsView).rows)
	if press(a, "b"); filtered == 0 || len(a.top().(*groupsView).fields) != 0 || len(a.top().(*groupsView).rows) != len(a.top().(*groupsView).all) {
		t.Errorf("the next grouping keeps the filter of the one before, which left %d", filtered)
	}
	press(a, "esc", "/")
	typeText(a, "sev:medium")
	press(a, "enter", "b", "b", "enter")
	list := a.top().(*findingsView)
	if list.name != "shop" || list.table.rows != 6 {
		t.Errorf("the group %q opens with %d findings, want the 6 of shop that the filter left", list.name, list.table.rows)
	}
}
