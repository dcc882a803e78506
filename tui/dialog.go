package tui

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

// settleTime is how long keys are ignored after something that asks has
// opened: keys already in flight must not answer it.
const settleTime = 400 * time.Millisecond

// question is something to decide. Cancel is always the default.
type question struct {
	title, text string
	// accept is the label of the button that goes on.
	accept string
	// typed is what must be typed before accept works; empty for nothing.
	typed   string
	confirm func() tea.Cmd
}

// dialog asks a question over the view.
type dialog struct {
	question
	app     *App
	opened  time.Time
	buttons buttons
	input   textinput.Model
	problem string
	// inputLine is where the text field stands in the box.
	inputLine int
}

func (a *App) ask(q question) {
	d := &dialog{question: q, app: a, opened: a.now(), buttons: buttons{labels: []string{"Cancel", q.accept}}}
	if q.typed != "" {
		d.input = newInput(a, "› ", "")
	}
	a.dialog = d
}

func (d *dialog) onKey(msg tea.KeyPressMsg) tea.Cmd {
	if d.app.now().Sub(d.opened) < settleTime {
		return nil
	}
	keys := d.app.keys
	switch {
	case key.Matches(msg, keys.Back):
		d.app.dialog = nil
	case key.Matches(msg, keys.Press):
		return d.press()
	case key.Matches(msg, keys.NextButton):
		d.buttons.move(1)
	case key.Matches(msg, keys.PreviousButton):
		d.buttons.move(-1)
	case d.typed != "":
		return d.edit(msg)
	}
	return nil
}

func (d *dialog) onPaste(msg tea.PasteMsg) tea.Cmd {
	if d.typed != "" {
		d.problem = "type it: pasting would not be a second thought"
	}
	return nil
}

func (d *dialog) edit(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	d.input, cmd = d.input.Update(msg)
	d.problem = ""
	return cmd
}

func (d *dialog) press() tea.Cmd {
	if d.buttons.focus == 0 {
		d.app.dialog = nil
		return nil
	}
	if d.typed != "" && d.input.Value() != d.typed {
		d.problem = "that is not the name"
		return nil
	}
	d.app.dialog = nil
	return d.confirm()
}

func (d *dialog) width(screen int) int { return min(64, screen-4) }

func (d *dialog) render(screen int) string {
	s := d.app.styles
	width := d.width(screen) - 4
	lines := []string{s.heading.Render(clip(d.title, width)), ""}
	lines = append(lines, wrapStyled(s.text, d.text, width)...)
	if d.typed != "" {
		d.input.SetWidth(width - 4)
		lines = append(lines, "", d.input.View())
		d.inputLine = len(lines)
	}
	problem := ""
	if d.problem != "" {
		problem = s.warning.Render(clip(d.problem, width))
	}
	lines = append(lines, problem, d.buttons.render(s, width))
	return lipgloss.NewStyle().Border(lipgloss.RoundedBorder()).BorderForeground(s.accent.GetForeground()).
		Padding(0, 1).Width(d.width(screen)).Render(strings.Join(lines, "\n"))
}

// cursor is where the next letter will stand.
func (d *dialog) cursor(width, height int) *tea.Cursor {
	if d.typed == "" {
		return nil
	}
	box := d.render(width)
	c := d.input.Cursor()
	if c != nil {
		c.X += (width-lipgloss.Width(box))/2 + 2
		c.Y = (height-lipgloss.Height(box))/2 + d.inputLine
	}
	return c
}
