package tui

import (
	"fmt"
	"slices"
	"strings"

	"kiln/fixes"
	"kiln/kube"
)

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
		lines = append(lines, "    "+s.accent.Render(shownKey(v.app.keys.Answer))+s.muted.Render(clip(" changes the answer", width-6)))
	}
	return lines
}
