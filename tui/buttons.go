package tui

import (
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
	row := ""
	for i := range b.labels {
		if i > 0 {
			row += "  "
		}
		row += b.one(s, i)
	}
	if lipgloss.Width(row) <= width {
		return row
	}
	return clip(s.faint.Render("‹ ")+b.one(s, b.focus)+s.faint.Render(" ›"), width)
}

func (b *buttons) one(s *styles, i int) string {
	if i == b.focus {
		return s.buttonFocused.Render("▸ " + b.labels[i] + " ")
	}
	return s.button.Render("  " + b.labels[i] + " ")
}

// at finds the button under column x, or -1.
func (b *buttons) at(s *styles, x int) int {
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
