package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// column is one column of a table.
type column struct {
	title string
	// min, good and want are widths in cells: the least that makes sense, what
	// it gets before less important columns are shown at all (min if zero),
	// and what its content would fill.
	min, good, want int
	// drop is the order in which columns give way to narrow screens: the
	// highest first, 0 never.
	drop int
	// flex takes the room that is left.
	flex bool
}

// cell is what a table shows in one place.
type cell struct {
	text  string
	style lipgloss.Style
}

// table is a windowed list: it asks for the cells of the visible rows, and
// for no others.
type table struct {
	columns []column
	// rows is how many there are.
	rows int
	// cell returns one cell for a column of the given width.
	cell func(row, column, width int) cell
	// sorted is the column that the rows are ordered by, if arrow says how.
	sorted  int
	arrow   string
	sorting sorting
	// marked says which rows carry a mark; may be nil.
	marked func(row int) bool
	// sign is what stands in a mark's place, where there is one; may be nil.
	sign func(row int) (cell, bool)

	cursor, offset int
	height         int
}

// gutter holds the cursor's bar and the mark.
const gutter = 2

// setRows changes the number of rows and keeps the cursor inside.
func (t *table) setRows(n int) {
	t.rows = n
	if t.sorting.chosen {
		t.sorting.rows()
	}
	t.moveTo(t.cursor)
}

// moveTo puts the cursor on row, or the nearest that exists.
func (t *table) moveTo(row int) {
	t.cursor = max(0, min(row, t.rows-1))
	t.scroll()
}

// show scrolls so that the cursor is on a line of the window, if it can be.
func (t *table) show(line int) {
	t.offset = t.cursor - line
	t.scroll()
}

// scroll keeps the cursor in the window.
func (t *table) scroll() {
	height := max(t.height, 1)
	t.offset = max(0, min(t.offset, t.rows-height))
	if t.cursor < t.offset {
		t.offset = t.cursor
	}
	if t.cursor >= t.offset+height {
		t.offset = t.cursor - height + 1
	}
}

// onKey moves the cursor, and says whether the key was one for that.
func (t *table) onKey(msg tea.KeyPressMsg, keys *keyMap) bool {
	page := max(t.height-1, 1)
	switch {
	case key.Matches(msg, keys.Up):
		t.moveTo(t.cursor - 1)
	case key.Matches(msg, keys.Down):
		t.moveTo(t.cursor + 1)
	case key.Matches(msg, keys.PageUp):
		t.moveTo(t.cursor - page)
	case key.Matches(msg, keys.PageDown):
		t.moveTo(t.cursor + page)
	case key.Matches(msg, keys.Top):
		t.moveTo(0)
	case key.Matches(msg, keys.Bottom):
		t.moveTo(t.rows - 1)
	default:
		return t.onSortKey(msg, keys)
	}
	return true
}

// onWheel scrolls by the mouse's wheel.
func (t *table) onWheel(msg tea.MouseWheelMsg) {
	switch msg.Button {
	case tea.MouseWheelUp:
		t.moveTo(t.cursor - 3)
	case tea.MouseWheelDown:
		t.moveTo(t.cursor + 3)
	}
}

// onClick puts the cursor on the row at line y of the table, whose first line
// is the header. It says whether the row was under the cursor already.
func (t *table) onClick(y int) (again bool) {
	row := t.offset + y - 1
	if y < 1 || row >= t.rows {
		return false
	}
	again = row == t.cursor
	t.moveTo(row)
	return again
}

// render draws the header and the visible rows, height lines in all.
func (t *table) render(s *styles, width, height int) []string {
	t.height = max(height-1, 1)
	t.scroll()
	shown := layout(t.columns, width-gutter-1)
	lines := make([]string, 0, height)
	lines = append(lines, t.header(s, shown))
	for row := t.offset; row < min(t.rows, t.offset+t.height); row++ {
		lines = append(lines, t.row(s, shown, row))
	}
	lines = fill(lines, height)
	t.drawScrollbar(s, lines[1:], width)
	return lines
}

func (t *table) header(s *styles, shown []placed) string {
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", gutter))
	for i, p := range shown {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", columnGap))
		}
		b.WriteString(fit(t.heading(p), p.width))
	}
	return s.muted.Render(b.String())
}

// heading is a column's title, cut to three letters where it doesn't fit.
func (t *table) heading(p placed) string {
	title, arrow := t.columns[p.index].title, ""
	if t.arrow != "" && p.index == t.sorted {
		arrow = " " + t.arrow
	}
	if len(title) > p.width && len(title) > 3 && p.width < 8 {
		title = title[:3]
	}
	if arrow != "" {
		title = clip(title, p.width-ansi.StringWidth(arrow))
	}
	return title + arrow
}

func (t *table) row(s *styles, shown []placed, row int) string {
	selected := row == t.cursor
	paint := func(c cell) string {
		if selected {
			c.style = c.style.Background(s.selected)
		}
		return c.style.Render(c.text)
	}
	bar, mark := " ", " "
	if selected {
		bar = "▌"
	}
	if t.marked != nil && t.marked(row) {
		mark = "✓"
	}
	var b strings.Builder
	if sign, ok := t.signOf(row); ok && mark == " " {
		b.WriteString(paint(cell{bar, s.accent}) + paint(sign))
	} else {
		b.WriteString(paint(cell{bar + mark, s.accent}))
	}
	for i, p := range shown {
		if i > 0 {
			b.WriteString(paint(cell{strings.Repeat(" ", columnGap), s.text}))
		}
		c := t.cell(row, p.index, p.width)
		c.text = fit(c.text, p.width)
		if selected {
			c.style = c.style.Bold(true)
		}
		b.WriteString(paint(c))
	}
	return b.String()
}

func (t *table) signOf(row int) (cell, bool) {
	if t.sign == nil {
		return cell{}, false
	}
	return t.sign(row)
}

// drawScrollbar adds a thumb at the right edge when not all rows are visible.
func (t *table) drawScrollbar(s *styles, lines []string, width int) {
	if t.rows <= len(lines) || len(lines) == 0 {
		return
	}
	size := max(1, len(lines)*len(lines)/t.rows)
	start := t.offset * (len(lines) - size) / max(t.rows-len(lines), 1)
	for i := range lines {
		bar := s.faint.Render("│")
		if i >= start && i < start+size {
			bar = s.muted.Render("┃")
		}
		lines[i] = fit(lines[i], width-1) + bar
	}
}
