package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
)

// answering is one question of the diff page while it is answered. The diff
// stays below, and follows each answer.
type answering struct {
	app *App
	// proposal and item are the question's place: see proposal.items.
	proposal, item int
	cursor         int
	// picked are the values so far, for a question that permits many.
	picked  []string
	input   textinput.Model
	problem string
}

// The answers to whose a declared field is.
const (
	takeField  = "take"
	leaveField = "leave"
)

// items are what can be decided about a proposal: the recipe's questions, and
// each field that another manager has declared.
func (p proposal) items() []fixes.Question {
	items := slices.Clone(p.preview.Plan.Questions)
	for _, t := range p.takeovers {
		if !t.Declared || slices.ContainsFunc(items, func(q fixes.Question) bool { return q.Key == t.Field }) {
			continue
		}
		q := fixes.Question{
			Key: t.Field, Ask: fmt.Sprintf("%s is declared by %s. Whose is it?", t.Field, t.Manager), Value: takeField,
			Choices: []fixes.Choice{
				{Value: takeField, Label: "kiln takes it over; " + t.Manager + " will want it back"},
				{Value: leaveField, Label: "it stays with " + t.Manager + ", if the fix can do without it"},
			},
		}
		if slices.Contains(p.leave, t.Field) {
			q.Value = leaveField
		}
		items = append(items, q)
	}
	return items
}

// asks says whether something can be answered otherwise.
func (v *diffView) asks() bool {
	return v.again != nil && slices.ContainsFunc(v.proposals, func(p proposal) bool { return len(p.items()) > 0 })
}

// decide is the proposal with another answer.
func (p proposal) decide(q fixes.Question) proposal {
	if i := slices.IndexFunc(p.preview.Plan.Questions, func(o fixes.Question) bool { return o.Key == q.Key }); i < 0 {
		p.leave = slices.DeleteFunc(slices.Clone(p.leave), func(field string) bool { return field == q.Key })
		if q.Value == leaveField {
			p.leave = append(p.leave, q.Key)
		}
		return p
	}
	answers := fixes.Answers{}
	for _, o := range p.preview.Plan.Questions {
		if _, given := p.answers[o.Key]; given {
			answers[o.Key] = o.Value
		}
	}
	answers[q.Key] = q.Value
	p.answers = answers
	return p
}

// answerNext opens the question after the one that is open, or the first.
func (v *diffView) answerNext() {
	type place struct{ proposal, item int }
	var places []place
	for i, p := range v.proposals {
		if p.applied != nil || p.covered {
			continue
		}
		for j := range p.items() {
			places = append(places, place{i, j})
		}
	}
	switch {
	case v.again == nil || len(places) == 0:
		v.app.flash(info, "nothing is asked here")
		return
	case v.stop != nil:
		v.app.flash(info, "it is being written already")
		return
	}
	next := 0
	if a := v.answering; a != nil {
		next = (slices.Index(places, place{a.proposal, a.item}) + 1) % len(places)
	}
	v.openAnswer(places[next].proposal, places[next].item)
}

func (v *diffView) openAnswer(proposal, item int) {
	q := v.proposals[proposal].items()[item]
	a := &answering{app: v.app, proposal: proposal, item: item, input: newInput(v.app, "", "")}
	if q.Many {
		a.picked = fixes.Answers{q.Key: q.Value}.All(q.Key)
	}
	known := slices.IndexFunc(q.Choices, func(c fixes.Choice) bool { return c.Value == q.Value })
	switch {
	case known >= 0:
		a.cursor = known
	case q.Free != nil && !q.Many:
		a.cursor = len(q.Choices)
		a.input.SetValue(q.Value)
		a.input.CursorEnd()
	}
	v.answering = a
}

// asked is the question that is open.
func (v *diffView) asked() (fixes.Question, bool) {
	a := v.answering
	if a == nil || a.proposal >= len(v.proposals) {
		return fixes.Question{}, false
	}
	items := v.proposals[a.proposal].items()
	if a.item >= len(items) {
		return fixes.Question{}, false
	}
	return items[a.item], true
}

// typing: an open question takes the keys.
func (v *diffView) typing() bool { return v.answering != nil }

func (v *diffView) onAnswerKey(msg tea.KeyPressMsg) tea.Cmd {
	q, ok := v.asked()
	a, keys := v.answering, v.app.keys
	if !ok || key.Matches(msg, keys.Back) {
		v.answering = nil
		return nil
	}
	last := len(q.Choices) - 1
	if q.Free != nil {
		last++ // the line to type into
	}
	onInput := a.cursor == len(q.Choices)
	switch {
	case msg.String() == "down", !onInput && key.Matches(msg, keys.Down):
		a.cursor = min(a.cursor+1, last)
	case msg.String() == "up", !onInput && key.Matches(msg, keys.Up):
		a.cursor = max(a.cursor-1, 0)
	case msg.String() == "tab", !onInput && key.Matches(msg, keys.Answer):
		v.answerNext()
	case key.Matches(msg, keys.Press):
		return v.answer(q, a.value(q))
	case !onInput && q.Many && key.Matches(msg, keys.Mark):
		a.toggle(q.Choices[a.cursor].Value)
		return v.answer(q, strings.Join(a.picked, ","))
	case onInput:
		var cmd tea.Cmd
		a.input, cmd = a.input.Update(msg)
		return cmd
	default:
		v.pager.onKey(msg, keys)
	}
	return nil
}

// toggle picks a value, or no longer.
func (a *answering) toggle(value string) {
	if i := slices.Index(a.picked, value); i >= 0 {
		a.picked = slices.Delete(a.picked, i, i+1)
		return
	}
	a.picked = append(a.picked, value)
}

// value is the answer that enter gives.
func (a *answering) value(q fixes.Question) string {
	typed := a.cursor == len(q.Choices)
	switch {
	case q.Many && typed:
		return strings.Join(append(slices.Clone(a.picked), a.input.Value()), ",")
	case q.Many:
		a.toggle(q.Choices[a.cursor].Value)
		return strings.Join(a.picked, ",")
	case typed:
		return a.input.Value()
	}
	return q.Choices[a.cursor].Value
}

// answer previews anew with an answer, and gives up on the preview before.
func (v *diffView) answer(q fixes.Question, value string) tea.Cmd {
	answered, err := q.Answered(value)
	if err != nil {
		v.answering.problem = err.Error()
		if q.Many {
			v.answering.picked = fixes.Answers{q.Key: q.Value}.All(q.Key)
		}
		return nil
	}
	a := v.answering
	a.problem = ""
	if q.Many {
		a.picked = fixes.Answers{q.Key: answered.Value}.All(q.Key)
		a.input.SetValue("")
	}
	index, again := a.proposal, v.again
	wanted := v.proposals[index].decide(answered)
	wanted.pending = true
	v.proposals[index] = wanted
	v.setButtons()
	v.version++
	v.app.cancelTasks(v)
	return v.app.start(v, "asking the API server for the diff", func(ctx context.Context) tea.Msg {
		return reproposedMsg{index, again(ctx, wanted)}
	})
}

// reproposedMsg brings the preview with another answer.
type reproposedMsg struct {
	index    int
	proposal proposal
}

func (v *diffView) onReproposed(msg reproposedMsg) {
	v.proposals[msg.index] = msg.proposal
	v.opened = v.app.now()
	v.setButtons()
	v.version++
	if _, ok := v.asked(); !ok {
		v.answering = nil
	}
}

// renderAnswering draws the open question above the diff.
func (v *diffView) renderAnswering(width int) []string {
	q, ok := v.asked()
	if !ok {
		return nil
	}
	a, s := v.answering, v.app.styles
	lines := indent(wrapStyled(s.bold, kube.Clean(q.Ask), width-3), 2)
	for i, c := range q.Choices {
		mark := "( )"
		if q.Many {
			mark = "[ ]"
		}
		if c.Value == q.Value || q.Many && slices.Contains(a.picked, c.Value) {
			mark = strings.Replace(mark, " ", "x", 1)
		}
		lines = append(lines, a.line(i, mark+" "+describeChoice(c), width))
	}
	if q.Free != nil {
		a.input.SetWidth(max(width-20, 8))
		v.inputLine = len(lines)
		lines = append(lines, a.line(len(q.Choices), "another: "+a.input.View(), width))
	}
	if a.problem != "" {
		lines = append(lines, indent(wrapStyled(s.warning, kube.Clean(a.problem), width-6), 4)...)
	}
	hint := "enter chooses · tab next question · esc done"
	if q.Many {
		hint = "space picks · " + hint
	}
	return append(lines, "  "+s.muted.Render(clip(hint, width-3)), "  "+s.faint.Render(strings.Repeat("─", max(width-4, 0))))
}

func (a *answering) line(i int, text string, width int) string {
	s := a.app.styles
	if i == a.cursor {
		return "  " + s.accent.Render("▸ ") + s.text.Render(clip(text, width-6))
	}
	return "    " + s.muted.Render(clip(text, width-6))
}

// describeChoice is a choice with what it does, and what speaks for it.
func describeChoice(c fixes.Choice) string {
	parts := []string{c.Value}
	for _, about := range []string{c.Label, c.Found} {
		if about != "" {
			parts = append(parts, about)
		}
	}
	return kube.Clean(strings.Join(parts, " · "))
}

// cursor is where the next letter of an answer will stand.
func (v *diffView) cursor() *tea.Cursor {
	q, ok := v.asked()
	if !ok || v.answering.cursor != len(q.Choices) {
		return nil
	}
	c := v.answering.input.Cursor()
	if c != nil {
		c.X += len("    another: ")
		c.Y = v.inputLine
	}
	return c
}

// drawItems draws what was asked, with the answers, above the diffs.
func (v *diffView) drawItems(p proposal, width int) []string {
	s := v.app.styles
	var lines []string
	for _, q := range p.items() {
		answer := q.Value
		if answer == "" {
			answer = "none"
		}
		if i := slices.IndexFunc(q.Choices, func(c fixes.Choice) bool { return c.Value == q.Value }); i >= 0 {
			answer = describeChoice(q.Choices[i])
		}
		lines = append(lines, bullet(s.accent, s.text, "?", q.Ask+" "+answer, width)...)
	}
	if len(lines) > 0 && v.again != nil {
		lines = append(lines, "    "+s.accent.Render("e")+s.muted.Render(clip(" answers otherwise", width-6)))
	}
	return lines
}
