package tui

import (
	"strings"

	"kiln/fixes"
)

// leastSplit is the width from which before and after fit side by side.
const leastSplit = 76

// drawSplit sets what was on the left and what will be on the right. Lines
// that are removed stand beside those that are added in their place.
func drawSplit(s *styles, lines []numberedLine, width int) []string {
	half := (width - 3) / 2
	var rows []string
	for from := 0; from < len(lines); {
		if lines[from].Kind == fixes.Context {
			left := lines[from]
			left.number = left.before
			rows = append(rows, splitRow(s, &left, &lines[from], half)...)
			from++
			continue
		}
		middle := endOfKind(lines, from, fixes.Removed)
		end := endOfKind(lines, middle, fixes.Added)
		for i := range max(middle-from, end-middle) {
			var left, right *numberedLine
			if from+i < middle {
				left = &lines[from+i]
			}
			if middle+i < end {
				right = &lines[middle+i]
			}
			rows = append(rows, splitRow(s, left, right, half)...)
		}
		from = end
	}
	return rows
}

func endOfKind(lines []numberedLine, from int, kind fixes.LineKind) int {
	for from < len(lines) && lines[from].Kind == kind {
		from++
	}
	return from
}

// splitRow draws a line of each side, as high as the longer of both; a side
// may be nil.
func splitRow(s *styles, left, right *numberedLine, half int) []string {
	var before, after []numberedLine
	if left != nil {
		before = left.wrap(half)
	}
	if right != nil {
		after = right.wrap(half)
	}
	side := func(lines []numberedLine, i int) string {
		if i >= len(lines) {
			return strings.Repeat(" ", half)
		}
		return fit(drawDiffLine(s, lines[i], half), half)
	}
	var rows []string
	for i := range max(len(before), len(after)) {
		rows = append(rows, side(before, i)+s.faint.Render(" │ ")+side(after, i))
	}
	return rows
}
