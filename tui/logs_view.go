package tui

import (
	"context"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// keptLogLines bounds what a log's page holds.
const keptLogLines = 5000

// logsView follows the log of one container at a time.
type logsView struct {
	app       *App
	namespace string
	pods      []string
	pod       int
	// containers are the pod's; wanted is the one to begin with.
	containers []string
	container  int
	wanted     string
	previous   bool

	lines   []string
	problem string
	ended   bool
	filter  filter
	// stop ends the reading, and reading counts the readings, so that late
	// lines of an earlier one are told apart.
	stop    context.CancelFunc
	reading int

	pager   pager
	version int
}

func (a *App) openLogs(t target, previous bool) tea.Cmd {
	pods := logPods(t.ref, a.inventory())
	if len(pods) == 0 {
		a.flash(info, "no pod of "+t.ref.String()+" is known: it has no log")
		return nil
	}
	v := &logsView{app: a, namespace: t.ref.Namespace, pods: pods, wanted: t.container, previous: previous, pager: newPager()}
	a.push(v)
	return v.start()
}

func (v *logsView) title() string { return "logs" }

// containersMsg brings the containers of a pod; logMsg the next lines.
type containersMsg struct {
	names []string
	err   error
}
type logMsg struct {
	reading int
	lines   []string
	done    bool
	err     error
	stream  *logStream
}

// start asks for the pod's containers; their log follows.
func (v *logsView) start() tea.Cmd {
	v.onLeave()
	v.containers, v.container = nil, 0
	v.clear()
	session, namespace, pod := v.app.session, v.namespace, v.pods[v.pod]
	return v.app.start(v, "reading the pod", func(ctx context.Context) tea.Msg {
		names, err := session.containersOf(ctx, namespace, pod)
		return containersMsg{names, err}
	})
}

func (v *logsView) clear() {
	v.lines, v.problem, v.ended = nil, "", false
	v.version++
}

// onLeave ends the reading.
func (v *logsView) onLeave() {
	if v.stop != nil {
		v.stop()
	}
	v.reading++
}

func (v *logsView) source() logSource {
	return logSource{v.namespace, v.pods[v.pod], v.containers[v.container]}
}

// follow reads the chosen container's log.
func (v *logsView) follow() tea.Cmd {
	v.onLeave()
	v.clear()
	ctx, cancel := context.WithCancel(v.app.ctx)
	v.stop = cancel
	return v.await(v.app.session.openLog(ctx, v.source(), v.previous))
}

func (v *logsView) await(stream *logStream) tea.Cmd {
	reading := v.reading
	return v.app.await(v, func(ctx context.Context) tea.Msg {
		lines, done := stream.next(ctx)
		msg := logMsg{reading: reading, lines: lines, done: done, stream: stream}
		if done && ctx.Err() == nil {
			msg.err = stream.err
		}
		return msg
	})
}

func (v *logsView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case containersMsg:
		if msg.err != nil {
			v.problem = kube.Explain(msg.err)
			v.version++
			return nil
		}
		v.containers = msg.names
		v.container = max(slices.Index(msg.names, v.wanted), 0)
		return v.follow()
	case logMsg:
		return v.onLog(msg)
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	case tea.KeyPressMsg:
		return v.onKey(msg)
	}
	return nil
}

func (v *logsView) onLog(msg logMsg) tea.Cmd {
	if msg.reading != v.reading {
		return nil
	}
	v.lines = append(v.lines, msg.lines...)
	if extra := len(v.lines) - keptLogLines; extra > 0 {
		v.lines = slices.Delete(v.lines, 0, extra)
	}
	v.version++
	if !msg.done {
		return v.await(msg.stream)
	}
	v.ended = true
	if msg.err != nil {
		v.problem = kube.Explain(msg.err)
	}
	return nil
}

func (v *logsView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case v.pager.onKey(msg, keys):
	case key.Matches(msg, keys.Copy):
		return v.app.copy(v.pods[v.pod])
	case key.Matches(msg, keys.NextPod):
		if len(v.pods) == 1 {
			v.app.flash(info, "this is the only pod")
			return nil
		}
		v.pod = (v.pod + 1) % len(v.pods)
		return v.start()
	case len(v.containers) == 0:
	case key.Matches(msg, keys.NextContainer):
		if len(v.containers) == 1 {
			v.app.flash(info, "this is the pod's only container")
			return nil
		}
		v.container = (v.container + 1) % len(v.containers)
		return v.follow()
	case key.Matches(msg, keys.PreviousLogs):
		v.previous = !v.previous
		return v.follow()
	}
	return nil
}

func (v *logsView) setFilter(text string) (tea.Cmd, error) {
	f, err := parseFilter(text)
	v.filter = f
	v.version++
	return nil, err
}

func (v *logsView) filterText() string { return v.filter.text }
