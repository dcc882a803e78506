package tui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners"
)

// grouping is what findings are put together by.
type grouping struct {
	title string
	of    func(*scanners.Finding) string
}

// groupings are in the order in which the key goes through them.
func groupings() []grouping {
	return []grouping{
		{"CHECK", func(f *scanners.Finding) string { return f.Check }},
		{"NAMESPACE", func(f *scanners.Finding) string { return cmp.Or(f.Object.Namespace, "(none)") }},
		{"OBJECT", func(f *scanners.Finding) string { return f.Object.String() }},
		{"OWNER", func(f *scanners.Finding) string { return cmp.Or(ownerText(f), "(nobody known)") }},
	}
}

// group is some findings that have something in common.
type group struct {
	name     string
	findings []*scanners.Finding
	// bySeverity counts the findings, weight is what they sum up to.
	bySeverity [scanners.Critical + 1]int
	weight     int
}

// groupsView shows the findings of a list in groups, the worst first.
type groupsView struct {
	app  *App
	from *findingsView
	// by is the grouping's place among groupings.
	by    int
	table table
	text  string
	rows  []group
	// grouped says that the rows have been made.
	grouped bool
}

// openGroups shows the listed findings in groups.
func (v *findingsView) openGroups() tea.Cmd {
	if v.table.rows == 0 {
		v.app.flash(info, "there is no finding here to group")
		return nil
	}
	g := &groupsView{app: v.app, from: v}
	g.table = table{cell: g.cell}
	g.table.sorting.rows = func() []int { return sortRows(&g.table, g.rows, 0) }
	cmd := g.list()
	v.app.push(g)
	return cmd
}

func (v *groupsView) title() string { return "by " + strings.ToLower(groupings()[v.by].title) }

func (v *groupsView) onSnapshot() tea.Cmd { return v.list() }

// groupedMsg brings the groups of a grouping and a filter.
type groupedMsg struct {
	by     int
	text   string
	groups []group
}

// list makes the groups of what the list shows, beside the screen where that
// takes longer.
func (v *groupsView) list() tea.Cmd {
	findings := make([]*scanners.Finding, 0, v.from.table.rows)
	for row := range v.from.table.rows {
		if f := v.from.finding(row); !v.app.live.marks.isGone(f) {
			findings = append(findings, f)
		}
	}
	msg := groupedMsg{by: v.by, text: v.text}
	work := func() tea.Msg {
		msg.groups = slices.DeleteFunc(groupFindings(findings, groupings()[msg.by].of), func(g group) bool {
			return !strings.Contains(strings.ToLower(g.name), strings.ToLower(msg.text))
		})
		return msg
	}
	if len(findings) <= arrangeAtOnce {
		return v.update(work())
	}
	return v.app.start(v, "", func(context.Context) tea.Msg { return work() })
}

func (v *groupsView) onGrouped(msg groupedMsg) {
	if msg.by != v.by || msg.text != v.text {
		return
	}
	selected := ""
	if len(v.rows) > 0 {
		selected = v.rows[v.table.cursor].name
	}
	by := groupings()[v.by]
	v.rows, v.grouped = msg.groups, true
	v.table.columns = []column{
		{title: by.title, min: 18, want: 60, flex: true},
		{title: "FINDINGS", min: 8, want: 8},
		{title: "CRIT", min: 4, want: 5}, {title: "HIGH", min: 4, want: 5, drop: 1}, {title: "MED", min: 4, want: 5, drop: 2},
		{title: "LOW", min: 4, want: 5, drop: 3}, {title: "INFO", min: 4, want: 5, drop: 4},
	}
	v.table.setRows(len(v.rows))
	v.table.moveTo(max(slices.IndexFunc(v.rows, func(g group) bool { return g.name == selected }), 0))
}

// groupFindings puts findings together, the heaviest group first.
func groupFindings(findings []*scanners.Finding, of func(*scanners.Finding) string) []group {
	at := map[string]int{}
	var groups []group
	for _, f := range findings {
		name := of(f)
		i, found := at[name]
		if !found {
			i = len(groups)
			at[name] = i
			groups = append(groups, group{name: name})
		}
		g := &groups[i]
		g.findings = append(g.findings, f)
		g.bySeverity[f.Severity]++
		g.weight += f.Severity.Weight()
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Or(b.weight-a.weight, strings.Compare(a.name, b.name)) })
	return groups
}

func (v *groupsView) setFilter(text string) (tea.Cmd, error) {
	v.text = text
	return v.list(), nil
}

func (v *groupsView) filterText() string { return v.text }

func (v *groupsView) cell(row, col, _ int) cell {
	g, s := v.rows[row], v.app.styles
	switch col {
	case 0:
		return cell{kube.Clean(g.name), s.text}
	case 1:
		return cell{padLeft(groupDigits(len(g.findings)), 8), s.text}
	}
	severity := scanners.Severities()[col-2]
	if g.bySeverity[severity] == 0 {
		return cell{padLeft("·", 4), s.faint}
	}
	return cell{padLeft(groupDigits(g.bySeverity[severity]), 4), s.severity[severity]}
}

func (v *groupsView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case groupedMsg:
		v.onGrouped(msg)
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
		case key.Matches(msg, keys.Group):
			return v.next()
		case len(v.rows) == 0:
		case key.Matches(msg, keys.Open):
			return v.open()
		case key.Matches(msg, keys.Fix):
			return v.app.openFix(v.rows[v.table.cursor].findings)
		case key.Matches(msg, keys.Copy):
			return v.app.copy(v.rows[v.table.cursor].name)
		}
	}
	return nil
}

// next goes to the next grouping, and after the last back to the list.
func (v *groupsView) next() tea.Cmd {
	if v.by++; v.by == len(groupings()) {
		v.by = 0
		return v.app.back()
	}
	v.rows, v.text, v.grouped = nil, "", false
	return v.list()
}

// open lists the findings of a group: those of the list that it was made of.
func (v *groupsView) open() tea.Cmd {
	g := v.rows[v.table.cursor]
	ids := make(map[string]bool, len(g.findings))
	for _, f := range g.findings {
		ids[f.ID] = true
	}
	return v.app.openOnly(g.name, func(f *scanners.Finding) bool { return ids[f.ID] })
}

func (v *groupsView) render(width, height int) []string {
	if !v.grouped {
		return []string{"", "  " + v.app.styles.muted.Render("Grouping …")}
	}
	if len(v.rows) == 0 {
		return []string{"", "  " + v.app.styles.text.Render(clip("No group matches /"+v.text+".", width-4))}
	}
	return v.table.render(v.app.styles, width, height)
}

func (v *groupsView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Open, k.Fix, k.Group, k.Filter, k.Back}
}

func (v *groupsView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Groups", []key.Binding{k.Open, k.Fix, k.Group, k.Filter, k.Copy}}, k.listing()}
}
