package tui

import (
	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"

	"kiln/themes"
)

// Update handles one message.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) { return a, a.dispatch(msg) }

func (a *App) dispatch(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		a.onBackground(msg.IsDark())
	case tea.KeyPressMsg:
		return a.onKey(msg)
	case tea.PasteMsg:
		return a.onPaste(msg)
	case tea.MouseWheelMsg, tea.MouseClickMsg:
		return a.onMouse(msg)
	case spinner.TickMsg:
		return a.onSpin(msg)
	case taskDoneMsg:
		return a.onTaskDone(msg)
	case scanMsg:
		return a.onScan(msg)
	case liveMsg:
		return a.onLive(msg)
	case marksOverMsg:
		return a.onMarksOver(msg)
	case echoedMsg:
		return a.onEchoed(msg)
	case connectedMsg:
		return a.onConnected(msg.session)
	case pluginMsg:
		return a.onPlugin(msg)
	case connectFailedMsg:
		return a.onConnectFailed(msg.err)
	case connectAgainMsg:
		return a.connect()
	case controllerMsg:
		return a.onController(msg)
	case kilnDoneMsg:
		return a.onKilnDone(msg)
	case savedMsg:
		a.onSaved(msg)
	case viewsChangedMsg:
		a.onViewsChanged(msg)
	case keptMsg:
		if msg.err != nil {
			a.flash(failure, msg.err.Error())
		}
	case reapedMsg:
		a.onReaped(msg)
	case rolloutMsg:
		return a.onRollout(msg)
	case guardCheckedMsg:
		a.onGuardChecked(msg)
	case recoveredMsg:
		return a.onRecovered(msg)
	}
	return nil
}

// onBackground chooses the theme that suits the terminal.
func (a *App) onBackground(dark bool) {
	name := "light"
	if dark {
		name = "dark"
	}
	a.background = name
	if a.opts.Theme != "" || name == a.theme.Name || a.opts.Settings.Context(a.contextName).Skin != "" {
		return
	}
	theme, err := themes.Load(name)
	if err != nil {
		a.flash(failure, err.Error())
		return
	}
	a.setTheme(theme)
}

// onPaste goes to where text is typed, and nowhere else.
func (a *App) onPaste(msg tea.PasteMsg) tea.Cmd {
	switch {
	case a.dialog != nil:
		return a.dialog.onPaste(msg)
	case a.prompt != nil:
		return a.prompt.onPaste(msg)
	case a.typing() != nil:
		return a.top().update(msg)
	}
	return nil
}

// typing is the view in front if it is being typed into, else nil.
func (a *App) typing() typingView {
	if v, ok := a.top().(typingView); ok && v.typing() && a.help == nil {
		return v
	}
	return nil
}

// onMouse turns the screen's lines into the view's own.
func (a *App) onMouse(msg tea.Msg) tea.Cmd {
	switch {
	case a.prompt != nil || a.tooSmall():
		return nil
	case a.dialog != nil:
		return a.dialog.onMouse(msg)
	case a.help != nil:
		a.help.onMouse(msg)
		return nil
	}
	if click, ok := msg.(tea.MouseClickMsg); ok {
		click.Y -= len(a.header())
		if click.Y < 0 || click.Button != tea.MouseLeft {
			return nil
		}
		msg = click
	}
	return a.top().update(msg)
}
