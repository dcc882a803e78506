package tui

import tea "charm.land/bubbletea/v2"

// top is the view in front.
func (a *App) top() view { return a.views[len(a.views)-1] }

// push puts a view in front.
func (a *App) push(v view) {
	a.views = append(a.views, v)
	a.record()
}

// pop goes back one view. It says false at the last one.
func (a *App) pop() bool {
	if len(a.views) == 1 {
		return false
	}
	a.leave(a.top())
	a.views = a.views[:len(a.views)-1]
	a.record()
	return true
}

// root replaces the whole stack, as commands do.
func (a *App) root(v view) {
	if a.views[0].title() != v.title() {
		a.lastRoot = a.views[0]
	}
	for _, old := range a.views {
		a.leave(old)
	}
	a.views = []view{v}
	a.record()
}

func (a *App) toLastView() tea.Cmd {
	if a.lastRoot == nil {
		a.flash(info, "no other view was open before")
		return nil
	}
	if !a.mayLeave() {
		return nil
	}
	a.root(a.lastRoot)
	return a.revive(a.top())
}
