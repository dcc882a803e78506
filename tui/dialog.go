package tui

import (
	"slices"
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

// settling says that what asks has only just opened.
func (a *App) settling(opened time.Time) bool { return a.now().Sub(opened) < settleTime }

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
	// offset is how many lines of the text are scrolled away where it doesn't
	// fit.
	offset int
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
	if d.app.settling(d.opened) {
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
	case msg.String() == "up":
		d.offset--
	case msg.String() == "down":
		d.offset++
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

// onMouse presses a button, and scrolls. Cancel is Cancel, whatever was typed.
func (d *dialog) onMouse(msg tea.Msg) tea.Cmd {
	a := d.app
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		d.offset += map[tea.MouseButton]int{tea.MouseWheelUp: -1, tea.MouseWheelDown: 1}[msg.Button]
	case tea.MouseClickMsg:
		box := d.render(a.width, a.height)
		x, y := d.place(box, a.width, a.height)
		onButtons := msg.Y == y+lipgloss.Height(box)-2
		if msg.Button != tea.MouseLeft || !onButtons || a.settling(d.opened) || !d.buttons.click(a.styles, msg.X-x-2, d.width(a.width)-4) {
			return nil
		}
		if d.buttons.focus == 0 {
			a.dialog = nil
			return nil
		}
		return d.press()
	}
	return nil
}

func (d *dialog) edit(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	d.input, cmd = d.input.Update(msg)
	d.problem = ""
	return cmd
}

// press is enter. After something was typed it doesn't cancel, as nobody means
// that: the right name leads to the button that goes on.
func (d *dialog) press() tea.Cmd {
	switch {
	case d.buttons.focus == 0 && (d.typed == "" || d.input.Value() == ""):
		d.app.dialog = nil
		return nil
	case d.typed != "" && d.input.Value() != d.typed:
		d.problem = "that is not the name"
		return nil
	case d.buttons.focus == 0:
		d.buttons.focus, d.problem = 1, "that is the name: enter once more goes on"
		return nil
	}
	d.app.dialog = nil
	return d.confirm()
}

func (d *dialog) width(screen int) int { return min(64, screen-4) }

// place is where the box stands: in the middle, but below the screen's first
// line, which says what cluster this is.
func (d *dialog) place(box string, width, height int) (x, y int) {
	return max((width-lipgloss.Width(box))/2, 0), max((height-lipgloss.Height(box))/2, 1)
}

// render draws the box, which fits below the first line of a screen of this
// size.
func (d *dialog) render(screen, height int) string {
	s := d.app.styles
	width := d.width(screen) - 4
	head := wrapStyled(s.heading, d.title, width)
	if height >= 16 {
		head = append(head, "")
	}
	problem := ""
	if d.problem != "" {
		problem = s.warning.Render(clip(d.problem, width))
	}
	foot := []string{problem, d.buttons.render(s, width)}
	if d.typed != "" {
		d.input.SetWidth(width - 4)
		foot = append([]string{"", d.input.View()}, foot...)
	}
	text, more := d.visible(width, max(height-3-len(head)-len(foot), 1))
	if more && d.problem == "" {
		foot[len(foot)-2] = s.muted.Render("↑↓ reads on")
	}
	lines := slices.Concat(head, text, foot)
	d.inputLine = len(lines) - 2 // below the border
	return lipgloss.NewStyle().Border(lipgloss.RoundedBorder()).BorderForeground(s.accent.GetForeground()).
		Padding(0, 1).Width(d.width(screen)).Render(strings.Join(lines, "\n"))
}

// visible are the lines of the text that there is room for, and whether there
// are others.
func (d *dialog) visible(width, room int) (lines []string, more bool) {
	lines = wrapStyled(d.app.styles.text, d.text, width)
	d.offset = clamp(d.offset, 0, max(len(lines)-room, 0))
	more = len(lines) > room
	return lines[d.offset:min(d.offset+room, len(lines))], more
}

// cursor is where the next letter will stand.
func (d *dialog) cursor(width, height int) *tea.Cursor {
	if d.typed == "" {
		return nil
	}
	box := d.render(width, height)
	c := d.input.Cursor()
	if c != nil {
		x, y := d.place(box, width, height)
		c.X += x + 2
		c.Y = y + d.inputLine
	}
	return c
}
