package tui

import (
	"cmp"
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// debugSessionsView lists kiln's debug containers that run, anybody's, goes
// back into them, and ends them.
type debugSessionsView struct {
	listing[kube.DebugSession]
	problem string
	loaded  bool
}

func newDebugSessionsView(a *App) *debugSessionsView {
	v := &debugSessionsView{}
	v.prepare(a, v, "debug container", []column{
		{title: "NAMESPACE", min: 10, want: 20},
		{title: "POD", min: 16, want: 40, flex: true},
		{title: "CONTAINER", min: 16, want: 18},
		{title: "LOOKS INTO", min: 10, want: 20, drop: 2},
		{title: "ENDS", min: 5, want: 8, drop: 1},
	})
	return v
}

func (v *debugSessionsView) title() string { return "debug" }

// debugSessionsMsg brings what runs; endedMsg says that one was ended, or why
// not.
type debugSessionsMsg struct {
	sessions []kube.DebugSession
	err      error
}
type endedMsg struct {
	name string
	err  error
}

func (v *debugSessionsView) start() tea.Cmd {
	if v.app.session == nil {
		return nil
	}
	cluster, namespace := v.app.session.cluster, v.app.opts.Namespace
	return v.app.start(v, "looking for debug containers", func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, requestTimeout)
		defer cancel()
		sessions, err := cluster.DebugSessions(ctx, namespace)
		return debugSessionsMsg{sessions, err}
	})
}

func (v *debugSessionsView) concernedBy(d *delta) bool { return d.touches(kube.Pods) }

// onSnapshot looks again: they come and go.
func (v *debugSessionsView) onSnapshot() tea.Cmd { return v.start() }

func (v *debugSessionsView) id(s kube.DebugSession) string { return s.Pod.String() + " " + s.Container }

func (v *debugSessionsView) cell(session kube.DebugSession, col, _ int) cell {
	s := v.app.styles
	switch col {
	case 0:
		return cell{kube.Clean(session.Pod.Namespace), s.text}
	case 1:
		return cell{kube.Clean(session.Pod.Name), s.text}
	case 2:
		return cell{kube.Clean(session.Container), s.text}
	case 3:
		return cell{kube.Clean(session.Target), s.muted}
	}
	if session.Until.IsZero() {
		return cell{"unknown", s.warning}
	}
	return cell{session.Until.In(v.app.now().Location()).Format("15:04:05"), s.muted}
}

func (v *debugSessionsView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case debugSessionsMsg:
		v.loaded, v.problem = true, kube.Explain(msg.err)
		v.setAll(msg.sessions)
	case endedMsg:
		if msg.err != nil {
			v.app.flash(failure, kube.Explain(msg.err))
		} else {
			v.app.flash(info, "ended "+kube.Clean(msg.name))
		}
		return v.start()
	}
	return v.onInput(msg)
}

// open goes back into a session.
func (v *debugSessionsView) open(s kube.DebugSession) tea.Cmd {
	return v.app.shellHere(s.Pod.Namespace, s.Pod.Name, s.Container, func() tea.Cmd {
		return v.app.runKiln("debug", s.Pod.Name, "-n", s.Pod.Namespace, "--attach", s.Container)
	})
}

func (v *debugSessionsView) onRowKey(s kube.DebugSession, msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case key.Matches(msg, keys.Logs):
		return v.app.openLogs(target{ref: s.Pod, container: s.Container}, false)
	case key.Matches(msg, keys.Undo):
		return v.end(s)
	}
	return nil
}

// end ends one, which takes nothing from anybody but its shell.
func (v *debugSessionsView) end(s kube.DebugSession) tea.Cmd {
	if !v.app.mayWrite() {
		return nil
	}
	cluster := v.app.session.cluster
	return v.app.start(v, "ending "+kube.Clean(s.Container), func(ctx context.Context) tea.Msg {
		return endedMsg{s.Container, cluster.EndDebug(ctx, s.Pod, s.Container)}
	})
}

func (v *debugSessionsView) empty() string {
	none := "No debug container of kiln's runs. " + v.app.keys.Debug.Help().Key + " on a pod, a workload or a finding adds one."
	return cmp.Or(v.app.notYet("the debug containers", v.loaded), v.problem, none)
}

func (v *debugSessionsView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{helped(k.Open, "back into it"), helped(k.Undo, "end it"), helped(k.Logs, "its log"), k.Filter}
}

func (v *debugSessionsView) help() []keyGroup {
	return []keyGroup{{"Debug containers", v.hints()}, v.app.keys.listing()}
}
