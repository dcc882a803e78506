package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// prompt is the line at the bottom where a command or a filter is typed.
type prompt struct {
	app   *App
	input textinput.Model
	// problem says why the text isn't what it should be.
	problem string
	// changed is told of every edit, submit of enter, cancel of esc.
	changed func(text string) (tea.Cmd, error)
	submit  func(text string) tea.Cmd
	cancel  func() tea.Cmd
	// past is what was entered before, the latest last; at is the place in it,
	// its length for what is being typed, which typed keeps.
	past  *[]string
	at    int
	typed string
}

// keptInputs bounds the history of a prompt.
const keptInputs = 100

// remember notes what was entered.
func (p *prompt) remember(text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	past := slices.DeleteFunc(*p.past, func(old string) bool { return old == text })
	*p.past = append(past, text)[max(0, len(past)+1-keptInputs):]
}

// recall shows an earlier or later input.
func (p *prompt) recall(by int) tea.Cmd {
	if p.at == len(*p.past) {
		p.typed = p.input.Value()
	}
	p.at = clamp(p.at+by, 0, len(*p.past))
	text := p.typed
	if p.at < len(*p.past) {
		text = (*p.past)[p.at]
	}
	p.input.SetValue(text)
	p.input.CursorEnd()
	return p.edited(nil)
}

func (a *App) newPrompt(sign, text string) *prompt {
	if a.inputs == nil {
		a.inputs = map[string]*[]string{}
	}
	if a.inputs[sign] == nil {
		a.inputs[sign] = &[]string{}
	}
	past := a.inputs[sign]
	return &prompt{app: a, input: newInput(a, sign, text), past: past, at: len(*past)}
}

// newInput is a text field that uses the terminal's own cursor: it doesn't
// blink by redrawing.
func newInput(a *App, sign, text string) textinput.Model {
	s := a.styles
	input := textinput.New()
	input.Prompt = sign
	state := textinput.StyleState{Text: s.text, Placeholder: s.faint, Suggestion: s.faint, Prompt: s.accent}
	input.SetStyles(textinput.Styles{Focused: state, Blurred: state})
	input.SetVirtualCursor(false)
	input.KeyMap.Paste.SetEnabled(false) // the terminal's own paste works everywhere
	input.SetValue(text)
	input.CursorEnd()
	input.Focus()
	return input
}

func (p *prompt) onKey(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(msg, p.app.keys.Press):
		p.app.prompt = nil
		p.remember(p.input.Value())
		return p.submit(p.input.Value())
	case key.Matches(msg, p.app.keys.Back):
		p.app.prompt = nil
		return p.cancel()
	case msg.String() == "backspace" && p.input.Value() == "":
		p.app.prompt = nil
		return p.cancel()
	case msg.String() == "up":
		return p.recall(-1)
	case msg.String() == "down":
		return p.recall(1)
	case msg.String() == "right" && p.input.Position() == len([]rune(p.input.Value())):
		msg = tea.KeyPressMsg{Code: tea.KeyTab} // the ghost text is to the right
	}
	return p.update(msg)
}

func (p *prompt) onPaste(msg tea.PasteMsg) tea.Cmd {
	return p.update(tea.PasteMsg{Content: strings.Join(strings.Fields(msg.Content), " ")})
}

func (p *prompt) update(msg tea.Msg) tea.Cmd {
	before := p.input.Value()
	var cmd tea.Cmd
	p.input, cmd = p.input.Update(msg)
	if p.input.Value() == before {
		return cmd
	}
	return p.edited(cmd)
}

// edited tells of the new text.
func (p *prompt) edited(cmd tea.Cmd) tea.Cmd {
	more, err := p.changed(p.input.Value())
	p.problem = ""
	if err != nil {
		p.problem = err.Error()
	}
	return tea.Batch(cmd, more)
}

func (p *prompt) render(width int) string {
	right := ""
	if p.problem != "" {
		right = p.app.styles.warning.Render(clip(" "+p.problem, width/2))
	}
	p.input.SetWidth(max(width-ansi.StringWidth(right)-ansi.StringWidth(p.input.Prompt)-2, 8))
	return spread(ansi.Truncate(p.input.View(), width-ansi.StringWidth(right), ""), right, width)
}

// openFilter opens the prompt for the view in front.
func (a *App) openFilter() tea.Cmd {
	v, ok := a.top().(filterable)
	if !ok {
		a.flash(info, "nothing to filter in "+a.top().title())
		return nil
	}
	before := v.filterText()
	p := a.newPrompt("/", before)
	p.input.Placeholder = "regex, !inverse, -f fuzzy"
	if _, ok := v.(*findingsView); ok {
		p.input.Placeholder += ", -l labels, sev:high ns:shop"
	}
	if _, ok := v.(searchable); ok {
		p.input.Placeholder = "regex"
	}
	p.changed = v.setFilter
	p.submit = func(text string) tea.Cmd {
		if p.problem != "" {
			a.flash(warning, p.problem)
		}
		return nil
	}
	p.cancel = func() tea.Cmd {
		cmd, _ := v.setFilter("")
		return cmd
	}
	a.prompt = p
	return nil
}
