package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// readContexts takes the context's name and the suggestions from the
// kubeconfig before there is a connection. Connecting reports its problems.
func (a *App) readContexts() {
	a.contexts, _ = kubeContexts(a.opts.Flags)
	for _, c := range a.contexts {
		if c.current {
			a.adopt(c.name)
		}
	}
}

// connectedMsg and connectFailedMsg are how connecting ends.
type connectedMsg struct{ session *Session }
type connectFailedMsg struct{ err error }

// connect opens a context; empty means the current one.
func (a *App) connect(contextName string) tea.Cmd {
	label := "connecting"
	if name := cleanOr(contextName, a.contextName); name != "" {
		label += " to " + name
	}
	if m := a.messages.current(); m != nil && m.text == kube.Clean(a.connectErr) {
		a.messages.dismiss() // it is tried again
	}
	a.connectErr, a.connectFailure = "", nil
	opts, readOnly := a.opts, a.readOnly
	return a.start(nil, label, func(ctx context.Context) tea.Msg {
		session, err := connect(ctx, opts, contextName, readOnly)
		if err != nil {
			return connectFailedMsg{err}
		}
		return connectedMsg{session}
	})
}

func (a *App) onConnected(s *Session) tea.Cmd {
	a.session = s
	a.adopt(s.cluster.Context)
	s.cluster.Gate.SetReadOnly(a.readOnly)
	return tea.Batch(a.rescan(), a.recoverJournal(), a.reapNodeProbes())
}

func (a *App) onConnectFailed(err error) {
	a.connectFailure = a.plugin.withWords(err)
	a.connectErr = kube.Explain(a.connectFailure)
	a.flash(failure, a.connectErr)
}

// switchContext leaves the cluster and everything that was known of it.
func (a *App) switchContext(name string) tea.Cmd {
	a.cancelTasks(nil)
	a.scan.stop()
	a.live.stop()
	a.session, a.snapshot, a.namespace, a.kubelets = nil, nil, "", false
	a.changes, a.judged = nil, nil
	a.adopt(name)
	a.findings = newFindingsView(a)
	for _, v := range a.views {
		a.leave(v)
	}
	a.views, a.lastRoot, a.history = []view{a.findings}, nil, history{}
	a.record()
	a.flash(info, "context "+kube.Clean(name))
	return a.connect(name)
}

func (a *App) onRescan() tea.Cmd {
	if a.session == nil {
		a.cancelTasks(nil)
		return a.connect(a.contextName)
	}
	return a.rescan()
}
