package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

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
