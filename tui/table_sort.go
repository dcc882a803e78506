package tui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/scanners"
)

// sorting is the order that somebody chose for a table; without a choice the
// view's own order stands.
type sorting struct {
	chosen, descending bool
	// rows puts the view's rows in the chosen order, and returns where each
	// was before; nil for tables that keep their own.
	rows func() []int
}

// onSortKey changes the order, and says whether the key was one for that. The
// cursor stays on its row.
func (t *table) onSortKey(msg tea.KeyPressMsg, keys *keyMap) bool {
	if t.sorting.rows == nil || len(t.columns) == 0 {
		return false
	}
	column, descending := t.sorted, t.sorting.descending
	switch {
	case key.Matches(msg, keys.SortRight) && !t.sorting.chosen:
		column = 0
	case key.Matches(msg, keys.SortRight):
		column++
	case key.Matches(msg, keys.SortLeft) && !t.sorting.chosen:
		column = len(t.columns) - 1
	case key.Matches(msg, keys.SortLeft):
		column--
	case key.Matches(msg, keys.SortUp):
		descending = false
	case key.Matches(msg, keys.SortDown):
		descending = true
	default:
		return false
	}
	t.sortBy((column+len(t.columns))%len(t.columns), descending)
	return true
}

func (t *table) sortBy(column int, descending bool) {
	t.sorted, t.arrow = column, "↑"
	if t.sorting.chosen, t.sorting.descending = true, descending; descending {
		t.arrow = "↓"
	}
	if to := slices.Index(t.sorting.rows(), t.cursor); to >= 0 {
		t.moveTo(to)
	}
}

// roomToSort is a width in which no cell is cut.
const roomToSort = 200

// sortRows orders a view's rows by what their cells say in the chosen column.
// The first so many stay on top. It returns where each row was before.
func sortRows[R any](t *table, rows []R, onTop int) []int {
	order, values := make([]int, len(rows)), make([]sortValue, len(rows))
	for i := range rows {
		order[i], values[i] = i, sortValueOf(t.cell(i, t.sorted, roomToSort).text)
	}
	slices.SortStableFunc(order[min(onTop, len(order)):], func(a, b int) int {
		if t.sorting.descending {
			a, b = b, a
		}
		return values[a].compare(values[b])
	})
	before := slices.Clone(rows)
	for to, from := range order {
		rows[to] = before[from]
	}
	return order
}

// sortValue is what a cell is worth among others: severities and numbers come
// before text.
type sortValue struct {
	isText bool
	number int
	text   string
}

func sortValueOf(text string) sortValue {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, s := range scanners.Severities() {
		if strings.HasPrefix(text, severityGlyph(s)+" "+s.String()) {
			return sortValue{number: int(s)}
		}
	}
	if text == "" || text == "–" || text == "·" {
		return sortValue{}
	}
	first, _, _ := strings.Cut(text, " ")
	number, err := strconv.Atoi(strings.ReplaceAll(first, ",", ""))
	return sortValue{isText: err != nil, number: number, text: text}
}

func (v sortValue) compare(other sortValue) int {
	switch {
	case v.isText != other.isText && v.isText:
		return 1
	case v.isText != other.isText:
		return -1
	}
	return cmp.Or(cmp.Compare(v.number, other.number), strings.Compare(v.text, other.text))
}
