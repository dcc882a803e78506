package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// namespacesView lists the namespaces with findings. Their numbers are the
// keys that choose them anywhere in the findings.
type namespacesView struct {
	app   *App
	table table
	text  string
	rows  []namespaceCount
	// number is the key of a namespace, 1 to 9.
	number map[string]int
}

func newNamespacesView(a *App) *namespacesView {
	v := &namespacesView{app: a}
	v.table = table{cell: v.cell, columns: []column{
		{title: "KEY", min: 3, want: 3},
		{title: "NAMESPACE", min: 16, want: 40},
		{title: "FINDINGS", min: 8, want: 8},
		{title: "WORST", min: 6, want: 10, drop: 1, flex: true},
	}}
	v.list()
	return v
}

func (v *namespacesView) title() string { return "ns" }

func (v *namespacesView) onSnapshot() tea.Cmd {
	v.list()
	return nil
}

// list makes the rows: all first, then each.
func (v *namespacesView) list() {
	v.rows, v.number = nil, map[string]int{}
	if v.app.snapshot == nil {
		v.table.setRows(0)
		return
	}
	v.rows = append(v.rows, namespaceCount{findings: len(v.app.snapshot.findings)})
	for i, n := range v.app.snapshot.namespaces {
		if i < 9 {
			v.number[n.name] = i + 1
		}
		if strings.Contains(n.name, v.text) {
			v.rows = append(v.rows, n)
		}
	}
	v.table.setRows(len(v.rows))
}

func (v *namespacesView) setFilter(text string) (tea.Cmd, error) {
	v.text = text
	v.list()
	return nil, nil
}

func (v *namespacesView) filterText() string { return v.text }

func (v *namespacesView) cell(row, col, width int) cell {
	n, s := v.rows[row], v.app.styles
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
	case 2:
		return cell{fmt.Sprintf("%8s", groupDigits(n.findings)), s.text}
	}
	if n.worst == 0 {
		return cell{"", s.faint}
	}
	return cell{severityWord(n.worst, width), s.severity[n.worst]}
}

func (v *namespacesView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		v.table.onWheel(msg)
	case tea.MouseClickMsg:
		if v.table.onClick(msg.Y) {
			return v.choose()
		}
	case tea.KeyPressMsg:
		keys := v.app.keys
		switch {
		case v.table.onKey(msg, keys):
		case key.Matches(msg, keys.Open):
			return v.choose()
		case key.Matches(msg, keys.AllNamespaces):
			return v.leave("all")
		case key.Matches(msg, keys.Namespace):
			return v.app.namespaceByNumber(int(msg.String()[0] - '0'))
		}
	}
	return nil
}

func (v *namespacesView) choose() tea.Cmd {
	if v.table.rows == 0 {
		return nil
	}
	return v.leave(cleanOr(v.rows[v.table.cursor].name, "all"))
}

// leave goes back to the findings, of one namespace.
func (v *namespacesView) leave(name string) tea.Cmd {
	return showLayer("")(v.app, name)
}

func (v *namespacesView) render(width, height int) []string {
	return v.table.render(v.app.styles, width, height)
}

func (v *namespacesView) hints() []key.Binding {
	return []key.Binding{v.app.keys.Open, v.app.keys.AllNamespaces, v.app.keys.Filter}
}

func (v *namespacesView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Namespaces", []key.Binding{k.Open, k.AllNamespaces, k.Namespace, k.Filter}}, k.moving()}
}

func openNamespaces(a *App, arg string) tea.Cmd {
	if arg != "" {
		return showLayer("")(a, arg)
	}
	return showRoot(newNamespacesView)(a, "")
}

func namespaceNames(a *App) []string {
	names := []string{"all"}
	if a.snapshot != nil {
		for _, n := range a.snapshot.namespaces {
			names = append(names, n.name)
		}
	}
	return names
}

// setNamespace shows one namespace's findings, or those of all. A scan that
// was limited to another one is made anew.
func (a *App) setNamespace(name string) tea.Cmd {
	if name == "all" || name == "*" {
		name = ""
	}
	a.namespace = name
	if a.snapshot != nil && name != "" && !slices.ContainsFunc(a.snapshot.namespaces, func(n namespaceCount) bool { return n.name == name }) {
		a.flash(info, "no findings in namespace "+name)
	}
	if scope := a.opts.Namespace; scope != "" && scope != name && a.session != nil {
		a.opts.Namespace = name
		return a.rescan()
	}
	return a.findings.arrange()
}

// namespaceByNumber chooses from the namespaces with the most findings.
func (a *App) namespaceByNumber(n int) tea.Cmd {
	if a.snapshot == nil || n > len(a.snapshot.namespaces) {
		a.flash(info, fmt.Sprintf("there is no namespace %d: :ns lists them", n))
		return nil
	}
	return showLayer(a.findings.query.layer)(a, a.snapshot.namespaces[n-1].name)
}
