package tui

import (
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners/rbac"
)

// subjectView tells what one subject can do: the way to the whole cluster if
// there is one, then each grant with its binding and rules. The cursor goes
// from grant to grant, and its keys act on the binding.
type subjectView struct {
	app     *App
	subject rbac.Subject
	rights  *rights
	// grants are the subject's, the worst first, and lines where each is drawn.
	grants []rbac.Grant
	lines  []lineRange
	at     int
	pager
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
		v.onRights(msg.rights)
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	case tea.MouseClickMsg:
		return v.onClick(msg)
	case tea.KeyPressMsg:
		return v.onKey(msg)
	}
	return nil
}

// onRights takes the grants, and keeps the cursor on its binding.
func (v *subjectView) onRights(r *rights) {
	selected := v.target()
	v.rights, v.grants, v.at = r, r.graph.RulesOf(v.subject), 0
	slices.SortStableFunc(v.grants, func(a, b rbac.Grant) int { return int(reachOf(b) - reachOf(a)) })
	if selected != nil {
		v.at = max(slices.IndexFunc(v.grants, func(g rbac.Grant) bool { return kube.RefOf(g.Binding) == selected.ref }), 0)
	}
}

// target is the binding under the cursor, or nil.
func (v *subjectView) target() *target {
	if len(v.grants) == 0 {
		return nil
	}
	return &target{ref: kube.RefOf(v.grants[v.at].Binding)}
}

func (v *subjectView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	switch keys := v.app.keys; {
	case v.pager.onKey(msg, keys):
	case key.Matches(msg, keys.NextLayer):
		v.moveTo(v.at + 1)
	case key.Matches(msg, keys.PreviousLayer):
		v.moveTo(v.at - 1)
	case key.Matches(msg, keys.Copy):
		return v.app.copy(v.subject.String())
	case key.Matches(msg, keys.Trace):
		return openTrace(v.app, "")
	case key.Matches(msg, keys.Open):
		return v.open()
	default:
		cmd, _ := v.app.drill(msg, v.target())
		return cmd
	}
	return nil
}

// open shows the binding under the cursor.
func (v *subjectView) open() tea.Cmd {
	t := v.target()
	if t == nil {
		v.app.flash(info, "no binding gives it any right")
		return nil
	}
	return v.app.openYAML(t.ref, fmt.Sprintf("subjects[%d]", v.grants[v.at].Index))
}

// moveTo puts the cursor on a grant, and scrolls to it.
func (v *subjectView) moveTo(grant int) {
	if grant < 0 || grant >= len(v.lines) {
		return
	}
	v.at = grant
	lines, height := v.lines[grant], v.pager.port.Height()
	if lines.from < v.pager.at || lines.to > v.pager.at+height {
		v.pager.toLine(max(lines.from-1, 0))
	}
}

func (v *subjectView) onClick(msg tea.MouseClickMsg) tea.Cmd {
	line := v.pager.at + msg.Y
	grant := slices.IndexFunc(v.lines, func(r lineRange) bool { return line >= r.from && line < r.to })
	if grant >= 0 && grant == v.at {
		return v.open()
	}
	v.moveTo(grant)
	return nil
}

// keys are those of a grant.
func (v *subjectView) keys() (next, previous, open key.Binding) {
	k := v.app.keys
	return helped(k.NextLayer, "next grant"), helped(k.PreviousLayer, "previous grant"), helped(k.Open, "YAML of its binding")
}

func (v *subjectView) hints() []key.Binding {
	k := v.app.keys
	next, previous, open := v.keys()
	return []key.Binding{next, previous, open, k.Related, helped(k.Trace, "trace a request"), k.Copy}
}

func (v *subjectView) help() []keyGroup {
	k := v.app.keys
	next, previous, open := v.keys()
	return []keyGroup{
		{"Subject", []key.Binding{next, previous, helped(k.Trace, "trace a request"), k.Copy}},
		{"The grant's binding", append([]key.Binding{open}, without(k.drilling(), k.Trace).keys...)},
		k.reading(),
	}
}
