package tui

import (
	"context"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/scanners"
)

// postureView is how the cluster stands, on one page. The cursor goes from
// sum to sum, and enter to the findings behind it.
type postureView struct {
	app *App
	pager
	// sum is the standing of a snapshot's findings; the latest one's may be
	// on its way.
	sum *standing
	of  *snapshot
	// stops are the lines that lead somewhere; at is the one under the cursor,
	// which is found again by selected.
	stops    []postureStop
	at       int
	selected string
	// reveal asks for the cursor to be scrolled to.
	reveal bool
	// columnWidth is that of each column, its gutter included.
	columnWidth int
}

func newPostureView(a *App) *postureView { return &postureView{app: a, pager: newPager()} }

func (v *postureView) title() string { return "posture" }

// standingMsg brings the standing of a snapshot.
type standingMsg struct {
	of  *snapshot
	sum *standing
}

func (v *postureView) onSnapshot() tea.Cmd { return v.start() }

// start sums the snapshot up, beside the screen where that takes longer.
func (v *postureView) start() tea.Cmd {
	s := v.app.snapshot
	switch {
	case s == nil:
		return nil
	case v.sum != nil && s.sameFindings(v.of):
		v.of = s
		return nil
	case len(s.findings) <= arrangeAtOnce:
		return v.update(standingMsg{s, standingOf(s)})
	}
	return v.app.start(v, "", func(context.Context) tea.Msg { return standingMsg{s, standingOf(s)} })
}

func (v *postureView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case standingMsg:
		v.sum, v.of = msg.sum, msg.of
	case tea.KeyPressMsg:
		return v.onKey(msg)
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	case tea.MouseClickMsg:
		return v.onClick(msg)
	}
	return nil
}

func (v *postureView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	if len(v.stops) == 0 {
		v.pager.onKey(msg, keys)
		return nil
	}
	page := max(v.pager.port.Height()-1, 1)
	switch now := v.stops[v.at]; {
	case key.Matches(msg, keys.Up):
		v.stepBy(-1)
	case key.Matches(msg, keys.Down):
		v.stepBy(1)
	case key.Matches(msg, keys.PageUp):
		v.moveTo(nearestStop(v.stops, now.column, now.line-page))
	case key.Matches(msg, keys.PageDown):
		v.moveTo(nearestStop(v.stops, now.column, now.line+page))
	case key.Matches(msg, keys.Top):
		v.moveTo(0)
	case key.Matches(msg, keys.Bottom):
		v.moveTo(len(v.stops) - 1)
	case key.Matches(msg, keys.NextButton, keys.PreviousButton):
		v.moveTo(nearestStop(v.stops, 1-now.column, now.line))
	case key.Matches(msg, keys.Open):
		return v.open()
	case key.Matches(msg, keys.Fix):
		return v.fix()
	default:
		v.pager.onKey(msg, keys)
	}
	return nil
}

// stepBy goes to the stop above or below, and stays in its column.
func (v *postureView) stepBy(by int) {
	to := v.at + by
	if to >= 0 && to < len(v.stops) && v.stops[to].column == v.stops[v.at].column {
		v.moveTo(to)
		return
	}
	v.moveTo(v.at) // what stands before the first and after the last stop is shown
}

func (v *postureView) moveTo(stop int) {
	if stop >= 0 {
		v.at, v.selected, v.reveal = stop, v.stops[stop].lead.id, true
	}
}

func (v *postureView) onClick(msg tea.MouseClickMsg) tea.Cmd {
	line, column := v.pager.at+msg.Y, 0
	if v.columnWidth > 0 {
		column = msg.X / v.columnWidth
	}
	i := slices.IndexFunc(v.stops, func(s postureStop) bool { return s.line == line && s.column == column })
	if i < 0 {
		return nil
	}
	if i == v.at {
		return v.open()
	}
	v.moveTo(i)
	return nil
}

// open lists the findings that the line under the cursor sums up.
func (v *postureView) open() tea.Cmd {
	lead := v.stops[v.at].lead
	return v.app.openOnly(lead.name, lead.only)
}

// fix previews the fixes of all of them.
func (v *postureView) fix() tea.Cmd {
	var found []*scanners.Finding
	for _, f := range v.of.findings {
		if v.stops[v.at].lead.only(f) {
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		v.app.flash(info, "there is no finding here to fix")
		return nil
	}
	return v.app.openFix(found)
}

func (v *postureView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Open, k.Fix, k.Rescan, k.Command}
}

func (v *postureView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Posture", []key.Binding{k.Open, k.Fix, helped(k.NextButton, "the other column")}}, k.reading()}
}
