package tui

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
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
