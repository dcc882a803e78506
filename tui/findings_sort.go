package tui

import (
	"cmp"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/scanners"
)

// sortKey is the column that findings are ordered by.
type sortKey int

const (
	bySeverity sortKey = iota
	byCheck
	byName
	byNamespace
	byFix
	byOwner
	sortKeys
)

// order sorts rows, which are in the findings' own order: by severity.
func (q query) order(s *snapshot, rows []int32) {
	if len(s.fading) > 0 { // they stand behind the others
		slices.SortStableFunc(rows, func(a, b int32) int { return scanners.Compare(*s.at(a), *s.at(b)) })
	}
	if q.sort != bySeverity {
		slices.SortStableFunc(rows, func(a, b int32) int { return compareBy(q.sort, s.at(a), s.at(b)) })
	}
	if q.reversed {
		slices.Reverse(rows)
	}
	acceptedLast(s, rows)
}

// acceptedLast moves what somebody has accepted behind all that is to do.
func acceptedLast(s *snapshot, rows []int32) {
	var accepted []int32
	kept := rows[:0]
	for _, row := range rows {
		if s.at(row).Accepted.Holds() {
			accepted = append(accepted, row)
		} else {
			kept = append(kept, row)
		}
	}
	copy(rows[len(kept):], accepted)
}

func compareBy(k sortKey, a, b *scanners.Finding) int {
	switch k {
	case byCheck:
		return strings.Compare(a.Check, b.Check)
	case byName:
		return cmp.Or(strings.Compare(a.Object.Kind, b.Object.Kind), strings.Compare(a.Object.Name, b.Object.Name), strings.Compare(a.Container, b.Container))
	case byNamespace:
		return strings.Compare(a.Object.Namespace, b.Object.Namespace)
	case byFix:
		return cmp.Compare(fixRank(a.Fix), fixRank(b.Fix))
	case byOwner:
		return strings.Compare(ownerText(a), ownerText(b))
	}
	return 0
}

// fixRank puts the fixes that need the least thought first.
func fixRank(k scanners.FixKind) int {
	return slices.Index([]scanners.FixKind{scanners.Safe, scanners.Guided, scanners.Manual}, k)
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
