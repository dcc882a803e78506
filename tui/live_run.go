package tui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"kiln/kube"
)

// liveRun is the following of the cluster that is under way, if any.
type liveRun struct {
	// id tells its messages from those of one that was stopped.
	id      int
	running bool
	cancel  context.CancelFunc
	state   kube.WatchState
	// marks say what has happened to findings lately, and since what has
	// changed from the last scan on.
	marks liveMarks
	since changes
	// echoes wait to see what kiln itself has written come back.
	echoes []*echo
}

// stop ends the following; late messages of it will be ignored.
func (l *liveRun) stop() {
	if l.cancel != nil {
		l.cancel()
	}
	for _, e := range l.echoes {
		e.hear(nil)
	}
	*l = liveRun{id: l.id + 1}
}

// forget lets go of an echo that nobody waits for any more.
func (l *liveRun) forget(e *echo) {
	l.echoes = slices.DeleteFunc(l.echoes, func(other *echo) bool { return other == e })
}

// liveMsg is news of the cluster, or the end of the following without any.
type liveMsg struct {
	id   int
	news *liveNews
	next func() tea.Cmd
}

// goLive follows the cluster from the complete snapshot on.
func (a *App) goLive() tea.Cmd {
	a.live.stop()
	if !a.opts.Live || a.session == nil || a.snapshot.inventory == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(a.ctx)
	a.live.cancel, a.live.running = cancel, true
	id, from := a.live.id, a.session.follow(ctx, a.opts.Namespace, a.snapshot)
	var next func() tea.Cmd
	next = func() tea.Cmd {
		return a.await(nil, func(context.Context) tea.Msg { return liveMsg{id, from.next(ctx), next} })
	}
	return next()
}

func (a *App) onLive(msg liveMsg) tea.Cmd {
	if msg.id != a.live.id || msg.news == nil {
		return nil
	}
	a.sayState(msg.news.state)
	if msg.news.snapshot == nil {
		return msg.next()
	}
	before := a.snapshot.inventory
	a.snapshot = msg.news.snapshot
	d := a.snapshot.delta
	a.sayUnread(before, d)
	expiry := a.mark(d)
	a.fade()
	if len(d.appeared)+len(d.gone) > 0 {
		a.live.since = a.live.since.add(d)
		a.changes = &a.live.since
	}
	views := a.tellViews()
	for _, e := range slices.Clone(a.live.echoes) {
		e.hear(d)
	}
	return tea.Batch(views, expiry, msg.next())
}

// liveMark says at the right of the header whether the screen follows the
// cluster; in brief by its glyph alone, as long as all is well.
func (a *App) liveMark(fill lipgloss.Style, brief bool) string {
	s, inProduction := a.styles, a.inProduction()
	look := func(style lipgloss.Style) lipgloss.Style {
		if inProduction {
			return fill
		}
		return style
	}
	switch {
	case !a.opts.Live || a.session == nil || a.snapshot == nil || a.scan.running:
		return ""
	case !a.live.running:
		return look(s.warning).Render("○ not live ")
	case a.live.state.Lost.IsZero() && brief:
		return look(s.good).Render("● ")
	case a.live.state.Lost.IsZero():
		text := "● live "
		if counts := a.live.marks.counts(); a.width >= 60 && counts != "" {
			text += counts + " "
		}
		return look(s.good).Render(text)
	}
	text := "◌ reconnecting, stale since " + clockTime(a.live.state.Lost, a.now()) + " "
	switch {
	case a.width < 60:
		text = "◌ stale "
	case a.width < 3*ansi.StringWidth(text):
		text = "◌ stale " + clockTime(a.live.state.Lost, a.now()) + " "
	}
	return look(s.alarm).Render(text)
}
