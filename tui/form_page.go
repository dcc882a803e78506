package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// formPage is the part of a page that asks with a form before it shows
// anything: a heading, the form, and below it what it is for.
type formPage struct {
	form *form
	// editing says that the form is being filled in.
	editing bool
	// formLine is where the form was drawn.
	formLine int
}

// edit opens the form, with what was typed before.
func (p *formPage) edit() { p.editing, p.form.opened = true, p.form.app.now() }

// typing says that the form takes the keys.
func (p *formPage) typing() bool { return p.editing }

func (p *formPage) cursor() *tea.Cursor {
	c := p.form.cursor()
	if c != nil {
		c.Y += p.formLine
	}
	return c
}

// onInput hands what a user does to the form, to what scrolls, or to the page.
func (p *formPage) onInput(msg tea.Msg, text *pager, onKey func(tea.KeyPressMsg) tea.Cmd) tea.Cmd {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		return p.form.onPaste(msg)
	case tea.MouseWheelMsg:
		text.onWheel(msg)
	case tea.KeyPressMsg:
		return onKey(msg)
	}
	return nil
}

// onFormKey types into the form, and goes on once that is handed in.
func (p *formPage) onFormKey(msg tea.KeyPressMsg, goOn func() tea.Cmd) tea.Cmd {
	handedIn, cmd := p.form.onKey(msg)
	if handedIn {
		return goOn()
	}
	return cmd
}

// renderForm draws the form with its heading, and below it what may be in the
// field in front, and a note. Where there is little room, empty lines give way.
func (p *formPage) renderForm(heading, note string, width, height int) []string {
	s, room := p.form.app.styles, min(width-4, readingWidth)
	lines := []string{"  " + s.bold.Render(clip(heading, width-4))}
	below := indent(wrapStyled(s.muted, note, room), 2)
	if hint := p.form.hint(); hint != "" {
		below = slices.Concat(indent(wrapStyled(s.text, hint, room), 2), below)
	}
	if height >= 12 {
		lines = []string{"", lines[0], ""}
		below = append([]string{""}, below...)
	}
	p.formLine = len(lines)
	return slices.Concat(lines, p.form.render(width), below)
}
