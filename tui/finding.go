package tui

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/scanners"
)

// findingView is the page of one finding: what is wrong, the evidence, what
// the fix would do, the lesson.
type findingView struct {
	app     *App
	finding *scanners.Finding
	// list is the table it was opened from, to go on to the next.
	list *findingsView
	// gone says that the latest scan doesn't find it any more.
	gone bool

	object objectMsg
	plan   planMsg
	pager  pager
	// version counts what the page is drawn from.
	version int
}

func newFindingView(a *App, f *scanners.Finding, list *findingsView) *findingView {
	return &findingView{app: a, finding: f, list: list, pager: newPager()}
}

func (v *findingView) title() string { return v.finding.Check }

// planMsg brings what a fix would do, or why there is none.
type planMsg struct {
	finding string
	title   string
	targets []string
	notes   []string
	// denied are the rights that it takes and we don't have, asked what can be
	// chosen.
	denied, asked []string
	// problem says why there is no plan, and steps what to do by hand.
	problem, steps string
}

// start reads the object and plans the fix, side by side.
func (v *findingView) start() tea.Cmd {
	session, f := v.app.session, *v.finding
	if session == nil {
		return nil
	}
	inv := v.app.snapshot.inventory
	read := v.app.readObject(v, f.ID, f.Object)
	if f.Fix == scanners.Manual || v.gone {
		return read
	}
	return tea.Batch(read, v.app.start(v, "", func(ctx context.Context) tea.Msg { return session.outline(ctx, f, inv) }))
}

func (v *findingView) concernedBy(d *delta) bool { return d.concerns(v.finding.Object) }

// onSnapshot takes the finding's newest form; it may have been fixed.
func (v *findingView) onSnapshot() tea.Cmd {
	v.version++
	if f := v.app.snapshot.find(v.finding.ID); f != nil {
		v.finding, v.gone = f, false
	} else if v.app.snapshot.complete {
		v.gone = true
	}
	if !v.app.snapshot.complete {
		return nil
	}
	return v.start()
}

func (v *findingView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case objectMsg:
		if msg.finding == v.finding.ID {
			v.object = msg
			v.version++
		}
	case planMsg:
		if msg.finding == v.finding.ID {
			v.plan = msg
			v.version++
		}
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	case tea.KeyPressMsg:
		return v.onKey(msg)
	}
	return nil
}

func (v *findingView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case key.Matches(msg, keys.Next):
		return v.step(1)
	case key.Matches(msg, keys.Previous):
		return v.step(-1)
	case key.Matches(msg, keys.AcceptFinding):
		return v.app.openAccept([]*scanners.Finding{v.finding})
	case key.Matches(msg, keys.Fix):
		if v.gone {
			v.app.flash(info, "there is nothing to fix: the latest scan doesn't find it any more")
			return nil
		}
		return v.app.openFix([]*scanners.Finding{v.finding})
	}
	if cmd, handled := v.app.drill(msg, v.target()); handled {
		return cmd
	}
	v.pager.onKey(msg, keys)
	return nil
}

// target is the finding's object.
func (v *findingView) target() *target {
	t := targetOf(v.finding)
	return &t
}

// step goes to another finding of the list.
func (v *findingView) step(by int) tea.Cmd {
	if v.list == nil {
		v.app.flash(info, "this finding wasn't opened from a list of findings: esc goes back")
		return nil
	}
	t := &v.list.table
	to := t.cursor + by
	if to < 0 || to >= t.rows {
		v.app.flash(info, "this is the "+map[bool]string{true: "first", false: "last"}[by < 0]+" finding of the list")
		return nil
	}
	t.moveTo(to)
	v.list.remember()
	v.app.cancelTasks(v)
	v.finding, v.gone = v.list.current(), false
	v.object, v.plan = objectMsg{}, planMsg{}
	v.version++
	v.pager.toTop()
	return v.start()
}

func (v *findingView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Fix, k.Next, k.Previous, k.Describe, k.YAML, k.Related}
}

func (v *findingView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Finding", []key.Binding{k.Fix, k.AcceptFinding, k.Next, k.Previous}}, without(k.drilling(), k.PreviousLogs), k.moving()}
}
