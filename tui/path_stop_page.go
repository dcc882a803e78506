package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"kiln/kube"
	"kiln/scanners/catalogue"
	"kiln/scanners/tracing"
)

// pathFormLine is where the answer is typed.
const pathFormLine = 3

func (v *pathStopView) render(width, height int) []string {
	head := []string{" " + v.drawSteps(width-2), ""}
	if v.form != nil {
		head = append(head, " "+v.app.styles.bold.Render(clip("Which object is it?", width-2)))
		head = append(head, v.form.render(width)...)
	}
	if v.pager.outdated(v.app, width, fmt.Sprint(v.version, v.app.readOnly)) {
		v.pager.setLines(indent(v.draw(min(width-5, readingWidth)), 2))
	}
	return append(head, v.pager.render(v.app.styles, width, max(height-len(head), 1))...)
}

// drawSteps is the line that says where one is. Where it doesn't fit, only the
// step in front has its words.
func (v *pathStopView) drawSteps(width int) string {
	line := v.stepLine(true, "  ·  ")
	if ansi.StringWidth(line) > width {
		line = v.stepLine(false, "  ·  ")
	}
	if ansi.StringWidth(line) > width {
		line = v.stepLine(false, " ")
	}
	return clip(line, width)
}

func (v *pathStopView) stepLine(words bool, between string) string {
	s := v.app.styles
	var parts []string
	for i, step := range v.stop.steps() {
		done := slices.Contains(v.app.path.Done[v.stop.key()], string(step))
		mark, style := "○", s.muted
		if done {
			mark, style = "✓", s.good
		}
		if step == v.step {
			mark, style = "▸", s.accent
		}
		text := fmt.Sprintf("%s %d", mark, i+1)
		if words || step == v.step {
			text += " " + stepWords(step)
		}
		parts = append(parts, style.Render(text))
	}
	return strings.Join(parts, s.faint.Render(between))
}

func (v *pathStopView) draw(width int) []string {
	if v.stop.check == nil {
		lines := renderMarkdown(v.app.styles, catalogue.Introduction(v.stop.layer), width)
		if words := whyNoStops(v.app.snapshot, v.stop.layer); words != "" {
			lines = append(lines, v.paragraph(words, width)...)
		}
		return lines
	}
	switch v.step {
	case findIt:
		return v.drawSearch(width)
	case fixIt:
		return v.drawFix(width)
	case keepOut:
		return v.drawTrial(width)
	}
	return renderMarkdown(v.app.styles, v.stop.check.Lesson, width)
}

// paragraph is text with an empty line before it.
func (v *pathStopView) paragraph(text string, width int) []string {
	return append([]string{""}, wrapStyled(v.app.styles.text, kube.Clean(text), width)...)
}

// drawSaid is what kiln said last.
func (v *pathStopView) drawSaid(width int) []string {
	if v.said == "" {
		return nil
	}
	style := v.app.styles.accent
	if v.found != nil {
		style = v.app.styles.good
	}
	return append([]string{""}, wrapStyled(style, kube.Clean(v.said), width)...)
}

// barredWords are for those who can't try it.
const barredWords = "That is about you, not about the object: only who may make such things can try whether anything else refuses it."

// drawTrial tells what the server said when the object came once more.
func (v *pathStopView) drawTrial(width int) []string {
	s := v.app.styles
	var lines []string
	switch {
	case v.unguarded():
		return v.paragraph("No admission stands before this: it is a setting of a machine or of the control plane. What remains is to look again: kiln scan --check "+v.stop.check.ID+" --fail-on low, every night.", width)
	case v.lost:
		return v.paragraph("The object as it was before the fix isn't known any more. u in :journal takes the fix back; then it can be tried. Enter goes on without.", width)
	case v.attempts == nil:
		return append(lines, v.paragraph("A fix mends one object. What if somebody makes the same again? Enter sends the object as it was once more, under another name and as a dry run, and shows whether anything refuses it.", width)...)
	}
	for _, a := range v.attempts {
		lines = append(lines, drawAttempt(s, a, width)...)
	}
	switch {
	case refused(v.attempts):
		return append(lines, v.paragraph("So it doesn't come back. Enter goes on.", width)...)
	case barred(v.attempts):
		return append(lines, v.paragraph(barredWords+" Enter goes on.", width)...)
	case !admitted(v.attempts):
		return append(lines, v.paragraph("So it isn't known whether anything would refuse it. Enter goes on.", width)...)
	}
	lines = append(lines, v.paragraph("Nothing refuses it: the next one gets in as this one did.", width)...)
	if !v.guardable() {
		return append(lines, v.paragraph("kiln has no guardrail for this. Scan manifests before they get here: kiln scan -f DIR --fail-on low. Enter goes on.", width)...)
	}
	lines = append(lines, v.paragraph("A guardrail keeps it out: first one that only warns, then one that refuses. Enter previews the next; on the command line:", width)...)
	return append(lines, "", "  "+s.code.Render(clip(kube.Clean(guardCommand(v.stop.check.ID, v.bad, v.attempts)), width-2)))
}

func drawAttempt(s *styles, a attempt, width int) []string {
	var lines []string
	switch {
	case a.problem != "":
		lines = append([]string{""}, hang(s.warning.Render("? "), 2, wrapStyled(s.text, a.what+": "+a.problem, width-2))...)
	case a.refusal != nil:
		lines = append([]string{""}, hang(s.good.Render("✓ "), 2, wrapStyled(s.good, a.what+" is "+tracing.Refuser(*a.refusal), width-2))...)
		lines = append(lines, indent(wrapStyled(s.text, a.refusal.Says, width-2), 2)...)
	default:
		lines = append([]string{""}, hang(s.alarm.Render("✗ "), 2, wrapStyled(s.alarm, a.what+" would be let in", width-2))...)
	}
	for _, w := range a.warnings {
		lines = append(lines, indent(wrapStyled(s.warning, "the server warns: "+w, width-2), 2)...)
	}
	return lines
}
