package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

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

// setReadOnly closes or opens the gate of the transport.
func (a *App) setReadOnly(on bool) {
	a.readOnly, a.wantsReadOnly = on, on
	if a.session != nil {
		a.session.cluster.Gate.SetReadOnly(on)
	}
	word := "read-only: nothing will be changed"
	if !on {
		word = fmt.Sprintf("changes to %s are possible now, each after its preview", kube.Clean(a.contextName))
	}
	a.flash(info, word)
}

// mayWrite says whether changes are allowed, and if not says so.
func (a *App) mayWrite() bool {
	if a.readOnly {
		a.flash(warning, "read-only mode: nothing is written. "+shownKey(a.keys.ReadOnly)+" allows changes")
	}
	return !a.readOnly
}
