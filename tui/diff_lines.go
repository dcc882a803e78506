package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"kiln/fixes"
)

// diffLook is how a diff is drawn.
type diffLook struct {
	// split sets before and after side by side, where there is room.
	split bool
	// whole shows the equal lines too.
	whole bool
	// wrap breaks long lines, which otherwise can be scrolled to. Side by side
	// they are always broken.
	wrap bool
}

// onKey changes the look, and says whether the key was one for that.
func (l *diffLook) onKey(msg tea.KeyPressMsg, keys *keyMap) bool {
	switch {
	case key.Matches(msg, keys.Split):
		l.split = !l.split
	case key.Matches(msg, keys.Whole):
		l.whole = !l.whole
	case key.Matches(msg, keys.Wrap):
		l.wrap = !l.wrap
	default:
		return false
	}
	return true
}

// draw draws the hunks.
func (l diffLook) draw(s *styles, d fixes.Diff, width int) []string {
	var lines []string
	for _, h := range d.Hunks {
		if !l.whole {
			lines = append(lines, "  "+s.faint.Render(fit(fmt.Sprintf("@@ line %d @@", h.AfterLine), width-2)))
		}
		if l.split && width >= leastSplit {
			lines = append(lines, indent(drawSplit(s, numbered(h), width-2), 2)...)
			continue
		}
		for _, line := range numbered(h) {
			if !l.wrap {
				lines = append(lines, "  "+drawDiffLine(s, line, width-2))
				continue
			}
			for _, part := range line.wrap(width - 2) {
				lines = append(lines, "  "+drawDiffLine(s, part, width-2))
			}
		}
	}
	return lines
}

// numberedLine is a line of a diff with its number on its side; 0 for the rest
// of a line that was broken.
type numberedLine struct {
	fixes.DiffLine
	number int
	// before is the number of an equal line on the other side.
	before int
}

// numbered gives a hunk's lines their numbers: those before the change to what
// is removed, those after it to all others.
func numbered(h fixes.Hunk) []numberedLine {
	lines := make([]numberedLine, len(h.Lines))
	before, after := h.BeforeLine, h.AfterLine
	for i, l := range h.Lines {
		lines[i] = numberedLine{l, after, before}
		if l.Kind == fixes.Removed {
			lines[i].number = before
		}
		if l.Kind != fixes.Added {
			before++
		}
		if l.Kind != fixes.Removed {
			after++
		}
	}
	return lines
}

// diffMargin is the room for a line's number and its sign.
const diffMargin = 7

// wrap breaks a line so that it fits a width, sign and number included.
func (l numberedLine) wrap(width int) []numberedLine {
	room := max(width-diffMargin, 8)
	var parts []numberedLine
	for rest, from := l.Text, 0; ; {
		head := ansi.Truncate(rest, room, "")
		if head == "" {
			head = rest // wider than the room, and can't be broken
		}
		part := numberedLine{fixes.DiffLine{Kind: l.Kind, Text: head, Spans: spansWithin(l.Spans, from, from+len(head))}, l.number, 0}
		if len(parts) > 0 {
			part.number = 0
		}
		parts = append(parts, part)
		if rest, from = rest[len(head):], from+len(head); rest == "" {
			return parts
		}
	}
}

// spansWithin cuts spans to a part of their line, and counts from its start.
func spansWithin(spans []fixes.Span, from, to int) []fixes.Span {
	var cut []fixes.Span
	for _, span := range spans {
		if start, end := max(span.Start, from), min(span.End, to); start < end {
			cut = append(cut, fixes.Span{Start: start - from, End: end - from})
		}
	}
	return cut
}

// drawDiffLine fills the whole width, so that changes are blocks of colour;
// the sign tells them without it.
func drawDiffLine(s *styles, l numberedLine, width int) string {
	style, strong, sign := s.text, s.text, " "
	switch l.Kind {
	case fixes.Added:
		style, strong, sign = s.added, s.addedStrong, "+"
	case fixes.Removed:
		style, strong, sign = s.removed, s.removedStrong, "−"
	}
	number := "     "
	if l.number > 0 {
		number = fmt.Sprintf("%4d ", l.number)
	}
	var b strings.Builder
	b.WriteString(s.faint.Render(number))
	b.WriteString(style.Render(sign + " "))
	at := 0
	for _, span := range l.Spans {
		b.WriteString(renderIf(style, l.Text[at:span.Start]))
		b.WriteString(renderIf(strong, l.Text[span.Start:span.End]))
		at = span.End
	}
	b.WriteString(renderIf(style, l.Text[at:]))
	if pad := width - ansi.StringWidth(b.String()); pad > 0 {
		b.WriteString(style.Render(strings.Repeat(" ", pad)))
	}
	return b.String()
}
