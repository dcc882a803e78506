package tui

import (
	"strings"
	"testing"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/rbac"
)

// TestListsLeadToObjectsAndFindings drills from rows that aren't objects.
func TestListsLeadToObjectsAndFindings(t *testing.T) {
	policy := kube.Ref{APIVersion: "admissionregistration.k8s.io/v1", Kind: "ValidatingAdmissionPolicyBinding", Name: "kiln-pod-privileged"}
	open := map[string]func(*App) view{
		"journal": func(a *App) view {
			v := newJournalView(a)
			a.root(v)
			v.update(entriesMsg{entries: fixtureEntries()})
			return v
		},
		"guardrails": func(a *App) view {
			v := newGuardrailsView(a)
			a.root(v)
			v.update(guardrailsMsg{all: []fixes.Guardrail{
				{Name: policy.Name, Check: "pod/privileged", Namespace: "shop", By: fixes.ByPolicy},
				{Name: "shop", Check: "pod/privileged", Namespace: "shop", By: fixes.ByLabels, Level: "baseline"},
			}})
			return v
		},
		"who-can": func(a *App) view {
			a.runCommand("who-can list secrets")
			r := rightsOf(rightsSnapshot(t))
			a.top().update(grantsMsg{r, r.whoCan(rbac.Access{Verb: "list", Resource: "secrets"})})
			return a.top()
		},
		"checks": func(a *App) view { a.runCommand("checks"); return a.top() },
	}
	entry := fixtureEntries()[0].Finding.Object
	for _, c := range []struct {
		name, from string
		keys       []string
		yaml       string
		findings   int
	}{
		{"an entry's object", "journal", []string{"y"}, entry.String(), 0},
		{"findings of an entry's object", "journal", []string{"o"}, "", 6},
		{"the binding of a policy", "guardrails", []string{"y"}, policy.String(), 0},
		{"the namespace with the labels", "guardrails", []string{"down", "y"}, "Namespace/shop", 0},
		{"findings that a guardrail is about", "guardrails", []string{"o"}, "", 2},
		{"the binding that grants", "who-can", []string{"y"}, "RoleBinding/", 0},
		{"findings of a check", "checks", []string{"end", "o"}, "", 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, _ := newTestApp(t, "staging", 120, 40)
			from := open[c.from](a)
			press(a, c.keys...)
			switch v := a.top().(type) {
			case *yamlView:
				if got := v.ref.String(); c.yaml == "" || !strings.HasPrefix(got, c.yaml) {
					t.Errorf("leads to the YAML of %s", got)
				}
			case *findingsView:
				if c.yaml != "" || v.table.rows != c.findings {
					t.Errorf("lists %d findings, want %d", v.table.rows, c.findings)
				}
			default:
				t.Fatalf("leads to %s:\n%s", v.title(), screenText(a))
			}
			press(a, "esc")
			if a.top() != from {
				t.Errorf("esc leads to %s", a.top().title())
			}
		})
	}
}

// TestNamespacesCountWhatTheyList enters each row, and counts.
func TestNamespacesCountWhatTheyList(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 60)
	results := fixtureResults()
	namespace := results[4].Findings[0]
	namespace.ID, namespace.Object = "of-a-namespace", kube.Ref{APIVersion: "v1", Kind: "Namespace", Name: "shop"}
	results[4].Findings = append(results[4].Findings, namespace)
	results[9].Findings[0].System = true
	deliver(a, newSnapshot(results, nil))
	for i, row := range namespaceRows(a.snapshot) {
		counted := 0
		for _, severity := range scanners.Severities() {
			counted += row.bySeverity[severity]
		}
		a.runCommand("ns")
		v := a.top().(*namespacesView)
		v.table.moveTo(i)
		press(a, "enter")
		if listed := len(listed(a)); listed != counted {
			t.Errorf("%q counts %d findings and lists %d", row.name, counted, listed)
		}
	}
}
