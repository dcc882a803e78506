package tui

import (
	"context"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"kiln/kube"
	"kiln/scanners/rbac"
)

// subjectsView lists who has rights, and how far each gets at worst.
type subjectsView struct {
	listing[subjectRow]
	// only narrows the list to some subjects; nil means all.
	only []rbac.Subject
	// system lists those too to whom Kubernetes itself has granted all they have.
	system bool
	rights *rights
	folded int
}

// rights is the graph of one snapshot, worked out beside the screen.
type rights struct {
	graph   *rbac.Graph
	ways    *rbac.Takeover
	rows    []subjectRow
	missing string
}

// rightsMsg brings the rights.
type rightsMsg struct{ rights *rights }

// readRights works out the rights of the snapshot for a view.
func (a *App) readRights(v view) tea.Cmd {
	s := a.snapshot
	if !s.knowsRights() {
		return nil
	}
	return a.start(v, "joining roles and bindings", func(context.Context) tea.Msg { return rightsMsg{rightsOf(s)} })
}

func rightsOf(s *snapshot) *rights {
	graph := rbac.NewGraph(s.inventory)
	ways := graph.Takeovers(s.inventory)
	r := &rights{graph: graph, ways: ways, rows: subjectRows(graph, ways)}
	for _, resource := range rbac.Resources() {
		if gap, ok := s.inventory.Gap(resource); ok {
			r.missing = "there may be more: " + string(resource) + ": " + gap.Reason
		}
	}
	return r
}

// knowsRights says that the roles and bindings have been read, as far as they
// can be.
func (s *snapshot) knowsRights() bool {
	return s != nil && s.inventory != nil && !slices.ContainsFunc(rbac.Resources(), func(r kube.Resource) bool { return !s.inventory.Settled(r) })
}

func newSubjectsView(a *App) *subjectsView {
	v := &subjectsView{}
	v.prepare(a, v, "subject", []column{
		{title: "AT WORST", min: 14, good: 25, want: 26},
		{title: "SUBJECT", min: 20, want: 60, flex: true},
		{title: "WHERE", min: 11, want: 15, drop: 1},
		{title: "GRANTS", min: 6, want: 6, drop: 2},
	})
	return v
}

func (v *subjectsView) title() string { return "rbac" }

func (v *subjectsView) start() tea.Cmd { return v.app.readRights(v) }

func (v *subjectsView) concernedBy(d *delta) bool { return d.touches(rbac.Resources()...) }

func (v *subjectsView) onSnapshot() tea.Cmd {
	if !v.app.snapshot.complete {
		return nil
	}
	return v.start()
}

// read lists whom the view is about.
func (v *subjectsView) read() {
	var all []subjectRow
	v.folded = 0
	for _, r := range v.rights.rows {
		switch {
		case v.only != nil && !slices.Contains(v.only, r.subject):
		case r.builtin && !v.system && v.only == nil:
			v.folded++
		default:
			all = append(all, r)
		}
	}
	v.setAll(all)
}

func (v *subjectsView) id(r subjectRow) string { return r.subject.String() }

func (v *subjectsView) words(r subjectRow) string { return r.subject.String() }

func (v *subjectsView) cell(r subjectRow, col, _ int) cell {
	s := v.app.styles
	switch col {
	case 0:
		glyph, style := reachLook(s, r.reach)
		return cell{glyph + " " + r.reach.String(), style}
	case 1:
		return cell{kube.Clean(r.subject.Phrase()), s.text}
	case 2:
		if r.everywhere {
			return cell{"everywhere", s.text}
		}
		return cell{"some namespaces", s.muted}
	}
	return cell{padLeft(groupDigits(r.grants), 6), s.muted}
}

// reachLook is the glyph and the style of how far a subject gets.
func reachLook(s *styles, r reach) (string, lipgloss.Style) {
	switch {
	case r == reachCluster:
		return "◆", s.alarm
	case r >= reachSecrets:
		return "▲", s.warning
	case r >= reachWrites:
		return "●", s.text
	}
	return "○", s.muted
}

func (v *subjectsView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case rightsMsg:
		v.rights = msg.rights
		v.read()
		return nil
	case tea.KeyPressMsg:
		if v.rights != nil && key.Matches(msg, v.app.keys.System) {
			v.toggleSystem()
			return nil
		}
	}
	return v.onInput(msg)
}

// toggleSystem shows or folds whom Kubernetes itself grants all they have.
func (v *subjectsView) toggleSystem() {
	v.system = !v.system
	if v.read(); v.folded == 0 && !v.system || v.only != nil {
		v.app.flash(info, "no subject of Kubernetes itself is here to fold")
	}
}

func (v *subjectsView) open(r subjectRow) tea.Cmd { return v.app.openSubject(r.subject) }

func (v *subjectsView) onRowKey(r subjectRow, msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(msg, v.app.keys.Trace):
		return openTrace(v.app, "")
	case key.Matches(msg, v.app.keys.Copy):
		return v.app.copy(r.subject.String())
	}
	return nil
}

func (v *subjectsView) empty() string {
	switch {
	case v.rights == nil:
		return v.app.notYet("the roles and bindings", false)
	case v.rights.missing != "":
		return kube.Clean("Nothing is known: " + v.rights.missing)
	}
	return "Nobody has rights but those that Kubernetes itself grants: " + v.app.keys.System.Help().Key + " shows them."
}

// status says what is missing, what the filter has left, or what is folded.
func (v *subjectsView) status(width int) string {
	s := v.app.styles
	if v.rights == nil || v.filter.text != "" {
		return v.listing.status(width)
	}
	right := ""
	if v.folded > 0 {
		right = " " + plural(v.folded, "subject") + " of Kubernetes itself folded (" + v.app.keys.System.Help().Key + ") "
	}
	return spread(s.warning.Render(" "+kube.Clean(v.rights.missing)), s.faint.Render(clip(right, width)), width)
}

func (v *subjectsView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Open, k.Filter, k.Trace, k.System, k.Copy}
}

func (v *subjectsView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Subjects", []key.Binding{k.Open, k.Filter, k.Trace, k.System, k.Copy}}, k.listing()}
}
