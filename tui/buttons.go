package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// buttons are a row of choices; the first has the focus at first.
type buttons struct {
	labels []string
	focus  int
}

func (b *buttons) move(by int) {
	b.focus = (b.focus + by + len(b.labels)) % len(b.labels)
}

// render draws the row in at most width cells; where it doesn't fit, the
// focused one and an arrow to each side.
func (b *buttons) render(s *styles, width int) string {
	row := b.row(s)
	if lipgloss.Width(row) <= width {
		return row
	}
	return clip(s.faint.Render("‹ ")+b.one(s, b.focus)+s.faint.Render(" ›"), width)
}

func (b *buttons) row(s *styles) string {
	all := make([]string, len(b.labels))
	for i := range b.labels {
		all[i] = b.one(s, i)
	}
	return strings.Join(all, "  ")
}

func (b *buttons) one(s *styles, i int) string {
	if i == b.focus {
		return s.buttonFocused.Render("▸ " + b.labels[i] + " ")
	}
	return s.button.Render("  " + b.labels[i] + " ")
}

// click puts the focus on the button under column x of the row as it is drawn
// in width cells, and says whether there is one.
func (b *buttons) click(s *styles, x, width int) bool {
	i := b.at(s, x, width)
	if i >= 0 {
		b.focus = i
	}
	return i >= 0
}

func (b *buttons) at(s *styles, x, width int) int {
	if lipgloss.Width(b.row(s)) > width { // only the focused one is there, behind an arrow
		if x < 2 || x >= 2+lipgloss.Width(b.one(s, b.focus)) {
			return -1
		}
		return b.focus
	}
	left := 0
	for i := range b.labels {
		w := lipgloss.Width(b.one(s, i))
		if x >= left && x < left+w {
			return i
		}
		left += w + 2
	}
	return -1
}
