package tui

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"kiln/kube"
	"kiln/scanners/rbac"
)

// subjectsView lists who has rights, and how far each gets at worst.
type subjectsView struct {
	app   *App
	table table
	text  string
	// only narrows the list to some subjects; nil means all.
	only []rbac.Subject
	// system lists those too to whom Kubernetes itself has granted all they have.
	system bool
	rights *rights
	rows   []subjectRow
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
	v := &subjectsView{app: a}
	v.table = table{cell: v.cell, columns: []column{
		{title: "AT WORST", min: 14, good: 25, want: 26},
		{title: "SUBJECT", min: 20, want: 60, flex: true},
		{title: "WHERE", min: 11, want: 15, drop: 1},
		{title: "GRANTS", min: 6, want: 6, drop: 2},
	}}
	v.table.sorting.rows = func() []int { return sortRows(&v.table, v.rows, 0) }
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

func (v *subjectsView) list() {
	selected := rbac.Subject{}
	if len(v.rows) > 0 {
		selected = v.rows[v.table.cursor].subject
	}
	v.rows, v.folded = nil, 0
	cursor := 0
	for _, r := range v.rights.rows {
		if !v.wants(r) || !strings.Contains(strings.ToLower(r.subject.String()+" "+r.reach.String()), strings.ToLower(v.text)) {
			continue
		}
		if r.builtin && !v.system && v.only == nil {
			v.folded++
			continue
		}
		if r.subject == selected {
			cursor = len(v.rows)
		}
		v.rows = append(v.rows, r)
	}
	v.table.setRows(len(v.rows))
	v.table.moveTo(cursor)
}

func (v *subjectsView) wants(r subjectRow) bool {
	return v.only == nil || slices.Contains(v.only, r.subject)
}

func (v *subjectsView) setFilter(text string) (tea.Cmd, error) {
	v.text = text
	if v.rights != nil {
		v.list()
	}
	return nil, nil
}

func (v *subjectsView) filterText() string { return v.text }

func (v *subjectsView) cell(row, col, _ int) cell {
	r, s := v.rows[row], v.app.styles
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
		v.list()
	case tea.MouseWheelMsg:
		v.table.onWheel(msg)
	case tea.MouseClickMsg:
		if v.table.onClick(msg.Y) {
			return v.open()
		}
	case tea.KeyPressMsg:
		keys := v.app.keys
		switch {
		case v.table.onKey(msg, keys):
		case v.rights == nil:
		case key.Matches(msg, keys.System):
			v.system = !v.system
			v.list()
		case len(v.rows) == 0:
		case key.Matches(msg, keys.Open):
			return v.open()
		case key.Matches(msg, keys.Trace):
			return openTrace(v.app, "")
		case key.Matches(msg, keys.Copy):
			return v.app.copy(v.rows[v.table.cursor].subject.String())
		}
	}
	return nil
}

func (v *subjectsView) open() tea.Cmd {
	return v.app.openSubject(v.rows[v.table.cursor].subject)
}

func (v *subjectsView) render(width, height int) []string {
	if len(v.rows) > 0 {
		return v.table.render(v.app.styles, width, height)
	}
	text := "Reading the roles and bindings …"
	switch {
	case v.text != "" && v.rights != nil:
		text = "No subject matches /" + v.text + "."
	case v.rights != nil && v.rights.missing != "":
		text = "Nothing is known: " + v.rights.missing
	case v.rights != nil:
		text = "Nobody has rights but those that Kubernetes itself grants: z shows them."
	case v.app.session == nil:
		text = "Not connected."
	}
	return append([]string{""}, indent(wrapStyled(v.app.styles.text, kube.Clean(text), width-4), 2)...)
}

// status says what is missing or folded.
func (v *subjectsView) status(width int) string {
	s := v.app.styles
	if v.rights == nil {
		return ""
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
