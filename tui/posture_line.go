package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"kiln/scanners"
)

// postureLine is a line of the posture page: cells from the left, and some at
// its right end.
type postureLine struct {
	left, right []cell
	// leads is where enter goes; nil where the line sums nothing up.
	leads *lead
}

// lead goes from a line to the findings that it sums up.
type lead struct {
	// id finds the line again on a later page.
	id string
	// name is the title of the list.
	name string
	only func(*scanners.Finding) bool
}

// draw renders the line behind its gutter.
func (l postureLine) draw(s *styles, width int, selected bool) string {
	paint := func(c cell) string {
		if selected {
			c.style = c.style.Background(s.selected)
		}
		return c.style.Render(c.text)
	}
	bar := " "
	if selected {
		bar = "▌"
	}
	room := width
	for _, c := range l.right {
		room -= ansi.StringWidth(c.text)
	}
	var b strings.Builder
	b.WriteString(paint(cell{fit(bar, gutter), s.accent}))
	for _, c := range l.left {
		c.text = clip(c.text, room)
		room -= ansi.StringWidth(c.text)
		b.WriteString(paint(c))
	}
	b.WriteString(paint(cell{strings.Repeat(" ", max(room, 0)), s.text}))
	for _, c := range l.right {
		b.WriteString(paint(c))
	}
	return fit(b.String(), gutter+width)
}

// postureStop is a line that leads somewhere, and where it stands.
type postureStop struct {
	line, column int
	lead         *lead
}

// stopsOf lists where the cursor can stand, column by column.
func stopsOf(columns [][]postureLine) []postureStop {
	var stops []postureStop
	for c, lines := range columns {
		for i, line := range lines {
			if line.leads != nil {
				stops = append(stops, postureStop{i, c, line.leads})
			}
		}
	}
	return stops
}

// nearestStop is the stop of a column that is nearest to a line; -1 where the
// column has none.
func nearestStop(stops []postureStop, column, line int) int {
	best := -1
	for i, s := range stops {
		if s.column == column && (best < 0 || abs(s.line-line) < abs(stops[best].line-line)) {
			best = i
		}
	}
	return best
}

func abs(n int) int { return max(n, -n) }
