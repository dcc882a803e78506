package tui

import (
	"cmp"
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners"
)

// namespacesView lists the namespaces and how each stands. Their numbers are
// the keys that choose them anywhere in the findings.
type namespacesView struct {
	listing[namespaceRow]
	// number is the key of a namespace, 1 to 9.
	number map[string]int
}

func newNamespacesView(a *App) *namespacesView {
	v := &namespacesView{}
	v.prepare(a, v, "namespace", []column{
		{title: "KEY", min: 3, want: 3},
		{title: "NAMESPACE", min: 14, want: 36},
		{title: "CRIT", min: 4, want: 5},
		{title: "HIGH", min: 4, want: 5},
		{title: "MED", min: 4, want: 5, drop: 1},
		{title: "LOW", min: 4, want: 5, drop: 2},
		{title: "WORKLOADS", min: 9, want: 9, drop: 3},
		{title: "NET POLICIES", min: 12, want: 12, drop: 4},
		{title: "POD SECURITY", min: 12, want: 30, drop: 1, flex: true},
	})
	v.onTop = 1
	v.read()
	return v
}

func (v *namespacesView) title() string { return "ns" }

func (v *namespacesView) onSnapshot() tea.Cmd {
	v.read()
	return nil
}

// read makes the rows: all first, then each.
func (v *namespacesView) read() {
	v.number = map[string]int{}
	if v.app.snapshot == nil {
		return
	}
	for i, n := range v.app.snapshot.namespaces[:min(9, len(v.app.snapshot.namespaces))] {
		v.number[n.name] = i + 1
	}
	v.setAll(namespaceRows(v.app.snapshot))
}

func (v *namespacesView) id(n namespaceRow) string { return n.name }

func (v *namespacesView) cell(n namespaceRow, col, _ int) cell {
	s := v.app.styles
	switch col {
	case 0:
		if number := v.number[n.name]; number > 0 {
			return cell{fmt.Sprint(number), s.accent}
		}
		if n.name == "" {
			return cell{"0", s.accent}
		}
		return cell{"", s.faint}
	case 1:
		if n.name == "" {
			return cell{"all", s.text}
		}
		return cell{kube.Clean(n.name), s.text}
	case 2, 3, 4, 5:
		severity := scanners.Severities()[col-2]
		if n.bySeverity[severity] == 0 {
			return cell{padLeft("·", 4), s.faint}
		}
		return cell{padLeft(groupDigits(n.bySeverity[severity]), 4), s.severity[severity]}
	case 6:
		return cell{padLeft(n.count(n.workloads), 9), s.muted}
	case 7:
		return cell{padLeft(n.count(n.policies), 12), s.muted}
	}
	return v.enforcement(n)
}

// enforcement is the Pod Security level that the namespace enforces.
func (v *namespacesView) enforcement(n namespaceRow) cell {
	s := v.app.styles
	switch {
	case n.name == "":
		return cell{"", s.faint}
	case !n.known:
		return cell{"not known", s.faint}
	case n.enforces == "":
		return cell{"✗ none", s.alarm}
	case n.enforces == "restricted":
		return cell{"✓ restricted", s.good}
	}
	return cell{kube.Clean("○ " + n.enforces), s.warning}
}

func (v *namespacesView) update(msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		switch keys := v.app.keys; {
		case key.Matches(msg, keys.AllNamespaces):
			return v.leave("all")
		case key.Matches(msg, keys.Namespace):
			return v.app.namespaceByNumber(int(msg.String()[0] - '0'))
		}
	}
	return v.onInput(msg)
}

// open shows the namespace's findings.
func (v *namespacesView) open(n namespaceRow) tea.Cmd { return v.leave(cmp.Or(n.name, "all")) }

func (v *namespacesView) onRowKey(n namespaceRow, msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case !key.Matches(msg, v.app.keys.Reach):
	case n.name == "":
		v.app.flash(info, "the map is of one namespace: choose it first")
	default:
		return v.app.openReachIn(n.name, kube.Ref{})
	}
	return nil
}

// leave goes back to the findings, of one namespace.
func (v *namespacesView) leave(name string) tea.Cmd {
	return showLayer("")(v.app, name)
}

func (v *namespacesView) empty() string { return v.app.notYet("the cluster", false) }

func (v *namespacesView) hints() []key.Binding {
	return []key.Binding{v.app.keys.Open, v.app.keys.Reach, v.app.keys.AllNamespaces, v.app.keys.Filter}
}

func (v *namespacesView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Namespaces", []key.Binding{k.Open, k.Reach, k.AllNamespaces, k.Namespace, k.Filter}}, k.listing()}
}
