package tui

import (
	"fmt"

	"charm.land/bubbles/v2/key"
)

func (v *drainView) render(width, height int) []string {
	v.pager.setLines(v.draw(width - 2))
	v.buttonLine = height - 1
	lines := fill(v.pager.render(v.app.styles, width, v.buttonLine), v.buttonLine)
	return append(lines, "  "+v.buttons.render(v.app.styles, width-3))
}

func (v *drainView) draw(width int) []string {
	s := v.app.styles
	if !v.ready {
		return []string{"", "  " + s.muted.Render("looking at the node's pods …")}
	}
	if v.err != nil {
		why, steps := whyNot(v.err)
		return drawManual(s, why, steps, width)
	}
	lines := indent(wrapStyled(s.bold, v.plan.Title, width-2), 2)
	if v.ending != "" { // above what is long
		lines = append(lines, bullet(s.accent, s.bold, "•", v.ending, width)...)
	}
	for _, note := range v.plan.Notes {
		lines = append(lines, bullet(s.accent, s.text, "•", note, width)...)
	}
	if len(v.names) > 0 {
		lines = append(lines, "")
	}
	for _, name := range v.names {
		mark, style := "…", s.warning
		if v.told[name] == "is gone" {
			mark, style = "✓", s.good
		}
		lines = append(lines, bullet(style, s.text, mark, fmt.Sprintf("%s %s", name, v.told[name]), width)...)
	}
	return lines
}

func (v *drainView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.NextButton, k.Press, k.Back}
}

func (v *drainView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Drain", []key.Binding{k.NextButton, k.PreviousButton, k.Press, k.Back}}, k.moving()}
}

// status says what the page waits for.
func (v *drainView) status(width int) string {
	if v.stop != nil {
		return v.app.styles.warning.Render(clip(" evicting … esc stops", width))
	}
	return ""
}
