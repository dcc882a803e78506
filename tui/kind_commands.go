package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// kindExamples are some of the kinds' names.
func kindExamples() []string {
	return []string{":deploy", ":sts", ":svc", ":sec", ":sa", ":crb", ":no"}
}

// showKind shows what is known of a kind: its workloads, or the findings
// about its objects; of one namespace, if it is given.
func (a *App) showKind(kind, namespace string) tea.Cmd {
	if strings.Contains(namespace, " ") {
		a.flash(warning, ":"+strings.ToLower(kind)+" takes one namespace, not "+namespace)
		return nil
	}
	if slices.Contains(workloadKinds(), kind) {
		return showWorkloads(kind)(a, namespace)
	}
	cmd := showLayer("")(a, namespace)
	more, _ := a.findings.setFilter("kind:" + strings.ToLower(kind))
	return tea.Batch(cmd, more)
}

// showWorkloads shows the workloads of a kind, or all; of one namespace, if
// it is given.
func showWorkloads(kind string) func(*App, string) tea.Cmd {
	return func(a *App, namespace string) tea.Cmd {
		var cmd tea.Cmd
		if namespace != "" {
			cmd = a.setNamespace(namespace)
		}
		v := newWorkloadsView(a)
		if kind != "" {
			_, _ = v.setFilter("kind:" + strings.ToLower(kind)) // no pattern that could be wrong
		}
		a.root(v)
		return cmd
	}
}
