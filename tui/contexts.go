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
	listing[kubeContext]
	problem string
	loaded  bool
}

func newContextsView(a *App) *contextsView {
	v := &contextsView{}
	v.prepare(a, v, "context", []column{
		{title: "CONTEXT", min: 20, want: 36},
		{title: "SERVER", min: 14, want: 40, drop: 1, flex: true},
		{title: "USER", min: 10, want: 24, drop: 2},
		{title: "NAMESPACE", min: 9, want: 16, drop: 3},
	})
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
	v.problem, v.loaded = kube.Explain(msg.err), true
	v.app.contexts = msg.all
	v.setAll(msg.all)
	v.moveTo(v.app.contextName)
}

func (v *contextsView) id(c kubeContext) string { return c.name }

func (v *contextsView) cell(c kubeContext, col, _ int) cell {
	s := v.app.styles
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
	if msg, ok := msg.(contextsMsg); ok {
		v.onContexts(msg)
		return nil
	}
	return v.onInput(msg)
}

func (v *contextsView) open(c kubeContext) tea.Cmd { return v.app.switchContext(c.name) }

func (v *contextsView) onRowKey(c kubeContext, msg tea.KeyPressMsg) tea.Cmd {
	if key.Matches(msg, v.app.keys.Copy) {
		return v.app.copy(c.name)
	}
	return nil
}

func (v *contextsView) empty() string {
	switch {
	case !v.loaded:
		return "Reading the kubeconfig …"
	case v.problem != "":
		return v.problem
	}
	return "The kubeconfig has no context. KUBECONFIG or --kubeconfig names another file."
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
