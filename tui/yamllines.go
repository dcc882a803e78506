package tui

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// lineRange is some lines of a text, from included, to not, counted from 0.
type lineRange struct{ from, to int }

func (r lineRange) has(line int) bool { return line >= r.from && line < r.to }

// drawYAML draws lines of YAML with their numbers; those in hit are marked by
// a bar, so that they stand out without colour too.
func drawYAML(s *styles, lines []string, shown, hit lineRange, width int) []string {
	digits := len(fmt.Sprint(len(lines)))
	out := make([]string, 0, shown.to-shown.from)
	for i := max(shown.from, 0); i < min(shown.to, len(lines)); i++ {
		number := fmt.Sprintf("%*d ", digits, i+1)
		bar, numberStyle := "  ", s.faint
		if hit.has(i) {
			bar, numberStyle = "▌ ", s.alarm
		}
		text := yamlLine(s, ansi.Truncate(lines[i], max(width-digits-3, 8), "…"), hit.has(i))
		out = append(out, numberStyle.Render(bar+number)+text)
	}
	return out
}

// yamlLine colours a line's key, and the rest as text.
func yamlLine(s *styles, line string, hit bool) string {
	keyStyle, rest := s.code, s.text
	if hit {
		keyStyle, rest = s.alarm.Bold(true), s.bold
	}
	keyEnd := strings.Index(line, ":")
	if keyEnd < 0 || strings.ContainsAny(line[:keyEnd], "\"'{") {
		return rest.Render(line)
	}
	return keyStyle.Render(line[:keyEnd]) + renderIf(s.muted, ":") + renderIf(rest, line[keyEnd+1:])
}

func renderIf(style lipgloss.Style, text string) string {
	if text == "" {
		return ""
	}
	return style.Render(text)
}

// around is hit with some lines before and after, within a text of n lines.
func around(hit lineRange, context, n int) lineRange {
	to := min(hit.to, hit.from+maxHit)
	return lineRange{max(hit.from-context, 0), min(to+context, n)}
}

// maxHit bounds how much of a long field is shown as evidence.
const maxHit = 24
