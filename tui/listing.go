package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// listing is what the list views share: a table whose rows a filter narrows
// and any column sorts. The cursor stays on its row while others come and go.
type listing[R any] struct {
	app   *App
	of    lister[R]
	table table
	// noun names a row: "context".
	noun string
	// all are the rows in the view's own order, rows those that are shown. The
	// first onTop of them are neither filtered nor sorted.
	all, rows []R
	onTop     int
	filter    filter
	fields    []columnFilter
}

// lister is a list view, as its listing asks it.
type lister[R any] interface {
	// id tells a row from all others, from one reading to the next.
	id(R) string
	cell(row R, column, width int) cell
	// open is enter, and a click on the row under the cursor.
	open(R) tea.Cmd
	// onRowKey handles the other keys that are about a row.
	onRowKey(R, tea.KeyPressMsg) tea.Cmd
	// empty says why there is no row at all.
	empty() string
}

// wordy rows have more for the filter to look in than their columns say.
type wordy[R any] interface{ words(R) string }

// prepare makes the listing of a view, which embeds it.
func (l *listing[R]) prepare(a *App, of lister[R], noun string, columns []column) {
	l.app, l.of, l.noun = a, of, noun
	l.table = table{columns: columns, cell: func(row, column, width int) cell { return of.cell(l.rows[row], column, width) }}
	l.table.sorting.rows = func() []int { return sortRows(&l.table, l.rows, l.onTop) }
}

// setAll takes new rows.
func (l *listing[R]) setAll(rows []R) {
	l.all = rows
	l.list()
}

// list filters and sorts anew.
func (l *listing[R]) list() {
	selected, had := l.selected()
	l.rows = nil
	for i, row := range l.all {
		if i < l.onTop || l.admits(row) {
			l.rows = append(l.rows, row)
		}
	}
	l.table.setRows(len(l.rows))
	if had {
		l.moveTo(l.of.id(selected))
	}
}

// moveTo puts the cursor on a row, if it is shown.
func (l *listing[R]) moveTo(id string) {
	if i := slices.IndexFunc(l.rows, func(row R) bool { return l.of.id(row) == id }); i >= 0 {
		l.table.moveTo(i)
	}
}

// admits asks the filter, which looks at every column as findings' does.
func (l *listing[R]) admits(row R) bool {
	if l.filter.isEmpty() && len(l.fields) == 0 {
		return true
	}
	words := make([]string, len(l.table.columns), len(l.table.columns)+1)
	for column := range words {
		words[column] = strings.TrimSpace(l.of.cell(row, column, roomToSort).text)
	}
	if slices.ContainsFunc(l.fields, func(f columnFilter) bool { return !f.admitsText(words[f.column]) }) {
		return false
	}
	if more, ok := l.of.(wordy[R]); ok {
		words = append(words, more.words(row))
	}
	return l.filter.isEmpty() || l.filter.matches([]byte(strings.Join(words, " ")))
}

func (l *listing[R]) setFilter(text string) (tea.Cmd, error) {
	rest, fields, problem := takeColumns(text, l.table.columns)
	f, err := parseFilter(rest)
	f.text = text
	l.filter, l.fields = f, fields
	l.list()
	return nil, cmp.Or(problem, err)
}

func (l *listing[R]) filterText() string { return l.filter.text }

// selected is the row under the cursor, if there is one.
func (l *listing[R]) selected() (row R, ok bool) {
	if l.table.cursor >= len(l.rows) {
		return row, false
	}
	return l.rows[l.table.cursor], true
}

func (l *listing[R]) rowCount() int { return len(l.rows) }

// onInput handles keys and the mouse. A key that needs a row says so where
// there is none.
func (l *listing[R]) onInput(msg tea.Msg) tea.Cmd {
	row, ok := l.selected()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		l.table.onWheel(msg)
	case tea.MouseClickMsg:
		if l.table.onClick(msg.Y) && ok {
			return l.of.open(row)
		}
	case tea.KeyPressMsg:
		switch {
		case ok && l.table.onKey(msg, l.app.keys), key.Matches(msg, l.app.keys.moving().keys...):
		case !ok:
			l.app.flash(info, fmt.Sprintf("%s needs a %s, and none is listed", keyName(msg), l.noun))
		case key.Matches(msg, l.app.keys.Open):
			return l.of.open(row)
		default:
			return l.of.onRowKey(row, msg)
		}
	}
	return nil
}

// render draws the table, or says why there is none.
func (l *listing[R]) render(width, height int) []string {
	if len(l.rows) > 0 {
		return l.table.render(l.app.styles, width, height)
	}
	text := l.of.empty()
	if len(l.all) > 0 {
		text = fmt.Sprintf("No %s matches /%s: %s shows all again.", l.noun, clip(l.filter.text, 60), shownKey(l.app.keys.Back))
	}
	return append([]string{""}, indent(l.app.paragraphs(text, width-4), 2)...)
}

// status tells what the filter has left.
func (l *listing[R]) status(width int) string { return l.statusWith("", width) }

// statusWith is status with something about the selected row before it.
func (l *listing[R]) statusWith(text string, width int) string {
	left := ""
	if text != "" {
		left = l.app.styles.muted.Render(clip(text, width))
	}
	if l.filter.text == "" {
		return left
	}
	shown := fmt.Sprintf("%s of %s", groupDigits(max(len(l.rows)-l.onTop, 0)), groupDigits(max(len(l.all)-l.onTop, 0)))
	return spread(left, l.app.styles.warning.Render(" /"+clip(l.filter.text, max(width/3, 8))+" · "+shown+" "), width)
}

// paragraphs wraps what is said in a table's place.
func (a *App) paragraphs(text string, width int) []string {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		lines = append(lines, wrapStyled(a.styles.text, paragraph, width)...)
	}
	return lines
}

// notYet says why something hasn't been read from the cluster; it is empty
// once it has.
func (a *App) notYet(what string, read bool) string {
	switch {
	case read:
		return ""
	case a.connectErr != "":
		return a.unconnected()
	case a.session == nil:
		return "Connecting …"
	}
	return "Reading " + what + " …"
}
