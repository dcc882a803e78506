package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// connectedMsg and connectFailedMsg are how connecting ends. connectAgainMsg
// says that it is time for another try.
type (
	connectedMsg     struct{ session *Session }
	connectFailedMsg struct{ err error }
	connectAgainMsg  struct{}
)

// attempts is how far kiln has come with connecting.
type attempts struct {
	// failed counts those without a connection.
	failed int
	// next is when kiln tries again by itself; zero while it tries, and where
	// the user has stopped it.
	next time.Time
	// under way is a try after others have failed.
	underWay bool
}

// The pauses between two attempts. A credential plugin may open a browser, or
// lock an account that fails too often: it is asked more seldom.
const (
	firstPause   = 2 * time.Second
	longestPause = 30 * time.Second
	pluginFactor = 10
)

// pause is how long to wait after a failure, of which there were so many.
func pause(failed int, err error) time.Duration {
	d := firstPause
	for range failed - 1 {
		d = min(2*d, longestPause)
	}
	if kube.PluginFailed(err) {
		d *= pluginFactor
	}
	return d
}

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

// connect opens the context that is shown. What has failed before stays on the
// screen until there is an answer.
func (a *App) connect() tea.Cmd {
	label := "connecting"
	if name := cleanOr(a.contextName); name != "" {
		label += " to " + name
	}
	a.attempts.next, a.attempts.underWay = time.Time{}, a.connectErr != ""
	opts, name, elsewhere, gate := a.opts, a.contextName, a.elsewhere, kube.NewGate(a.readOnly)
	if a.session != nil { // a page may still write through the earlier connection
		gate = a.session.cluster.Gate
	}
	return a.start(nil, label, func(ctx context.Context) tea.Msg {
		session, err := connect(ctx, opts, flagsFor(opts.Flags, name, elsewhere), gate)
		if err != nil {
			return connectFailedMsg{err}
		}
		return connectedMsg{session}
	})
}

func (a *App) onConnected(s *Session) tea.Cmd {
	a.forgetFailures()
	again := a.session != nil
	a.session = s
	a.adopt(s.cluster.Context)
	s.cluster.Gate.SetReadOnly(a.readOnly)
	if again {
		return a.rescan()
	}
	return tea.Batch(a.rescan(), a.recoverJournal(), a.reapNodeProbes())
}

// onConnectFailed says why, once, and waits for the next attempt. What is known
// by an earlier connection stays, and that goes on trying by itself.
func (a *App) onConnectFailed(err error) tea.Cmd {
	if a.session != nil {
		a.flash(failure, kube.Explain(a.plugin.withWords(err)))
		return nil
	}
	before := a.connectErr
	a.connectFailure = a.plugin.withWords(err)
	a.connectErr = kube.Explain(a.connectFailure)
	if a.connectErr != before {
		a.flash(failure, a.connectErr)
	}
	wait := pause(a.attempts.failed+1, err)
	a.attempts = attempts{failed: a.attempts.failed + 1, next: a.now().Add(wait)}
	return a.await(nil, func(ctx context.Context) tea.Msg {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
			return connectAgainMsg{}
		case <-ctx.Done():
			return nil
		}
	})
}

// forgetFailures begins anew.
func (a *App) forgetFailures() {
	if m := a.messages.current(); m != nil && m.text == kube.Clean(a.connectErr) {
		a.messages.dismiss()
	}
	a.connectErr, a.connectFailure, a.attempts = "", nil, attempts{}
}

// connectNow is the user's wish.
func (a *App) connectNow() tea.Cmd {
	a.cancelTasks(nil)
	a.forgetFailures()
	return a.connect()
}

// stopConnecting is the user's wish. It says whether there was anything to
// stop.
func (a *App) stopConnecting() bool {
	if a.session != nil || a.cancelTasks(nil) == 0 {
		return false
	}
	if a.connectFailure == nil {
		a.connectFailure = errors.New("not connected: connecting was cancelled")
		a.connectErr = a.connectFailure.Error()
	}
	a.attempts = attempts{}
	a.flash(info, "kiln doesn't try to connect any more: "+shownKey(a.keys.Rescan)+" does")
	return true
}

// unconnected says why there is no cluster, and what comes next.
func (a *App) unconnected() string {
	again := shownKey(a.keys.Rescan)
	next := again + " tries again, :ctx chooses another context."
	switch {
	case a.attempts.underWay:
		next = "Trying again … :ctx chooses another context."
	case !a.attempts.next.IsZero():
		next = "kiln tries again at " + a.attempts.next.Local().Format(time.TimeOnly) + ", " + again + " at once; :ctx chooses another context."
	}
	return a.connectErr + "\n\n" + next
}

// switchContext leaves the cluster and everything that was known of it.
func (a *App) switchContext(name string) tea.Cmd {
	a.cancelTasks(nil)
	a.scan.stop()
	a.live.stop()
	a.session, a.snapshot, a.namespace, a.kubelets = nil, nil, "", false
	a.changes, a.judged = nil, nil
	a.forgetFailures()
	a.elsewhere = name != a.firstContext
	a.adopt(name)
	a.findings = newFindingsView(a)
	for _, v := range a.views {
		a.leave(v)
	}
	a.views, a.lastRoot, a.history = []view{a.findings}, nil, history{}
	a.record()
	a.flash(info, "context "+kube.Clean(name))
	return a.connect()
}

// onRescan connects anew, with the kubeconfig as it is now, and scans. What is
// shown stays if the cluster doesn't answer.
func (a *App) onRescan() tea.Cmd {
	if a.session == nil {
		return a.connectNow()
	}
	return a.connect()
}
