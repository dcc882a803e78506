package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/rbac"
)

// workloadsView lists what runs, and how bad it is.
type workloadsView struct {
	app   *App
	table table
	text  string
	all   []workloadRow
	rows  []workloadRow
}

// workloadRow is a workload with the count of its findings.
type workloadRow struct {
	ref      kube.Ref
	pods     int
	account  string
	owner    kube.Owner
	findings int
	worst    scanners.Severity
}

func newWorkloadsView(a *App) *workloadsView {
	v := &workloadsView{app: a}
	v.table = table{cell: v.cell, columns: []column{
		{title: "WORST", min: 6, good: 10, want: 10},
		{title: "FINDINGS", min: 8, want: 8},
		{title: "WORKLOAD", min: 18, want: 44, flex: true},
		{title: "NAMESPACE", min: 9, want: 18, drop: 1},
		{title: "PODS", min: 4, want: 5, drop: 2},
		{title: "SERVICE ACCOUNT", min: 15, want: 20, drop: 3},
		{title: "OWNER", min: 10, want: 24, drop: 4},
	}}
	v.table.sorting.rows = func() []int { return sortRows(&v.table, v.rows, 0) }
	v.read()
	return v
}

func (v *workloadsView) title() string { return "workloads" }

func (v *workloadsView) onSnapshot() tea.Cmd {
	v.read()
	return nil
}

// read makes the rows of the snapshot, the worst first; the cursor stays on
// its workload.
func (v *workloadsView) read() {
	s := v.app.snapshot
	v.all = nil
	if s != nil && s.inventory != nil {
		v.all = workloadRows(s)
	}
	v.list()
}

func workloadRows(s *snapshot) []workloadRow {
	at := map[kube.Ref]int{}
	var rows []workloadRow
	for _, w := range s.inventory.Workloads {
		if w.EphemeralOnly {
			continue
		}
		at[w.Ref()] = len(rows)
		rows = append(rows, workloadRow{ref: w.Ref(), pods: len(w.Pods), account: rbac.AccountOf(w).Name, owner: s.inventory.Owner(w.Object)})
	}
	for _, f := range s.findings {
		if i, found := at[f.Object]; found && !f.Accepted.Holds() {
			rows[i].findings++
			rows[i].worst = max(rows[i].worst, f.Severity)
		}
	}
	slices.SortStableFunc(rows, func(a, b workloadRow) int {
		if a.worst != b.worst {
			return int(b.worst - a.worst)
		}
		return b.findings - a.findings
	})
	return rows
}

// list narrows the rows to the namespace and the filter.
func (v *workloadsView) list() {
	selected := kube.Ref{}
	if len(v.rows) > 0 {
		selected = v.rows[v.table.cursor].ref
	}
	v.rows = nil
	for _, r := range v.all {
		inNamespace := v.app.namespace == "" || v.app.namespace == r.ref.Namespace
		if inNamespace && strings.Contains(strings.ToLower(r.ref.String()+" "+r.account+" "+r.owner.String()), strings.ToLower(v.text)) {
			v.rows = append(v.rows, r)
		}
	}
	v.table.setRows(len(v.rows))
	if i := slices.IndexFunc(v.rows, func(r workloadRow) bool { return r.ref == selected }); i >= 0 {
		v.table.moveTo(i)
	}
}

func (v *workloadsView) setFilter(text string) (tea.Cmd, error) {
	v.text = text
	v.list()
	return nil, nil
}

func (v *workloadsView) filterText() string { return v.text }

func (v *workloadsView) cell(row, col, width int) cell {
	r, s := v.rows[row], v.app.styles
	switch col {
	case 0:
		if r.worst == 0 {
			return cell{"–", s.faint}
		}
		return cell{severityWord(r.worst, width), s.severity[r.worst]}
	case 1:
		return cell{padLeft(groupDigits(r.findings), 8), s.text}
	case 2:
		return cell{kube.Clean(r.ref.Kind + "/" + r.ref.Name), s.text}
	case 3:
		return cell{kube.Clean(r.ref.Namespace), s.muted}
	case 4:
		return cell{padLeft(groupDigits(r.pods), 4), s.muted}
	case 5:
		return cell{kube.Clean(r.account), s.muted}
	}
	return cell{kube.Clean(r.owner.String()), s.muted}
}

func (v *workloadsView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		v.table.onWheel(msg)
	case tea.MouseClickMsg:
		if v.table.onClick(msg.Y) {
			return v.app.openRelated(*v.target())
		}
	case tea.KeyPressMsg:
		if v.table.onKey(msg, v.app.keys) {
			return nil
		}
		if key.Matches(msg, v.app.keys.Open) && v.target() != nil {
			return v.app.openRelated(*v.target())
		}
		cmd, _ := v.app.drill(msg, v.target())
		return cmd
	}
	return nil
}

// target is the workload under the cursor, or nil.
func (v *workloadsView) target() *target {
	if len(v.rows) == 0 {
		return nil
	}
	r := v.rows[v.table.cursor]
	return &target{ref: r.ref, owner: &r.owner}
}

func (v *workloadsView) render(width, height int) []string {
	if len(v.rows) > 0 {
		return v.table.render(v.app.styles, width, height)
	}
	text := "No workload runs here."
	switch s := v.app.snapshot; {
	case v.text != "":
		text = "No workload matches /" + v.text + "."
	case s == nil || s.inventory == nil || !s.complete && len(s.inventory.Workloads) == 0:
		text = "Reading the workloads …"
	case unread(s.inventory, kube.WorkloadResources()...):
		text = "No workload is known: some kinds could not be read. :checks says why."
	}
	return append([]string{""}, indent(wrapStyled(v.app.styles.text, text, width-4), 2)...)
}

func (v *workloadsView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Open, k.Describe, k.Logs, k.YAML, k.Filter}
}

func (v *workloadsView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Workloads", []key.Binding{k.Open, k.Filter}}, k.drilling(), k.listing()}
}
