package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// history is where the user has been, as a browser knows it: each step is a
// whole stack of views.
type history struct {
	steps [][]view
	at    int
}

// keptSteps bounds the history.
const keptSteps = 50

// passing views aren't come back to: what they show is of one moment.
type passing interface{ passing() }

// guarded views may refuse to be left, and say why.
type guarded interface{ mayLeave() bool }

// record notes that the stack has changed.
func (a *App) record() {
	if slices.ContainsFunc(a.views, func(v view) bool { _, is := v.(passing); return is }) {
		return
	}
	h := &a.history
	if len(h.steps) > 0 {
		h.steps = h.steps[:h.at+1]
		if slices.Equal(h.steps[h.at], a.views) {
			return
		}
	}
	h.steps = append(h.steps, slices.Clone(a.views))
	if extra := len(h.steps) - keptSteps; extra > 0 {
		h.steps = slices.Delete(h.steps, 0, extra)
	}
	h.at = len(h.steps) - 1
}

// travel goes back or forward in the history.
func (a *App) travel(by int) tea.Cmd {
	if !a.mayLeave() {
		return nil
	}
	h := &a.history
	to := h.at + by
	if by < 0 && !slices.Equal(h.steps[h.at], a.views) {
		to = h.at // from a passing view, back is where it was opened
	}
	if to < 0 || to >= len(h.steps) {
		a.flash(info, map[bool]string{true: "there is nothing before this", false: "there is nothing after this"}[by < 0])
		return nil
	}
	before := a.views
	h.at, a.views = to, slices.Clone(h.steps[to])
	for _, v := range before {
		if !slices.Contains(a.views, v) {
			a.leave(v)
		}
	}
	var cmds []tea.Cmd
	for _, v := range a.views {
		if !slices.Contains(before, v) {
			cmds = append(cmds, a.revive(v))
		}
	}
	return tea.Batch(cmds...)
}

// revive brings a view that was left up to date.
func (a *App) revive(v view) tea.Cmd {
	if live, ok := v.(liveView); ok && a.snapshot != nil {
		return live.onSnapshot()
	}
	if starter, ok := v.(interface{ start() tea.Cmd }); ok {
		return starter.start()
	}
	return nil
}

// mayLeave asks the view in front whether it can be left now.
func (a *App) mayLeave() bool {
	v, ok := a.top().(guarded)
	return !ok || v.mayLeave()
}

// leave ends what runs for a view that is no longer shown.
func (a *App) leave(v view) int {
	if l, ok := v.(interface{ onLeave() }); ok {
		l.onLeave()
	}
	return a.cancelTasks(v)
}
