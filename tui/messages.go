package tui

import (
	"slices"
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// messagesView shows everything that kiln has said, the newest first.
type messagesView struct {
	listing[message]
}

func newMessagesView(a *App) *messagesView {
	v := &messagesView{}
	v.prepare(a, v, "message", []column{
		{title: "TIME", min: 8, want: 8},
		{title: "KIND", min: 7, want: 7, drop: 1},
		{title: "MESSAGE", min: 20, want: 60, flex: true},
	})
	v.read()
	return v
}

func (v *messagesView) title() string { return "messages" }

func (v *messagesView) read() {
	all := slices.Clone(v.app.messages.entries)
	slices.Reverse(all)
	v.setAll(all)
}

func (v *messagesView) id(m message) string { return strconv.Itoa(m.number) }

func (v *messagesView) cell(m message, col, _ int) cell {
	s := v.app.styles
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
	return v.onInput(msg)
}

func (v *messagesView) open(m message) tea.Cmd {
	v.app.push(newTextView(v.app, "message", m.text))
	return nil
}

func (v *messagesView) onRowKey(m message, msg tea.KeyPressMsg) tea.Cmd {
	if key.Matches(msg, v.app.keys.Copy) {
		return v.app.copy(m.text)
	}
	return nil
}

// render reads anew: messages come while the view is open.
func (v *messagesView) render(width, height int) []string {
	v.read()
	return v.listing.render(width, height)
}

func (v *messagesView) empty() string { return "kiln has said nothing yet." }

func (v *messagesView) hints() []key.Binding {
	return []key.Binding{v.app.keys.Open, v.app.keys.Copy, v.app.keys.Filter}
}

func (v *messagesView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Messages", []key.Binding{k.Open, k.Copy, k.Filter}}, k.listing()}
}
