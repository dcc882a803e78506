package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// messagesView shows everything that kiln has said, the newest first.
type messagesView struct {
	app   *App
	table table
	text  string
	rows  []message
}

func newMessagesView(a *App) *messagesView {
	v := &messagesView{app: a}
	v.table = table{cell: v.cell, columns: []column{
		{title: "TIME", min: 8, want: 8},
		{title: "KIND", min: 7, want: 7, drop: 1},
		{title: "MESSAGE", min: 20, want: 60, flex: true},
	}}
	v.table.sorting.rows = func() []int { return sortRows(&v.table, v.rows, 0) }
	v.list()
	return v
}

func (v *messagesView) title() string { return "messages" }

func (v *messagesView) list() {
	v.rows = nil
	entries := v.app.messages.entries
	for i := len(entries) - 1; i >= 0; i-- {
		if strings.Contains(entries[i].text, v.text) {
			v.rows = append(v.rows, entries[i])
		}
	}
	v.table.setRows(len(v.rows))
}

func (v *messagesView) setFilter(text string) (tea.Cmd, error) {
	v.text = text
	v.list()
	return nil, nil
}

func (v *messagesView) filterText() string { return v.text }

func (v *messagesView) cell(row, col, _ int) cell {
	m, s := v.rows[row], v.app.styles
	word, style := "info", s.text
	switch m.level {
	case warning:
		word, style = "warning", s.warning
	case failure:
		word, style = "error", s.alarm
	}
	switch col {
	case 0:
		return cell{m.at.Format("15:04:05"), s.muted}
	case 1:
		return cell{word, style}
	}
	return cell{m.text, style}
}

func (v *messagesView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		v.table.onWheel(msg)
	case tea.MouseClickMsg:
		v.table.onClick(msg.Y)
	case tea.KeyPressMsg:
		keys := v.app.keys
		switch {
		case v.table.onKey(msg, keys):
		case v.table.rows == 0:
		case key.Matches(msg, keys.Open):
			v.app.push(newTextView(v.app, "message", v.rows[v.table.cursor].text))
		case key.Matches(msg, keys.Copy):
			return v.app.copy(v.rows[v.table.cursor].text)
		}
	}
	return nil
}

// render lists anew: messages come while the view is open.
func (v *messagesView) render(width, height int) []string {
	v.list()
	if len(v.rows) == 0 {
		return []string{"", "  " + v.app.styles.text.Render("kiln has said nothing yet.")}
	}
	return v.table.render(v.app.styles, width, height)
}

func (v *messagesView) hints() []key.Binding {
	return []key.Binding{v.app.keys.Open, v.app.keys.Copy, v.app.keys.Filter}
}

func (v *messagesView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Messages", []key.Binding{k.Open, k.Copy, k.Filter}}, k.listing()}
}
