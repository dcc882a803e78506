package tui

import (
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"kiln/kube"
)

// fit makes text exactly width cells wide: cut with an ellipsis, or padded.
func fit(text string, width int) string {
	if width <= 0 {
		return ""
	}
	w := ansi.StringWidth(text)
	if w > width {
		text = ansi.Truncate(text, width, "…")
		w = ansi.StringWidth(text) // a wide character may not have fitted
	}
	return text + strings.Repeat(" ", width-w)
}

// clip cuts text to at most width cells.
func clip(text string, width int) string {
	if width <= 0 {
		return ""
	}
	return ansi.Truncate(text, width, "…")
}

// clipMiddle cuts text to at most width cells, and keeps more of its end than
// of its beginning: that's where the names of clusters differ.
func clipMiddle(text string, width int) string {
	w := ansi.StringWidth(text)
	if w <= width || width < 8 {
		return clip(text, width)
	}
	begin := width / 3
	return ansi.Truncate(text, begin, "") + "…" + ansi.TruncateLeft(text, w-(width-begin-1), "")
}

// spread puts left and right at the two ends of a line; left gives way.
func spread(left, right string, width int) string {
	room := width - ansi.StringWidth(right)
	if room < 1 {
		return fit(right, width)
	}
	return fit(left, room) + right
}

// wrap breaks text into lines of at most width cells. Words that take more
// than half a line, such as paths of fields, are broken after a dot or a slash.
func wrap(text string, width int) []string {
	breakAfter := ""
	if slices.ContainsFunc(strings.Fields(text), func(word string) bool { return 2*ansi.StringWidth(word) > width }) {
		breakAfter = "/.,"
	}
	lines := splitLines(ansi.Wrap(text, max(width, 1), breakAfter))
	tooWide := func(line string) bool { return ansi.StringWidth(line) > width }
	if width > 1 && slices.ContainsFunc(lines, tooWide) { // ansi.Wrap forgets to count a break in the last cell
		return splitLines(ansi.Wrap(text, width-1, breakAfter))
	}
	return lines
}

// wrapStyled is wrap with every line in style.
func wrapStyled(style lipgloss.Style, text string, width int) []string {
	lines := wrap(text, width)
	for i := range lines {
		lines[i] = style.Render(lines[i])
	}
	return lines
}

// fill makes lines exactly height lines.
func fill(lines []string, height int) []string {
	if len(lines) > height {
		return lines[:height]
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines
}

// plural is "1 finding", "3 findings" or "2 fixes".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "x") {
		noun += "e"
	}
	return groupDigits(n) + " " + noun + "s"
}

// groupDigits writes large numbers with thin groups: 14,435.
func groupDigits(n int) string {
	if n < 0 {
		return "-" + groupDigits(-n)
	}
	if n < 1000 {
		return strconv.Itoa(n)
	}
	rest := strconv.Itoa(n % 1000)
	return groupDigits(n/1000) + "," + strings.Repeat("0", 3-len(rest)) + rest
}

func splitLines(text string) []string { return strings.Split(text, "\n") }

// indent moves lines to the right.
func indent(lines []string, by int) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = strings.Repeat(" ", by) + line
	}
	return out
}

// hang sets a mark before the first of some lines, and the rest below.
func hang(mark string, width int, lines []string) []string {
	out := indent(lines, width)
	out[0] = mark + lines[0]
	return out
}

// padLeft sets text at the right end of width cells.
func padLeft(text string, width int) string {
	return strings.Repeat(" ", max(width-ansi.StringWidth(text), 0)) + text
}

// cleanOr is the first of some texts that isn't empty, cleaned.
func cleanOr(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return kube.Clean(t)
		}
	}
	return ""
}
