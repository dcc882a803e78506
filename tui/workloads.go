package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/rbac"
)

// workloadsView lists what runs, and how bad it is.
type workloadsView struct {
	listing[workloadRow]
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
	v := &workloadsView{}
	v.prepare(a, v, "workload", []column{
		{title: "WORST", min: 6, good: 10, want: 10},
		{title: "FINDINGS", min: 8, want: 8},
		{title: "WORKLOAD", min: 18, want: 44, flex: true},
		{title: "NAMESPACE", min: 9, want: 18, drop: 1},
		{title: "PODS", min: 4, want: 5, drop: 2},
		{title: "SERVICE ACCOUNT", min: 15, want: 20, drop: 3},
		{title: "OWNER", min: 10, want: 24, drop: 4},
	})
	v.read()
	return v
}

func (v *workloadsView) title() string { return "workloads" }

func (v *workloadsView) onSnapshot() tea.Cmd {
	v.read()
	return nil
}

// read makes the rows of the snapshot and the namespace, the worst first.
func (v *workloadsView) read() {
	s, namespace := v.app.snapshot, v.app.namespace
	var all []workloadRow
	if s != nil && s.inventory != nil {
		all = slices.DeleteFunc(workloadRows(s), func(r workloadRow) bool { return namespace != "" && r.ref.Namespace != namespace })
	}
	v.setAll(all)
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

func (v *workloadsView) id(r workloadRow) string { return r.ref.String() }

func (v *workloadsView) cell(r workloadRow, col, width int) cell {
	s := v.app.styles
	switch col {
	case 0:
		if r.worst == 0 {
			return cell{"–", s.faint}
		}
		return cell{severityWord(r.worst, width), s.severity[r.worst]}
	case 1:
		return cell{padLeft(groupDigits(r.findings), 8), s.text}
	case 2:
		return cell{kube.Clean(kindIn(r.ref.Kind, width) + "/" + r.ref.Name), s.text}
	case 3:
		return cell{kube.Clean(r.ref.Namespace), s.muted}
	case 4:
		return cell{padLeft(groupDigits(r.pods), 4), s.muted}
	case 5:
		return cell{kube.Clean(r.account), s.muted}
	}
	return cell{kube.Clean(r.owner.String()), s.muted}
}

func (v *workloadsView) update(msg tea.Msg) tea.Cmd { return v.onInput(msg) }

// open lists the workload's findings.
func (v *workloadsView) open(r workloadRow) tea.Cmd { return v.app.openRelated(r.target()) }

func (v *workloadsView) onRowKey(r workloadRow, msg tea.KeyPressMsg) tea.Cmd {
	t := r.target()
	cmd, _ := v.app.drill(msg, &t)
	return cmd
}

func (r workloadRow) target() target { return target{ref: r.ref, owner: &r.owner} }

// target is the workload under the cursor, or nil.
func (v *workloadsView) target() *target {
	r, ok := v.selected()
	if !ok {
		return nil
	}
	t := r.target()
	return &t
}

func (v *workloadsView) empty() string {
	s := v.app.snapshot
	switch {
	case s == nil || s.inventory == nil || !s.complete && len(s.inventory.Workloads) == 0:
		return v.app.notYet("the workloads", false)
	case unread(s.inventory, kube.WorkloadResources()...):
		return "No workload is known: some kinds could not be read. :checks says why."
	case v.app.namespace != "":
		return "No workload runs in namespace " + kube.Clean(v.app.namespace) + ". :ns all shows those of all namespaces."
	}
	return "No workload runs here."
}

func (v *workloadsView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Open, k.Describe, k.Logs, k.YAML, k.Filter}
}

func (v *workloadsView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Workloads", []key.Binding{k.Open, k.Filter}}, k.drilling(), k.listing()}
}
