package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"

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

// objectIn is objectText with the kind's short name in narrow columns.
func objectIn(f *scanners.Finding, width int) string {
	return kindIn(f.Object.Kind, width) + strings.TrimPrefix(objectText(f), f.Object.Kind)
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
		text = a.unconnected()
	case a.session == nil && a.snapshot == nil:
		text = "Connecting …"
	case a.snapshot == nil || !a.snapshot.complete && v.arranged.counts[""] == 0 && a.scan.running:
		text = "Reading the cluster. The first findings appear as soon as a check has all that it looks at."
	case v.arranged.folded+v.arranged.hidden > 0:
		text = "Nothing else is here. " + v.leftOut() + "."
	case v.query.filter.text != "" || v.query.faults || a.namespace != "":
		text = "No finding matches: " + strings.Join(v.narrowings(), ", ") + ". " + shownKey(a.keys.Back) + " shows all again."
	case a.unknownChecks() > 0:
		text = fmt.Sprintf("Nothing found here, but %s could not be judged: :checks says why.", plural(a.unknownChecks(), "check"))
	}
	return append([]string{""}, indent(a.paragraphs(text, width-4), 2)...)
}

// narrowings lists what hides findings.
func (v *findingsView) narrowings() []string {
	var all []string
	if v.app.namespace != "" && v.name == "" {
		all = append(all, "namespace "+kube.Clean(v.app.namespace))
	}
	if v.query.filter.text != "" {
		all = append(all, "/"+clip(v.query.filter.text, 60))
	}
	if v.query.faults {
		all = append(all, "critical and high only")
	}
	return all
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
