package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

func (v *findingsView) onClick(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Y == 0 {
		if layer, ok := v.tabRegion.at(msg.X); ok {
			return v.setLayer(layer)
		}
		return nil
	}
	again := v.table.onClick(msg.Y - 1)
	v.remember()
	if again {
		return v.open()
	}
	return nil
}

func (v *findingsView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	if v.table.onKey(msg, keys) {
		v.remember()
		return nil
	}
	if sort, ok := sortKeyOf(msg, keys, v.query.sort); ok {
		v.query.reversed = sort == v.query.sort && !v.query.reversed
		v.query.sort = sort
		return v.arrange()
	}
	if reversed, ok := v.query.turned(msg, keys); ok {
		v.query.reversed = reversed
		return v.arrange()
	}
	switch {
	case key.Matches(msg, keys.NextLayer):
		return v.setLayer(v.neighbour(1))
	case key.Matches(msg, keys.PreviousLayer):
		return v.setLayer(v.neighbour(-1))
	case key.Matches(msg, keys.Faults):
		v.query.faults = !v.query.faults
		return v.arrange()
	case key.Matches(msg, keys.Group):
		return v.openGroups()
	case key.Matches(msg, keys.System):
		v.query.system = !v.query.system
		return v.arrange()
	case key.Matches(msg, keys.Accepted):
		v.query.noAccepted = !v.query.noAccepted
		return v.arrange()
	case key.Matches(msg, keys.AllNamespaces):
		return v.app.setNamespace("all")
	case key.Matches(msg, keys.Namespace):
		return v.app.namespaceByNumber(int(msg.String()[0] - '0'))
	case key.Matches(msg, keys.ClearMarks):
		v.query.marked = map[string]bool{}
		return v.arrange()
	}
	return v.onRowKey(msg)
}

// onRowKey handles the keys that need a finding under the cursor.
func (v *findingsView) onRowKey(msg tea.KeyPressMsg) tea.Cmd {
	keys, f := v.app.keys, v.current()
	if cmd, handled := v.app.drill(msg, v.target()); handled {
		return cmd
	}
	bound := []key.Binding{keys.Open, keys.Mark, keys.MarkRange, keys.Fix, keys.AcceptFinding}
	if !key.Matches(msg, bound...) {
		return nil
	}
	if f == nil {
		v.app.flash(info, "there is no finding here to act on")
		return nil
	}
	if v.app.live.marks.isGone(f) {
		v.app.flash(info, f.Check+" is gone from "+f.Object.String()+": there is nothing to act on")
		return nil
	}
	switch {
	case key.Matches(msg, keys.Open):
		return v.open()
	case key.Matches(msg, keys.Mark):
		v.toggleMark(f.ID)
	case key.Matches(msg, keys.MarkRange):
		v.markRange()
	case key.Matches(msg, keys.Fix):
		return v.app.openFix(v.targets())
	case key.Matches(msg, keys.AcceptFinding):
		return v.app.openAccept(v.targets())
	}
	return nil
}

func (v *findingsView) open() tea.Cmd {
	page := newFindingView(v.app, v.current(), v)
	v.app.push(page)
	return page.start()
}

// target is the object of the finding under the cursor, or nil.
func (v *findingsView) target() *target {
	f := v.current()
	if f == nil {
		return nil
	}
	t := targetOf(f)
	return &t
}
