package tui

import (
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"kiln/kube"
	"kiln/scanners/rbac"
)

// subjectView tells what one subject can do: the way to the whole cluster if
// there is one, then each grant with its binding and rules.
type subjectView struct {
	app     *App
	subject rbac.Subject
	rights  *rights
	pager
	drawn drawnFor
}

func (a *App) openSubject(subject rbac.Subject) tea.Cmd {
	v := &subjectView{app: a, subject: subject, pager: newPager()}
	a.push(v)
	return v.start()
}

func (v *subjectView) title() string { return clip(kube.Clean(v.subject.String()), 40) }

func (v *subjectView) start() tea.Cmd { return v.app.readRights(v) }

func (v *subjectView) concernedBy(d *delta) bool { return d.touches(rbac.Resources()...) }

func (v *subjectView) onSnapshot() tea.Cmd {
	if !v.app.snapshot.complete {
		return nil
	}
	return v.start()
}

func (v *subjectView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case rightsMsg:
		v.rights = msg.rights
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	case tea.KeyPressMsg:
		switch keys := v.app.keys; {
		case v.pager.onKey(msg, keys):
		case key.Matches(msg, keys.Copy):
			return v.app.copy(v.subject.String())
		case key.Matches(msg, keys.Trace):
			return openTrace(v.app, "")
		}
	}
	return nil
}

func (v *subjectView) render(width, height int) []string {
	if now := (drawnFor{width, v.app.theme.Name, v.rights}); now != v.drawn {
		v.pager.setLines(indent(v.draw(min(width-5, 120)), 2))
		v.drawn = now
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
	grants := v.rights.graph.RulesOf(v.subject)
	lines = append(lines, sectionLines(s, plural(len(grants), "grant"), width)...)
	if len(grants) == 0 {
		return append(lines, s.muted.Render("No binding gives it any right."))
	}
	slices.SortStableFunc(grants, func(a, b rbac.Grant) int { return int(reachOf(b) - reachOf(a)) })
	for _, g := range grants {
		lines = append(lines, drawGrant(s, g, v.subject, width)...)
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
	return append(lines, "")
}

func bindingText(g rbac.Grant) string {
	return kube.RefOf(g.Binding).String() + " to " + g.Role()
}

func (v *subjectView) hints() []key.Binding {
	return []key.Binding{v.app.keys.Back, v.app.keys.Trace, v.app.keys.Copy}
}

func (v *subjectView) help() []keyGroup {
	return []keyGroup{{"Subject", []key.Binding{v.app.keys.Trace, v.app.keys.Copy}}, v.app.keys.reading()}
}

// openRights goes from an object to the subjects that it is about: those of
// a binding, those that a role is bound to, a ServiceAccount, or who a
// workload's pods act as.
func (a *App) openRights(ref kube.Ref) tea.Cmd {
	if a.snapshot == nil || a.snapshot.inventory == nil {
		a.flash(info, "the roles and bindings aren't read yet")
		return nil
	}
	subjects := subjectsOf(ref, a.snapshot.inventory)
	switch len(subjects) {
	case 0:
		a.flash(info, "no subject is behind "+ref.String())
		return nil
	case 1:
		return a.openSubject(subjects[0])
	}
	v := newSubjectsView(a)
	v.only = subjects
	a.push(v)
	return v.start()
}

func subjectsOf(ref kube.Ref, inv *kube.Inventory) []rbac.Subject {
	switch ref.Kind {
	case "ServiceAccount":
		return []rbac.Subject{{Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name}}
	case "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding":
		var subjects []rbac.Subject
		for _, g := range rbac.NewGraph(inv).Grants {
			role := ref.Kind == g.RoleRef.Kind && ref.Name == g.RoleRef.Name && (ref.Namespace == "" || ref.Namespace == g.Namespace)
			if (role || kube.RefOf(g.Binding) == ref) && !slices.Contains(subjects, g.Subject) {
				subjects = append(subjects, g.Subject)
			}
		}
		return subjects
	}
	for _, w := range inv.Workloads {
		if w.Ref() == ref {
			return []rbac.Subject{rbac.AccountOf(w)}
		}
	}
	return nil
}

// openAccess is the command rbac: all subjects, or one.
func openAccess(a *App, arg string) tea.Cmd {
	if arg == "" {
		return showRoot(newSubjectsView)(a, "")
	}
	subject, err := rbac.ParseSubject(arg)
	if err != nil {
		a.flash(warning, err.Error())
		return nil
	}
	return a.openSubject(subject)
}
