package tui

import (
	"fmt"

	"charm.land/lipgloss/v2"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners/tracing"
)

func (v *traceView) render(width, height int) []string {
	s := v.app.styles
	if v.editing {
		note := "Nothing is changed by it: what would change something is sent as a dry run. ↑↓ go to a field, → takes what is suggested, enter asks the server."
		return v.renderForm("Follow a request through the API server", note, width, height)
	}
	if v.pager.outdated(v.app, width, v.version) {
		v.pager.setLines(indent(v.draw(min(width-5, 120)), 2))
	}
	return v.pager.render(s, width, height)
}

func (v *traceView) draw(width int) []string {
	s := v.app.styles
	if v.result == nil {
		return []string{s.muted.Render("asking the API server …")}
	}
	if v.result.problem != "" {
		return append(wrapStyled(s.warning, v.result.problem, width), "", s.muted.Render("enter changes the request"))
	}
	lines := wrapStyled(s.bold, traceSentence(v.result.request), width)
	glyph, style, text := verdict(s, v.result.steps)
	lines = append(lines, wrapStyled(style, glyph+" "+text, width)...)
	for i, step := range v.result.steps {
		lines = append(lines, drawStep(s, i+1, step, width)...)
	}
	return lines
}

// traceSentence is the request in words.
func traceSentence(req kube.TraceRequest) string {
	who := "I"
	if req.Impersonates() {
		who = req.As.UserName
		if len(req.As.Groups) > 0 {
			who += fmt.Sprintf(" of %s", req.As.Groups)
		}
	}
	text := fmt.Sprintf("%s: %s %s", who, req.Verb, req.Target())
	if req.Name != "" {
		text += " " + req.Name
	}
	if req.Namespace != "" {
		text += " in " + req.Namespace
	}
	return kube.Clean(text)
}

// verdict is the whole trace in a line.
func verdict(s *styles, steps []tracing.Step) (glyph string, style lipgloss.Style, text string) {
	for _, step := range steps {
		if step.Outcome == tracing.Refused {
			glyph, style = outcomeLook(s, step.Outcome)
			return glyph, style, "stopped at " + step.Name + ": " + step.Title
		}
	}
	glyph, style = outcomeLook(s, tracing.Passed)
	return glyph, style, "nothing that was asked refuses it"
}

func outcomeLook(s *styles, o tracing.Outcome) (string, lipgloss.Style) {
	switch o {
	case tracing.Passed:
		return "✓", s.good
	case tracing.Refused:
		return "✗", s.alarm
	case tracing.Unknown:
		return "?", s.warning
	}
	return "–", s.faint
}

// drawStep draws one stop: how it ended, what is known, what the server
// changed, and what the stop is for.
func drawStep(s *styles, number int, step tracing.Step, width int) []string {
	glyph, style := outcomeLook(s, step.Outcome)
	lines := sectionLines(s, fmt.Sprintf("%d %s", number, step.Name), width)
	lines = append(lines, hang(style.Render(glyph)+" ", 2, wrapStyled(style, step.Title, width-2))...)
	for _, line := range step.Says {
		lines = append(lines, hang(s.faint.Render("  • "), 4, wrapStyled(s.text, line, width-4))...)
	}
	for _, line := range step.Warnings {
		lines = append(lines, hang(s.warning.Render("  ! "), 4, wrapStyled(s.warning, "the server warns: "+line, width-4))...)
	}
	lines = append(lines, drawChanges(s, step.Changes, width)...)
	if step.After != "" && step.Before != step.After {
		diff := fixes.TargetPreview{Before: step.Before, After: step.After}.Diff()
		lines = append(lines, "")
		lines = append(lines, diffLook{}.draw(s, diff, width)...)
	}
	return append(append(lines, ""), wrapStyled(s.muted, step.Why, min(width, readingWidth))...)
}

// drawChanges lists the fields that the server has set, with who did it.
func drawChanges(s *styles, changes []tracing.Change, width int) []string {
	var lines []string
	for _, c := range changes {
		sign := "+"
		if c.Before != nil {
			sign = "~"
		}
		by := " " + c.By
		lines = append(lines, spread("  "+s.accent.Render(sign)+" "+s.text.Render(clip(c.Path, max(width-5-len(by), 10))), s.muted.Render(clip(by, width/2)), width))
	}
	return lines
}
