package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// contextsView lists the kubeconfig's contexts, to switch to.
type contextsView struct {
	app   *App
	table table
	text  string
	all   []kubeContext
	rows  []kubeContext
}

func newContextsView(a *App) *contextsView {
	v := &contextsView{app: a}
	v.table = table{cell: v.cell, columns: []column{
		{title: "CONTEXT", min: 20, want: 36},
		{title: "SERVER", min: 14, want: 40, drop: 1, flex: true},
		{title: "USER", min: 10, want: 24, drop: 2},
		{title: "NAMESPACE", min: 9, want: 16, drop: 3},
	}}
	v.table.sorting.rows = func() []int { return sortRows(&v.table, v.rows, 0) }
	return v
}

func (v *contextsView) title() string { return "ctx" }

// contextsMsg brings the kubeconfig's contexts.
type contextsMsg struct {
	all []kubeContext
	err error
}

func (v *contextsView) start() tea.Cmd {
	flags := v.app.opts.Flags
	return v.app.start(v, "reading the kubeconfig", func(context.Context) tea.Msg {
		all, err := kubeContexts(flags)
		return contextsMsg{all, err}
	})
}

func (v *contextsView) onContexts(msg contextsMsg) {
	if msg.err != nil {
		v.app.flash(failure, kube.Explain(msg.err))
	}
	v.all, v.app.contexts = msg.all, msg.all
	v.list()
	for i, c := range v.rows {
		if c.name == v.app.contextName {
			v.table.moveTo(i)
		}
	}
}

func (v *contextsView) list() {
	v.rows = nil
	for _, c := range v.all {
		if strings.Contains(c.name+" "+c.server, v.text) {
			v.rows = append(v.rows, c)
		}
	}
	v.table.setRows(len(v.rows))
}

func (v *contextsView) setFilter(text string) (tea.Cmd, error) {
	v.text = text
	v.list()
	return nil, nil
}

func (v *contextsView) filterText() string { return v.text }

func (v *contextsView) cell(row, col, _ int) cell {
	c, s := v.rows[row], v.app.styles
	switch col {
	case 0:
		name := kube.Clean(c.name)
		switch {
		case c.name == v.app.contextName:
			return cell{name + " (here)", s.accent}
		case v.app.opts.Settings.LooksProduction(c.name):
			return cell{"▲ " + name, s.alarm}
		}
		return cell{name, s.text}
	case 1:
		return cell{kube.Clean(strings.TrimPrefix(c.server, "https://")), s.muted}
	case 2:
		return cell{kube.Clean(c.user), s.muted}
	}
	return cell{kube.Clean(c.namespace), s.muted}
}

func (v *contextsView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case contextsMsg:
		v.onContexts(msg)
	case tea.MouseWheelMsg:
		v.table.onWheel(msg)
	case tea.MouseClickMsg:
		v.table.onClick(msg.Y)
	case tea.KeyPressMsg:
		keys := v.app.keys
		switch {
		case v.table.onKey(msg, keys):
		case key.Matches(msg, keys.Open) && v.table.rows > 0:
			return v.app.switchContext(v.rows[v.table.cursor].name)
		case key.Matches(msg, keys.Copy) && v.table.rows > 0:
			return v.app.copy(v.rows[v.table.cursor].name)
		}
	}
	return nil
}

func (v *contextsView) render(width, height int) []string {
	if len(v.rows) == 0 {
		return []string{"", "  " + v.app.styles.text.Render("The kubeconfig has no such context.")}
	}
	return v.table.render(v.app.styles, width, height)
}

func (v *contextsView) hints() []key.Binding {
	return []key.Binding{v.app.keys.Open, v.app.keys.Copy, v.app.keys.Filter}
}

func (v *contextsView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Contexts", []key.Binding{k.Open, k.Copy, k.Filter}}, k.listing()}
}

// openContexts lists the contexts, or switches to the one that is named.
func openContexts(a *App, arg string) tea.Cmd {
	switch {
	case arg != "" && !slices.Contains(contextNames(a), arg):
		a.flash(warning, fmt.Sprintf("no context %q: :ctx lists them", arg))
		return nil
	case arg != "":
		return a.switchContext(arg)
	}
	return showRoot(newContextsView)(a, "")
}

// contextNames are those of the last reading of the kubeconfig.
func contextNames(a *App) []string {
	var names []string
	for _, c := range a.contexts {
		names = append(names, c.name)
	}
	return names
}
