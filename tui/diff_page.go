package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"kiln/fixes"
	"kiln/kube"
)

func (v *diffView) render(width, height int) []string {
	if v.pager.outdated(v.app, width, [2]int{v.version, v.previewed.count()}) {
		v.pager.setLines(v.draw(width - 2))
	}
	v.buttonLine = height - 1
	panel := v.renderAnswering(width)
	if len(panel) > v.buttonLine {
		panel = panel[:v.buttonLine]
	}
	room := v.buttonLine - len(panel)
	if height > 12 {
		room-- // an empty line above the buttons
	}
	lines := fill(append(panel, v.pager.render(v.app.styles, width, max(room, 0))...), v.buttonLine)
	return append(lines, "  "+v.buttons.render(v.app.styles, width-3))
}

func (v *diffView) draw(width int) []string {
	if v.proposals == nil {
		text := "asking the API server what would change …"
		if v.previewed.of > 1 {
			text = fmt.Sprintf("asking the API server what would change: %d of %s …", v.previewed.count(), plural(v.previewed.of, v.noun()))
		}
		return append([]string{""}, indent(wrapStyled(v.app.styles.muted, text, width-4), 2)...)
	}
	lines := v.drawBatch(width)
	for i, p := range v.proposals {
		if i > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, v.drawProposal(p, width)...)
	}
	return lines
}

// drawProposal draws the title, every object by name, and the diffs.
func (v *diffView) drawProposal(p proposal, width int) []string {
	s := v.app.styles
	title := kube.Clean(p.preview.Plan.Title)
	if title == "" {
		title = p.subject
	}
	lines := indent(wrapStyled(s.bold, title, width-2), 2)
	if title != p.subject {
		lines = append(lines, "  "+s.muted.Render(clip(p.subject, width-2)))
	}
	lines = append(lines, v.drawItems(p, width)...)
	lines = append(lines, v.outcome(p, width)...)
	for _, note := range p.preview.Plan.Notes {
		lines = append(lines, bullet(s.accent, s.text, "•", note, width)...)
	}
	for _, t := range p.preview.Targets {
		lines = append(lines, "")
		lines = append(lines, drawTarget(s, t, v.look, width)...)
	}
	return lines
}

// outcome says what became of a proposal, or why it can't be applied.
func (v *diffView) outcome(p proposal, width int) []string {
	s := v.app.styles
	switch {
	case p.applied != nil:
		return bullet(s.good, s.good, "✓", "done, journal entry "+p.applied.ID, width)
	case p.covered:
		return bullet(s.good, s.good, "✓", "an earlier fix of these did it too", width)
	case p.failed != nil:
		why, _ := whyNot(p.failed)
		return bullet(s.alarm, s.alarm, "✗", "not applied: "+why, width)
	}
	why, steps := p.problem()
	if why == "" {
		return nil
	}
	return drawManual(s, why, steps, width)
}

// drawManual draws why kiln doesn't do something, and the steps of who does.
func drawManual(s *styles, why, steps string, width int) []string {
	lines := bullet(s.warning, s.warning, "!", why, width)
	for _, line := range splitLines(steps) {
		lines = append(lines, indent(wrapStyled(s.text, line, width-4), 4)...)
	}
	return lines
}

// bullet is a paragraph that hangs behind its mark.
func bullet(mark, text lipgloss.Style, sign, paragraph string, width int) []string {
	lines := indent(wrapStyled(text, kube.Clean(paragraph), width-4), 4)
	lines[0] = "  " + mark.Render(sign) + " " + lines[0][4:]
	return lines
}

// drawTarget draws what happens to one object.
func drawTarget(s *styles, t fixes.TargetPreview, look diffLook, width int) []string {
	diff := t.Diff()
	if look.whole {
		diff = t.WholeDiff()
	}
	counts := s.added.Render(fmt.Sprintf(" +%d ", diff.Added)) + s.removed.Render(fmt.Sprintf(" −%d ", diff.Removed))
	name := s.accent.Render(kube.Clean(t.Change.Target.String())) + s.muted.Render("  "+string(t.Change.Mechanism))
	lines := []string{spread("  "+name, counts, width)}
	if t.Err != nil {
		lines = append(lines, bullet(s.alarm, s.alarm, "✗", "no preview: "+kube.Explain(t.Err), width)...)
	}
	if t.Owner.Reconciles() && t.Change.Mechanism != fixes.Create {
		lines = append(lines, bullet(s.warning, s.warning, "!", "belongs to "+t.Owner.String()+", which will put its own values back: export the patch for its source of truth, or apply it as a stopgap", width)...)
	}
	for _, e := range t.Effects {
		lines = append(lines, drawEffect(s, e, width)...)
	}
	for _, o := range t.Takeovers {
		lines = append(lines, drawTakeover(s, o, width)...)
	}
	for _, w := range t.Warnings {
		lines = append(lines, bullet(s.warning, s.text, "!", "the API server warns: "+w, width)...)
	}
	return append(lines, look.draw(s, diff, width)...)
}

// drawEffect draws what a change does to others, with the names of the first.
func drawEffect(s *styles, e fixes.Effect, width int) []string {
	const shown = 8
	mark, sign := s.warning, "→"
	switch e.Kind {
	case fixes.RestartEffect:
		sign = "↻"
	case fixes.UnknownEffect:
		mark, sign = s.muted, "?"
	}
	lines := bullet(mark, s.text, sign, e.Summary, width)
	names := slices.Clone(e.Names[:min(len(e.Names), shown)])
	if more := len(e.Names) - shown; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	if e.Kind == fixes.RestartEffect && len(names) > 0 { // pods have names for machines
		names = []string{strings.Join(names, ", ")}
	}
	for _, name := range names {
		lines = append(lines, indent(wrapStyled(s.muted, kube.Clean(name), width-6), 6)...)
	}
	return lines
}

func drawTakeover(s *styles, o fixes.Takeover, width int) []string {
	if o.Declared {
		return bullet(s.alarm, s.warning, "⚑", fmt.Sprintf("conflict: %s is declared by %s, which will want it back", o.Field, o.Manager), width)
	}
	return bullet(s.accent, s.muted, "⚑", fmt.Sprintf("takes %s over from %s", o.Field, o.Manager), width)
}
