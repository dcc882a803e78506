package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// view is one page of the screen. Views change in update only, do no I/O
// there, and hand longer things to App.start.
type view interface {
	// title is its crumb.
	title() string
	// update takes a message: keys that the App didn't want, the wheel, clicks
	// (with Y counted from the view's first line), and results of its own work.
	update(tea.Msg) tea.Cmd
	// render draws at most height lines of at most width cells.
	render(width, height int) []string
	// hints are the few keys to show in the footer, the most useful first.
	hints() []key.Binding
	// help is every key of the view, in groups.
	help() []keyGroup
}

// filterable views take the text after "/".
type filterable interface {
	// setFilter narrows the view; the error is for the prompt.
	setFilter(text string) (tea.Cmd, error)
	filterText() string
}

// listView is a list, which may be empty: most of its keys need a row.
type listView interface {
	rowCount() int
}

// closable views decide whether they may be left.
type closable interface {
	// close says whether the view is done; if not, it has used the key.
	close() (bool, tea.Cmd)
}

// liveView wants to know of every new snapshot.
type liveView interface {
	onSnapshot() tea.Cmd
}

// typingView takes every key but ctrl-c as text while it is typed into.
type typingView interface {
	typing() bool
	// cursor is where the next letter will stand, from the view's first cell.
	cursor() *tea.Cursor
}

// searchable views look for the text after "/" instead of narrowing
// themselves.
type searchable interface {
	// step goes some places on.
	step(by int)
	// matches says in words at which place the view is.
	matches(*keyMap) string
}

// statusView has a line to show below itself when there is no message.
type statusView interface {
	status(width int) string
}

// objectView is about an object, or has one under its cursor.
type objectView interface {
	// target is nil where there is none.
	target() *target
}
