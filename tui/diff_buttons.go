package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
)

const (
	cancelLabel = "Cancel"
	exportLabel = "Export"
)

// setButtons offers what can be done now. Cancel is first, and the default.
func (v *diffView) setButtons() {
	v.buttons = buttons{labels: []string{cancelLabel}}
	ready := v.ready()
	if len(ready) == 0 {
		return
	}
	apply := v.applyLabel(ready)
	switch {
	case v.verb == undoVerb:
		v.buttons.labels = append(v.buttons.labels, apply)
	case len(v.proposals[ready[0]].preview.Stopgap()) > 0:
		v.buttons.labels = append(v.buttons.labels, exportLabel, apply)
	default:
		v.buttons.labels = append(v.buttons.labels, apply, exportLabel)
	}
}

// ready are the indexes of the proposals that can be applied.
func (v *diffView) ready() []int {
	var all []int
	for i, p := range v.proposals {
		if p.ready() {
			all = append(all, i)
		}
	}
	return all
}

// applyLabel says what pressing the button means.
func (v *diffView) applyLabel(ready []int) string {
	conflicts, owned := false, false
	for _, i := range ready {
		conflicts = conflicts || len(v.proposals[i].preview.Conflicts()) > 0
		owned = owned || len(v.proposals[i].preview.Stopgap()) > 0
	}
	label := "Apply"
	if v.verb == undoVerb {
		label = "Undo"
	}
	if conflicts {
		label = "Take over and apply"
	}
	if len(v.proposals) > 1 {
		label = fmt.Sprintf("%s %d of %d", label, len(ready), len(v.proposals))
	}
	if owned && v.verb != undoVerb {
		label += " as stopgap"
	}
	return label
}

func (v *diffView) onClick(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Y != v.buttonLine || v.app.settling(v.opened) {
		return nil
	}
	if !v.buttons.click(v.app.styles, msg.X-2, v.app.width-3) {
		return nil
	}
	return v.press()
}

func (v *diffView) press() tea.Cmd {
	switch v.buttons.labels[v.buttons.focus] {
	case cancelLabel:
		return v.app.back()
	case exportLabel:
		return v.export()
	}
	return v.confirmApply()
}
