package tui

import (
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

// namespaceRow is how one namespace stands, or with an empty name all of them.
type namespaceRow struct {
	namespaceCount
	// known says that the namespace itself could be read: enforces is the Pod
	// Security level that it enforces.
	known    bool
	enforces string
	// workloads and policies are counts; -1 where they couldn't be read.
	workloads, policies int
}

const enforceLabel = "pod-security.kubernetes.io/enforce"

// namespaceRows are all namespaces, also those with nothing wrong: first the
// sum, then by what is found.
func namespaceRows(s *snapshot) []namespaceRow {
	all := namespaceRow{namespaceCount: namespaceCount{bySeverity: map[scanners.Severity]int{}}}
	for _, f := range s.findings {
		if isToDo(f) { // the cluster's own are folded unless their namespace is asked for
			all.bySeverity[f.Severity]++
		}
	}
	rows := []namespaceRow{all}
	for _, n := range s.namespaces {
		rows = append(rows, namespaceRow{namespaceCount: n})
	}
	inv := s.inventory
	if inv == nil {
		for i := range rows {
			rows[i].workloads, rows[i].policies = -1, -1
		}
		return rows
	}
	at := map[string]int{}
	for i, row := range rows {
		at[row.name] = i
	}
	var quiet []namespaceRow
	for _, ns := range inv.Namespaces {
		if i, found := at[ns.Name]; found {
			rows[i].known, rows[i].enforces = true, ns.Labels[enforceLabel]
			continue
		}
		quiet = append(quiet, namespaceRow{namespaceCount: namespaceCount{name: ns.Name}, known: true, enforces: ns.Labels[enforceLabel]})
	}
	slices.SortFunc(quiet, func(a, b namespaceRow) int { return strings.Compare(a.name, b.name) })
	rows = append(rows, quiet...)
	countInto(rows, inv)
	return rows
}

func countInto(rows []namespaceRow, inv *kube.Inventory) {
	at := map[string]int{}
	for i, row := range rows {
		at[row.name] = i
	}
	add := func(namespace string, to func(*namespaceRow) *int) {
		*to(&rows[0])++
		if i, found := at[namespace]; found && namespace != "" {
			*to(&rows[i])++
		}
	}
	for _, w := range inv.Workloads {
		if !w.EphemeralOnly {
			add(w.Namespace(), func(r *namespaceRow) *int { return &r.workloads })
		}
	}
	for _, p := range inv.NetworkPolicies {
		add(p.Namespace, func(r *namespaceRow) *int { return &r.policies })
	}
	for i := range rows {
		if unread(inv, kube.WorkloadResources()...) {
			rows[i].workloads = -1
		}
		if unread(inv, kube.NetworkPolicies) {
			rows[i].policies = -1
		}
	}
}

// unread says that some of the resources could not be read, so that a count
// of them would be too low.
func unread(inv *kube.Inventory, resources ...kube.Resource) bool {
	return slices.ContainsFunc(resources, func(r kube.Resource) bool {
		_, gap := inv.Gap(r)
		return gap || !inv.Settled(r)
	})
}

// count writes a count that may not be known.
func (r namespaceRow) count(n int) string {
	if n < 0 {
		return "?"
	}
	return groupDigits(n)
}
