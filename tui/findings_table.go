package tui

import (
	"cmp"
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"kiln/kube"
	"kiln/scanners"
)

// The columns of the findings, in the order of the sort keys where they have one.
const (
	severityColumn = iota
	checkColumn
	objectColumn
	namespaceColumn
	messageColumn
	fixColumn
	ownerColumn
)

// findingColumns fits the columns to what there is to show.
func findingColumns(w widths) []column {
	columns := make([]column, ownerColumn+1)
	columns[severityColumn] = column{title: "SEVERITY", min: 6, good: 10, want: 10}
	columns[checkColumn] = column{title: "CHECK", min: 13, good: min(w.check, 19), want: clamp(w.check, 13, 28)}
	columns[objectColumn] = column{title: "OBJECT", min: 13, good: min(w.object, 22), want: clamp(w.object, 13, 30)}
	columns[namespaceColumn] = column{title: "NAMESPACE", min: 9, good: clamp(w.namespace, 9, 12), want: clamp(w.namespace, 9, 18), drop: 1}
	columns[messageColumn] = column{title: "MESSAGE", min: 30, good: 36, want: 60, drop: 3, flex: true}
	columns[fixColumn] = column{title: "FIX", min: 6, want: 6, drop: 2}
	columns[ownerColumn] = column{title: "OWNER", min: 10, want: clamp(w.owner, 10, 26), drop: 4}
	return columns
}

func clamp(n, low, high int) int { return max(low, min(n, high)) }

// cell is called for visible rows only.
func (v *findingsView) cell(row, col, width int) cell {
	f, s := v.finding(row), v.app.styles
	if f.Accepted.Holds() {
		return v.acceptedCell(f, col, width)
	}
	if v.app.live.marks.isGone(f) {
		return v.goneCell(f, col, width)
	}
	switch col {
	case severityColumn:
		return cell{severityWord(f.Severity, width), s.severity[f.Severity]}
	case checkColumn:
		return cell{v.checkText(f, width), s.text}
	case objectColumn:
		return cell{kube.Clean(objectIn(f, width)), s.text}
	case namespaceColumn:
		return cell{kube.Clean(f.Object.Namespace), s.muted}
	case messageColumn:
		if f.Accepted != nil {
			return cell{acceptanceText(f.Accepted) + " · " + kube.Clean(f.Message), s.warning}
		}
		return cell{kube.Clean(f.Message), s.muted}
	case fixColumn:
		style := s.muted
		if f.Fix == scanners.Safe {
			style = s.good
		}
		return cell{string(f.Fix), style}
	}
	return cell{kube.Clean(ownerText(f)), s.muted}
}

// checkText is the check's ID, without the layer where its tab says it or
// room is scarce.
func (v *findingsView) checkText(f *scanners.Finding, width int) string {
	name := strings.TrimPrefix(f.Check, string(f.Layer)+"/")
	if v.query.layer == f.Layer || len(f.Check) > width {
		return name
	}
	return f.Check
}

// shortKinds are kubectl's short names, and such as it might have.
var shortKinds = map[string]string{
	"Deployment": "deploy", "StatefulSet": "sts", "DaemonSet": "ds", "ReplicaSet": "rs", "ReplicationController": "rc",
	"CronJob": "cj", "Pod": "po", "Node": "no", "Namespace": "ns", "Service": "svc", "ServiceAccount": "sa",
	"ConfigMap": "cm", "Ingress": "ing", "NetworkPolicy": "netpol", "PersistentVolume": "pv", "PersistentVolumeClaim": "pvc",
	"Secret": "sec", "StorageClass": "sc", "ClusterRole": "cr", "ClusterRoleBinding": "crb", "RoleBinding": "rb",
}

// objectIn is objectText with the kind's short name in narrow columns.
func objectIn(f *scanners.Finding, width int) string {
	return kindIn(f.Object.Kind, width) + strings.TrimPrefix(objectText(f), f.Object.Kind)
}

// kindIn is a kind, in narrow columns its short name if it has one.
func kindIn(kind string, width int) string {
	if width >= 24 {
		return kind
	}
	return cmp.Or(shortKinds[kind], kind)
}

// sortKeyOf tells which order a key asks for.
func sortKeyOf(msg tea.KeyPressMsg, keys *keyMap, now sortKey) (sortKey, bool) {
	for sort, binding := range []key.Binding{keys.SortSeverity, keys.SortCheck, keys.SortName, keys.SortNamespace, keys.SortFix, keys.SortOwner} {
		if key.Matches(msg, binding) {
			return sortKey(sort), true
		}
	}
	switch {
	case key.Matches(msg, keys.SortRight):
		return (now + 1) % sortKeys, true
	case key.Matches(msg, keys.SortLeft):
		return (now + sortKeys - 1) % sortKeys, true
	}
	return 0, false
}

// turned says whether a key that chooses a direction wants the order turned
// round. Severities start with the largest, all else with the smallest.
func (q query) turned(msg tea.KeyPressMsg, keys *keyMap) (reversed, ok bool) {
	up := key.Matches(msg, keys.SortUp)
	return up == (q.sort == bySeverity), up || key.Matches(msg, keys.SortDown)
}

// arrow points up where the smallest comes first.
func (q query) arrow() string {
	if q.reversed == (q.sort == bySeverity) {
		return "↑"
	}
	return "↓"
}

// sortedColumn is the column that a sort key orders by.
func sortedColumn(k sortKey) int {
	return []int{severityColumn, checkColumn, objectColumn, namespaceColumn, fixColumn, ownerColumn}[k]
}

func (v *findingsView) render(width, height int) []string {
	lines := []string{v.tabs(width)}
	if v.table.rows == 0 {
		return append(lines, v.empty(width)...)
	}
	v.table.sorted, v.table.arrow = sortedColumn(v.query.sort), v.query.arrow()
	return append(lines, v.table.render(v.app.styles, width, height-1)...)
}

// empty says why there is nothing to see.
func (v *findingsView) empty(width int) []string {
	a := v.app
	text := "Nothing found."
	switch {
	case a.connectErr != "":
		text = a.connectErr + "\n\nctrl-r tries again, :ctx chooses another context."
	case a.session == nil && a.snapshot == nil:
		text = "Connecting …"
	case a.snapshot == nil || !a.snapshot.complete && v.arranged.counts[""] == 0 && a.scan.running:
		text = "Reading the cluster. The first findings appear as soon as a check has all that it looks at."
	case v.arranged.folded+v.arranged.hidden > 0:
		text = "Nothing else is here. " + v.leftOut() + "."
	case v.query.filter.text != "" || v.query.faults || a.namespace != "":
		text = "No finding matches: " + strings.Join(v.narrowings(), ", ") + ". esc shows all again."
	case a.unknownChecks() > 0:
		text = fmt.Sprintf("Nothing found here, but %s could not be judged: :checks says why.", plural(a.unknownChecks(), "check"))
	}
	lines := []string{""}
	for _, paragraph := range strings.Split(text, "\n") {
		for _, line := range wrapStyled(a.styles.text, paragraph, width-4) {
			lines = append(lines, "  "+line)
		}
	}
	return lines
}

// narrowings lists what hides findings.
func (v *findingsView) narrowings() []string {
	var all []string
	if v.app.namespace != "" && v.name == "" {
		all = append(all, "namespace "+kube.Clean(v.app.namespace))
	}
	if v.query.filter.text != "" {
		all = append(all, "/"+v.query.filter.text)
	}
	if v.query.faults {
		all = append(all, "critical and high only")
	}
	return all
}

// tabRegion remembers where each tab was drawn, for the mouse.
type tabRegion []struct {
	layer    scanners.Layer
	from, to int
}

func (r tabRegion) at(x int) (scanners.Layer, bool) {
	for _, t := range r {
		if x >= t.from && x < t.to {
			return t.layer, true
		}
	}
	return "", false
}

// tabs draws a tab per layer with its count, and what narrows the list.
func (v *findingsView) tabs(width int) string {
	s := v.app.styles
	line, x := "", 0
	v.tabRegion = v.tabRegion[:0]
	for _, layer := range append([]scanners.Layer{""}, scanners.Layers()...) {
		label := v.tabLabel(layer, width)
		style, count := s.muted, s.faint
		if layer == v.query.layer {
			style, count = s.badge, s.badge
		}
		tab := style.Render(" "+label) + count.Render(v.tabCount(layer, width)+" ")
		w := ansi.StringWidth(tab)
		v.tabRegion = append(v.tabRegion, struct {
			layer    scanners.Layer
			from, to int
		}{layer, x, x + w})
		line, x = line+tab, x+w
	}
	narrowed := strings.Join(v.narrowings(), " · ")
	if narrowed == "" {
		return clip(line, width)
	}
	return spread(line, s.warning.Render(" "+clip(narrowed, max(width-x-2, width/3))+" "), width)
}

func (v *findingsView) tabLabel(layer scanners.Layer, width int) string {
	switch {
	case layer == "":
		return "all"
	case width < 72:
		return string(layer)[:3]
	}
	return string(layer)
}

// tabCount is how many findings the tab has.
func (v *findingsView) tabCount(layer scanners.Layer, width int) string {
	if v.arrangedOf == nil || width < 60 {
		return ""
	}
	n := v.arranged.counts[layer]
	if width < 110 && n > 9999 {
		return fmt.Sprintf(" %dk", n/1000)
	}
	return " " + groupDigits(n)
}

func (v *findingsView) rowCount() int { return v.table.rows }

func (v *findingsView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Open, k.Fix, k.Mark, k.Filter, k.NextLayer, k.Command}
}

func (v *findingsView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{
		{"Findings", []key.Binding{k.Open, k.Fix, k.AcceptFinding, k.Mark, k.MarkRange, k.ClearMarks, k.NextLayer, k.PreviousLayer, k.Filter, k.Faults, k.System, k.Accepted, k.Group, k.AllNamespaces, k.Namespace}},
		k.drilling(), k.moving(), k.sorting(),
	}
}
