package tui

import (
	"fmt"

	"github.com/charmbracelet/x/ansi"

	"kiln/kube"
	"kiln/scanners/rbac"
)

func (v *subjectView) render(width, height int) []string {
	if v.pager.outdated(v.app, width, [2]any{v.rights, v.at}) {
		lines := indent(v.draw(min(width-5, 120)), gutter)
		if v.at < len(v.lines) {
			for i := v.lines[v.at].from; i < v.lines[v.at].to; i++ {
				lines[i] = v.app.styles.accent.Render("▌") + lines[i][1:]
			}
		}
		v.pager.setLines(lines)
	}
	return v.pager.render(v.app.styles, width, height)
}

func (v *subjectView) draw(width int) []string {
	s := v.app.styles
	lines := wrapStyled(s.bold, kube.Clean(v.subject.Phrase()), width)
	if v.rights == nil {
		return append(lines, "", s.muted.Render("reading the roles and bindings …"))
	}
	if v.rights.missing != "" {
		lines = append(lines, wrapStyled(s.warning, kube.Clean(v.rights.missing), width)...)
	}
	if steps := v.rights.ways.Path(v.subject); len(steps) > 0 {
		lines = append(lines, sectionLines(s, "The way to the whole cluster", width)...)
		for i, step := range steps {
			text := fmt.Sprintf("%s, by %s", step, bindingText(step.Grant))
			lines = append(lines, hang(s.alarm.Render(fmt.Sprintf("%d. ", i+1)), 3, wrapStyled(s.text, kube.Clean(text), width-3))...)
		}
	}
	lines = append(lines, sectionLines(s, plural(len(v.grants), "grant"), width)...)
	v.lines = nil
	if len(v.grants) == 0 {
		return append(lines, s.muted.Render("No binding gives it any right."))
	}
	for _, g := range v.grants {
		from := len(lines)
		lines = append(lines, drawGrant(s, g, v.subject, width)...)
		v.lines = append(v.lines, lineRange{from, len(lines)})
		lines = append(lines, "")
	}
	return lines
}

// drawGrant draws a grant: how bad it is, the binding, and each rule.
func drawGrant(s *styles, g rbac.Grant, who rbac.Subject, width int) []string {
	glyph, style := reachLook(s, reachOf(g))
	lines := []string{style.Render(clip(glyph+" "+reachOf(g).String(), width))}
	if scope := "  " + kube.Clean(g.Scope()); ansi.StringWidth(lines[0]+scope) <= width {
		lines[0] += s.muted.Render(scope)
	} else {
		lines = append(lines, indent(wrapStyled(s.muted, kube.Clean(g.Scope()), width-2), 2)...)
	}
	text := "by " + bindingText(g)
	if g.Subject != who {
		text += ", as a member of " + g.Subject.Phrase()
	}
	switch {
	case g.Dangling:
		text += "; the role doesn't exist"
	case g.Builtin && len(g.Added) == 0:
		text += "; Kubernetes grants this itself"
	}
	lines = append(lines, indent(wrapStyled(s.text, kube.Clean(text), width-2), 2)...)
	const most = 40
	for _, r := range g.Rules[:min(most, len(g.Rules))] {
		lines = append(lines, indent(wrapStyled(s.muted, kube.Clean(r.Line()), width-4), 4)...)
	}
	if more := len(g.Rules) - most; more > 0 {
		lines = append(lines, s.faint.Render(fmt.Sprintf("    and %d rules more", more)))
	}
	return lines
}

func bindingText(g rbac.Grant) string {
	return kube.RefOf(g.Binding).String() + " to " + g.Role()
}
