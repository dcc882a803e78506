package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"kiln/kube"
	"kiln/scanners"
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
	if now := (drawnFor{width, v.app.theme.Name, fmt.Sprint(v.version, v.app.readOnly)}); now != v.drawn {
		v.pager.setLines(indent(v.draw(min(width-5, readingWidth)), 2))
		v.drawn = now
	}
	return append(head, v.pager.render(v.app.styles, width, max(height-len(head), 1))...)
}

// drawSteps is the line that says where one is. Where it doesn't fit, only the
// step in front has its words.
func (v *pathStopView) drawSteps(width int) string {
	if line := v.stepLine(true); ansi.StringWidth(line) <= width {
		return line
	}
	return clip(v.stepLine(false), width)
}

func (v *pathStopView) stepLine(words bool) string {
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
	return strings.Join(parts, s.faint.Render("  ·  "))
}

func (v *pathStopView) draw(width int) []string {
	if v.stop.check == nil {
		return renderMarkdown(v.app.styles, catalogue.Introduction(v.stop.layer), width)
	}
	switch v.step {
	case findIt:
		return v.drawSearch(width)
	case fixIt:
		return v.drawFix(width)
	case keepOut:
		return v.drawTrial(width)
	}
	return renderMarkdown(v.app.styles, lessonText(*v.stop.check), width)
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

func (v *pathStopView) drawSearch(width int) []string {
	s := v.app.styles
	lines := v.drawSaid(width)
	task := fmt.Sprintf("%s. Somewhere in this cluster that is so, %s over. Find such an object and name it: with kubectl, or in kiln's other views.",
		v.stop.check.Title, plural(len(v.stop.findings), "time"))
	if len(v.stop.findings) == 0 {
		task = "There is nothing left to find: what this check found has been fixed."
	}
	lines = append(lines, v.paragraph(task, width)...)
	lines = append(lines, "", s.muted.Render("To look for yourself:"))
	for _, line := range v.look() {
		lines = append(lines, "  "+s.code.Render(clip(kube.Clean(line), width-2)))
	}
	return lines
}

func (v *pathStopView) drawFix(width int) []string {
	lines := v.drawSaid(width)
	switch {
	case v.fixed():
		return append(lines, append([]string{""}, wrapStyled(v.app.styles.good, "✓ The latest scan doesn't find it any more: it is fixed. :journal takes it back.", width)...)...)
	case len(v.stop.findings) == 0 && v.found == nil:
		return append(lines, v.paragraph("Nothing is left to fix here.", width)...)
	case v.stop.check.Fix == scanners.Manual:
		return append(lines, v.paragraph("kiln can't do this for you, as it isn't in the API: enter shows the lesson with the steps.", width)...)
	}
	lines = append(lines, v.paragraph("Enter shows the fix as the API server's own diff: which fields change, who owns them, which pods restart. Nothing is written until you choose Apply, and the journal takes it back.", width)...)
	if v.app.readOnly {
		lines = append(lines, v.paragraph("kiln is read-only now: the preview works, as a dry run; Apply doesn't. ctrl-o allows changes, or n goes on without.", width)...)
	}
	return lines
}

// drawTrial tells what the server said when the object came once more.
func (v *pathStopView) drawTrial(width int) []string {
	s := v.app.styles
	var lines []string
	switch {
	case v.attempts == nil:
		lines = v.drawSaid(width)
		if v.found != nil && v.bad != nil {
			lines = nil
		}
		return append(lines, v.paragraph("A fix mends one object. What if somebody makes the same again? Enter sends the object as it was once more, under another name and as a dry run, and shows whether anything refuses it.", width)...)
	case len(v.attempts) == 0:
		return append(lines, v.paragraph("No admission stands before this: it is a setting of a machine or of the control plane. What remains is to look again: kiln scan --check "+v.stop.check.ID+" --fail-on low, every night.", width)...)
	}
	for _, a := range v.attempts {
		lines = append(lines, drawAttempt(s, a, width)...)
	}
	if refused(v.attempts) {
		return append(lines, v.paragraph("So it doesn't come back. n goes on.", width)...)
	}
	lines = append(lines, v.paragraph("Nothing refuses it: the next one gets in as this one did.", width)...)
	if !v.guardable() {
		return append(lines, v.paragraph("kiln has no guardrail for this. Scan manifests before they get here: kiln scan -f DIR --fail-on low", width)...)
	}
	command := "kiln guard " + v.stop.check.ID
	if v.bad != nil && v.bad.GetNamespace() != "" {
		command += " -n " + v.bad.GetNamespace()
	}
	lines = append(lines, v.paragraph("A guardrail keeps it out. This previews one:", width)...)
	return append(lines, "", "  "+s.code.Render(clip(kube.Clean(command), width-2)))
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
