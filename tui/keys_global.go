package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// onKey gives a key to whoever is in front: dialog, prompt, help, view.
func (a *App) onKey(msg tea.KeyPressMsg) tea.Cmd {
	if key.Matches(msg, a.keys.ForceQuit) {
		return tea.Quit
	}
	switch {
	case a.tooSmall(): // nobody sees what a key would do
		return nil
	case a.dialog != nil:
		return a.dialog.onKey(msg)
	case a.prompt != nil:
		return a.prompt.onKey(msg)
	case a.help != nil:
		return a.help.onKey(msg)
	}
	a.messages.onKey(a.now())
	if a.typing() != nil {
		return a.top().update(msg)
	}
	return a.onCommonKey(msg)
}

// onGlobalKey handles the keys that work in every view.
func (a *App) onGlobalKey(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	switch {
	case key.Matches(msg, a.keys.Command):
		return a.openCommand(""), true
	case key.Matches(msg, a.keys.Filter):
		return a.openFilter(), true
	case key.Matches(msg, a.keys.Help):
		a.help = newHelpPage(a)
	case key.Matches(msg, a.keys.Commands):
		a.help = newCommandsPage(a)
	case key.Matches(msg, a.keys.Back):
		return a.back(), true
	case key.Matches(msg, a.keys.Quit):
		return a.quit(), true
	case key.Matches(msg, a.keys.Rescan):
		return a.onRescan(), true
	case key.Matches(msg, a.keys.ReadOnly):
		a.toggleReadOnly()
	case key.Matches(msg, a.keys.Header):
		a.bigHeader = !a.bigHeader
	case key.Matches(msg, a.keys.Save):
		return a.saveShown(), true
	case key.Matches(msg, a.keys.HistoryBack):
		return a.travel(-1), true
	case key.Matches(msg, a.keys.HistoryForward):
		return a.travel(1), true
	case key.Matches(msg, a.keys.LastView):
		return a.toLastView(), true
	default:
		return nil, false
	}
	return nil, true
}

// back is esc: the nearest thing that can be taken back.
func (a *App) back() tea.Cmd {
	if a.messages.dismiss() {
		return nil
	}
	if v, ok := a.top().(closable); ok {
		if closed, cmd := v.close(); !closed {
			return cmd
		}
	}
	if v, ok := a.top().(filterable); ok && v.filterText() != "" {
		cmd, _ := v.setFilter("")
		return cmd
	}
	if n := a.cancelTasks(a.top()); n > 0 && len(a.views) == 1 {
		return nil
	}
	if a.pop() {
		return nil
	}
	if a.scan.running {
		a.stopScan()
	} else if !a.stopConnecting() {
		a.flash(info, "there is nothing to go back to: "+a.keys.Quit.Help().Key+" quits")
	}
	return nil
}

// quit is q: back, and at the top out.
func (a *App) quit() tea.Cmd {
	if len(a.views) == 1 {
		return tea.Quit
	}
	return a.back()
}
