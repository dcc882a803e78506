package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// onTyped answers, asks for a hint, or leaves the search.
func (v *pathStopView) onTyped(msg tea.KeyPressMsg) tea.Cmd {
	if key.Matches(msg, v.app.keys.Back) {
		return v.move(-1)
	}
	handedIn, cmd := v.form.onKey(msg)
	if !handedIn {
		return cmd
	}
	v.version++
	text := v.form.value(0)
	if text == "" {
		return v.hint()
	}
	v.form.clear()
	return v.answer(text)
}

// hint leads nearer to an object, or on where there is none left.
func (v *pathStopView) hint() tea.Cmd {
	if len(v.stop.findings) == 0 {
		return v.move(1)
	}
	hints := hintsFor(easiest(v.stop.findings))
	v.said = "Hint: " + hints[min(v.hinted, len(hints)-1)]
	v.hinted++
	return nil
}

// answer judges what was named; the right object is read, so that it can be
// sent once more when it has been fixed.
func (v *pathStopView) answer(text string) tea.Cmd {
	s := v.app.snapshot
	j := judge(parseAnswer(text), v.stop.findings, s.findings, s.inventory)
	v.said = j.words
	if j.right == nil {
		v.said = fmt.Sprintf("%q? %s", text, j.words)
		return nil
	}
	v.found = j.right
	if more := len(v.stop.findings) - 1; more > 0 {
		v.said += fmt.Sprintf(" It isn't the only one: %d more.", more)
	}
	v.step = fixIt
	return tea.Batch(v.app.passStep(v.stop, findIt), v.readBad(), v.enter())
}

// look is how one looks for the objects without kiln's help.
func (v *pathStopView) look() []string {
	if v.stop.check == nil {
		return nil
	}
	if lines := lookYourself(v.stop.check.Lesson); lines != nil {
		return lines
	}
	if len(v.stop.findings) == 0 {
		return nil
	}
	ref := v.stop.findings[0].Object
	command := "kubectl get " + strings.ToLower(ref.Kind) + " -o yaml"
	if ref.Namespace != "" {
		command += " -A"
	}
	return []string{kube.Clean(command)}
}

func (v *pathStopView) drawSearch(width int) []string {
	s := v.app.styles
	lines := v.drawSaid(width)
	task := fmt.Sprintf("%s. In this cluster that is so in %s. Find such an object and name it: with kubectl, or in kiln's other views (esc, then : for a command).",
		v.stop.check.Title, plural(len(v.stop.findings), "place"))
	if len(v.stop.findings) == 0 {
		task = "There is nothing left to find: what this check found has been fixed. Enter goes on."
	}
	lines = append(lines, v.paragraph(task, width)...)
	lines = append(lines, "", s.muted.Render("To look for yourself:"))
	for _, line := range v.look() {
		lines = append(lines, hang("  ", 4, wrapStyled(s.code, kube.Clean(line), width-4))...)
	}
	return lines
}
