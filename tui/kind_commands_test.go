package tui

import (
	"strings"
	"testing"
)

func TestKindsAreCommands(t *testing.T) {
	for _, c := range []struct{ command, title, filter, namespace string }{
		{"po", "workloads", "", ""},
		{"pods shop", "workloads", "", "shop"},
		{"deploy", "workloads", "deployment/", ""},
		{"sts shop", "workloads", "statefulset/", "shop"},
		{"deployments", "workloads", "deployment/", ""},
		{"crb", "findings", "kind:clusterrolebinding", ""},
		{"Service", "findings", "kind:service", ""},
		{"secrets shop", "findings", "kind:secret", "shop"},
		{"netpols", "findings", "", ""}, // no name of a kind
	} {
		t.Run(c.command, func(t *testing.T) {
			a, _ := newTestApp(t, "staging", 120, 40)
			deliver(a, inventorySnapshot())
			a.runCommand(c.command)
			if a.top().title() != c.title || a.namespace != c.namespace {
				t.Fatalf("opens %q in namespace %q", a.top().title(), a.namespace)
			}
			if got := a.top().(filterable).filterText(); got != c.filter {
				t.Errorf("filters by %q", got)
			}
		})
	}
}

func TestKindsListOnlyTheirs(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	a.runCommand("crb")
	if rows := listed(a); len(rows) != 1 || a.findings.finding(0).Object.Kind != "ClusterRoleBinding" {
		t.Errorf(":crb lists %d findings", len(rows))
	}
	deliver(a, inventorySnapshot())
	a.runCommand("deploy")
	v := a.top().(*workloadsView)
	if len(v.rows) == 0 {
		t.Fatal(":deploy lists no workload")
	}
	for _, r := range v.rows {
		if r.ref.Kind != "Deployment" {
			t.Errorf(":deploy lists %s", r.ref)
		}
	}
	a.runCommand("deploy a b")
	if text := screenText(a); !strings.Contains(text, "takes one namespace") {
		t.Errorf("two namespaces:\n%s", text)
	}
}

func TestCommandsPage(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 60)
	a.aliases = map[string]string{"mine": "ns shop"}
	press(a, "ctrl+a")
	text := screenText(a)
	for _, want := range []string{":workloads", ":wl", ":KIND", ":crb", ":mine", "short for :ns shop"} {
		if !strings.Contains(text, want) {
			t.Errorf("the commands lack %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "page down") {
		t.Error("the keys are among the commands")
	}
	press(a, "ctrl+a")
	if a.help != nil {
		t.Error("the key doesn't close the page")
	}
	press(a, ":")
	typeText(a, "netwo")
	press(a, "tab")
	if got := a.prompt.input.Value(); got != "network" {
		t.Errorf("a layer is suggested as %q", got)
	}
	typeText(a, "p")
	press(a, "tab")
	if got := a.prompt.input.Value(); got != "networkpolicies" {
		t.Errorf("a kind is suggested as %q", got)
	}
}
