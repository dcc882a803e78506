package tui

import (
	"errors"

	"charm.land/bubbles/v2/key"
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
		a.onConnectFailed(msg.err)
	case controllerMsg:
		return a.onController(msg)
	case kilnDoneMsg:
		return a.onKilnDone(msg)
	case savedMsg:
		a.onSaved(msg)
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
		a.onRecovered(msg)
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
	} else if a.session == nil && a.cancelTasks(nil) > 0 {
		a.connectFailure = errors.New("not connected: connecting was cancelled")
		a.connectErr = a.connectFailure.Error()
		a.flash(info, a.connectErr)
	} else {
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

func (a *App) onRescan() tea.Cmd {
	if a.session == nil {
		a.cancelTasks(nil)
		return a.connect(a.contextName)
	}
	return a.rescan()
}

// toggleReadOnly closes the gate at once, and opens it after a question.
func (a *App) toggleReadOnly() {
	if !a.readOnly {
		a.setReadOnly(true)
		return
	}
	a.ask(question{
		title:   "Leave read-only mode?",
		text:    "kiln will be able to change " + cleanOr(a.contextName, "this cluster") + ". Each change still has its preview.",
		accept:  "Allow changes",
		confirm: func() tea.Cmd { a.setReadOnly(false); return nil },
	})
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
	case a.dialog != nil || a.prompt != nil || a.tooSmall():
		return nil
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
