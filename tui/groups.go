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
		{"NAMESPACE", func(f *scanners.Finding) string { return cmp.Or(namespaceOf(f), "(none)") }},
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
	listing[group]
	from *findingsView
	// by is the grouping's place among groupings.
	by int
	// grouped says that the rows have been made.
	grouped bool
}

// openGroups shows the listed findings in groups.
func (v *findingsView) openGroups() tea.Cmd {
	if v.table.rows == 0 {
		v.app.flash(info, "there is no finding here to group")
		return nil
	}
	g := &groupsView{from: v}
	g.prepare(v.app, g, "group", groupColumns(groupings()[0]))
	cmd := g.regroup()
	v.app.push(g)
	return cmd
}

func (v *groupsView) title() string { return "by " + strings.ToLower(groupings()[v.by].title) }

func (v *groupsView) onSnapshot() tea.Cmd { return v.regroup() }

func groupColumns(by grouping) []column {
	return []column{
		{title: by.title, min: 18, want: 60, flex: true},
		{title: "FINDINGS", min: 8, want: 8},
		{title: "CRIT", min: 4, want: 5}, {title: "HIGH", min: 4, want: 5, drop: 1}, {title: "MED", min: 4, want: 5, drop: 2},
		{title: "LOW", min: 4, want: 5, drop: 3}, {title: "INFO", min: 4, want: 5, drop: 4},
	}
}

// groupedMsg brings the groups of a grouping.
type groupedMsg struct {
	by     int
	groups []group
}

// regroup makes the groups of what the list shows, beside the screen where
// that takes longer.
func (v *groupsView) regroup() tea.Cmd {
	findings, by := v.from.listed(), v.by
	work := func() tea.Msg { return groupedMsg{by, groupFindings(findings, groupings()[by].of)} }
	if len(findings) <= arrangeAtOnce {
		return v.update(work())
	}
	return v.app.start(v, "", func(context.Context) tea.Msg { return work() })
}

func (v *groupsView) onGrouped(msg groupedMsg) {
	if msg.by == v.by {
		v.grouped = true
		v.setAll(msg.groups)
	}
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

func (v *groupsView) id(g group) string { return g.name }

func (v *groupsView) cell(g group, col, _ int) cell {
	s := v.app.styles
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
		return nil
	case tea.KeyPressMsg:
		if key.Matches(msg, v.app.keys.Group) {
			return v.next()
		}
	}
	return v.onInput(msg)
}

func (v *groupsView) onRowKey(g group, msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(msg, v.app.keys.Fix):
		return v.app.openFix(g.findings)
	case key.Matches(msg, v.app.keys.Copy):
		return v.app.copy(g.name)
	}
	return nil
}

// next goes to the next grouping, and after the last back to the list.
func (v *groupsView) next() tea.Cmd {
	if v.by++; v.by == len(groupings()) {
		v.by = 0
		return v.app.back()
	}
	v.grouped, v.filter, v.fields = false, filter{}, nil
	v.table.columns[0].title = groupings()[v.by].title
	v.setAll(nil)
	return v.regroup()
}

// open lists the findings of a group: those of the list that it was made of.
func (v *groupsView) open(g group) tea.Cmd {
	ids := make(map[string]bool, len(g.findings))
	for _, f := range g.findings {
		ids[f.ID] = true
	}
	return v.app.openOnly(g.name, func(f *scanners.Finding) bool { return ids[f.ID] })
}

func (v *groupsView) empty() string {
	if !v.grouped {
		return "Grouping …"
	}
	return "The list that was grouped is empty now."
}

func (v *groupsView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Open, k.Fix, k.Group, k.Filter, k.Back}
}

func (v *groupsView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Groups", []key.Binding{k.Open, k.Fix, k.Group, k.Filter, k.Copy}}, k.listing()}
}
