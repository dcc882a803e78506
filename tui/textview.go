package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// textView shows a long text, wrapped.
type textView struct {
	app  *App
	name string
	text string
	pager
}

func newTextView(a *App, name, text string) *textView {
	return &textView{app: a, name: name, text: text, pager: newPager()}
}

func (v *textView) title() string { return v.name }

func (v *textView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if !v.pager.onKey(msg, v.app.keys) && key.Matches(msg, v.app.keys.Copy) {
			return v.app.copy(v.text)
		}
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	}
	return nil
}

func (v *textView) render(width, height int) []string {
	if v.pager.outdated(v.app, width, v.text) {
		lines := indent(wrapStyled(v.app.styles.text, v.text, min(width-4, 100)), 2)
		v.pager.setLines(append([]string{""}, lines...))
	}
	return v.pager.render(v.app.styles, width, height)
}

func (v *textView) hints() []key.Binding {
	return []key.Binding{helped(v.app.keys.Copy, "copy it"), v.app.keys.Back}
}

func (v *textView) help() []keyGroup {
	return []keyGroup{{"Text", []key.Binding{helped(v.app.keys.Copy, "copy it")}}, v.app.keys.reading()}
}
