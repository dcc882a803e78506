package tui

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// form is a few lines to fill in, one below the other.
type form struct {
	app    *App
	fields []formField
	focus  int
	opened time.Time
}

// formField is one of them. The hint stands where nothing is typed yet.
type formField struct {
	label, hint string
	input       textinput.Model
}

// newForm opens a form; the fields have their label, hint and text.
func newForm(a *App, fields ...[3]string) *form {
	f := &form{app: a, opened: a.now()}
	for _, field := range fields {
		input := newInput(a, "", field[2])
		input.Placeholder = field[1]
		f.fields = append(f.fields, formField{label: field[0], hint: field[1], input: input})
	}
	return f
}

// suggest gives a field ghost texts.
func (f *form) suggest(field int, texts []string) {
	f.fields[field].input.ShowSuggestions = true
	f.fields[field].input.SetSuggestions(texts)
}

func (f *form) value(field int) string { return strings.TrimSpace(f.fields[field].input.Value()) }

// clear empties the field in front.
func (f *form) clear() { f.fields[f.focus].input.Reset() }

// onKey moves between the fields and types into one. It says true when the
// form is handed in, which a key that was in flight when it opened can't do.
func (f *form) onKey(msg tea.KeyPressMsg) (handedIn bool, cmd tea.Cmd) {
	input := &f.fields[f.focus].input
	switch {
	case key.Matches(msg, f.app.keys.Press):
		return !f.app.settling(f.opened), nil
	case msg.String() == "down", msg.String() == "tab":
		f.focus = (f.focus + 1) % len(f.fields)
		return false, nil
	case msg.String() == "up", msg.String() == "shift+tab":
		f.focus = (f.focus + len(f.fields) - 1) % len(f.fields)
		return false, nil
	case msg.String() == "right" && input.Position() == len([]rune(input.Value())):
		msg = tea.KeyPressMsg{Code: tea.KeyTab} // the ghost text is to the right
	}
	*input, cmd = input.Update(msg)
	return false, cmd
}

func (f *form) onPaste(msg tea.PasteMsg) tea.Cmd {
	var cmd tea.Cmd
	input := &f.fields[f.focus].input
	*input, cmd = input.Update(tea.PasteMsg{Content: strings.Join(strings.Fields(msg.Content), " ")})
	return cmd
}

// formMargin is left of the labels.
const formMargin = 2

func (f *form) labelWidth() int {
	width := 0
	for _, field := range f.fields {
		width = max(width, ansi.StringWidth(field.label))
	}
	return width + 2
}

// render draws a line per field.
func (f *form) render(width int) []string {
	s := f.app.styles
	lines := make([]string, 0, len(f.fields))
	for i := range f.fields {
		field := &f.fields[i]
		mark, label := "  ", s.muted
		if i == f.focus {
			mark, label = s.accent.Render("▸ "), s.accent
		}
		room := max(width-formMargin-f.labelWidth()-2, 8)
		field.input.SetWidth(room)
		text := ansi.Truncate(field.input.View(), room+1, "")
		if i != f.focus && field.input.Value() == "" {
			text = s.faint.Render(clip(field.hint, room))
		}
		lines = append(lines, mark+label.Render(fit(field.label, f.labelWidth()))+text)
	}
	return lines
}

// hint says what may be in the field in front, once something hides its
// placeholder; else it is empty.
func (f *form) hint() string {
	field := f.fields[f.focus]
	if value := f.value(f.focus); field.hint == "" || value == "" || value == field.hint {
		return ""
	}
	return field.label + ": " + field.hint
}

// cursor is where the next letter will stand, from the form's first line.
func (f *form) cursor() *tea.Cursor {
	c := f.fields[f.focus].input.Cursor()
	if c != nil {
		c.X += formMargin + f.labelWidth()
		c.Y = f.focus
	}
	return c
}
