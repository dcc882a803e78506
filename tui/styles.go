package tui

import (
	"image/color"

	"charm.land/lipgloss/v2"

	"kiln/scanners"
	"kiln/themes"
)

// styles are a theme's colours as lipgloss styles, made once per theme.
type styles struct {
	text, muted, faint, bold     lipgloss.Style
	accent, badge                lipgloss.Style
	selected                     color.Color
	added, addedStrong           lipgloss.Style
	removed, removedStrong       lipgloss.Style
	good, warning, alarm, banner lipgloss.Style
	code, heading                lipgloss.Style
	button, buttonFocused        lipgloss.Style
	severity                     map[scanners.Severity]lipgloss.Style
}

func newStyles(t themes.Theme) *styles {
	plain := lipgloss.NewStyle()
	fg := func(c string) lipgloss.Style {
		if c == "" {
			return plain
		}
		return plain.Foreground(lipgloss.Color(c))
	}
	on := func(s lipgloss.Style, background string) lipgloss.Style {
		if background == "" {
			return s
		}
		return s.Background(lipgloss.Color(background))
	}
	s := &styles{
		text: fg(t.Text), muted: fg(t.Muted), faint: fg(t.Faint), bold: fg(t.Text).Bold(true),
		accent:        fg(t.Accent).Bold(true),
		badge:         on(fg(t.AccentText), t.Accent).Bold(true),
		selected:      lipgloss.Color(t.Selection),
		added:         on(fg(t.Added), t.AddedBackground),
		addedStrong:   on(fg(t.Added), t.AddedStrong).Bold(true),
		removed:       on(fg(t.Removed), t.RemovedBackground),
		removedStrong: on(fg(t.Removed), t.RemovedStrong).Bold(true),
		good:          fg(t.Good), warning: fg(t.Warning), alarm: fg(t.Alarm),
		banner:        on(fg(t.AlarmText), t.AlarmBackground).Bold(true).Reverse(t.AlarmBackground == ""),
		code:          fg(t.Code),
		heading:       fg(t.Accent).Bold(true),
		button:        on(fg(t.Text), t.Selection),
		buttonFocused: on(fg(t.AccentText), t.Accent).Bold(true),
	}
	s.severity = map[scanners.Severity]lipgloss.Style{
		scanners.Critical: fg(t.Severity.Critical).Bold(true),
		scanners.High:     fg(t.Severity.High),
		scanners.Medium:   fg(t.Severity.Medium),
		scanners.Low:      fg(t.Severity.Low),
		scanners.Info:     fg(t.Severity.Info),
	}
	return s
}

// severityGlyph gives each severity a shape of its own, so that it is never
// told by colour alone.
func severityGlyph(s scanners.Severity) string {
	switch s {
	case scanners.Critical:
		return "◆"
	case scanners.High:
		return "▲"
	case scanners.Medium:
		return "●"
	case scanners.Low:
		return "○"
	}
	return "·"
}

// severityWord is the severity's name, cut to four letters where room is scarce.
func severityWord(s scanners.Severity, width int) string {
	word := s.String()
	if width < len("◆ critical")-len("◆")+1 {
		word = map[scanners.Severity]string{scanners.Critical: "crit", scanners.Medium: "med"}[s]
		if word == "" {
			word = s.String()
		}
	}
	return severityGlyph(s) + " " + word
}

// severityText is the glyph and the word in the severity's colour.
func (s *styles) severityText(sev scanners.Severity) string {
	return s.severity[sev].Render(severityGlyph(sev) + " " + sev.String())
}

// statusLook is the glyph and the style of a check's status.
func statusLook(s *styles, status string) (string, lipgloss.Style) {
	switch scanners.Status(status) {
	case scanners.Pass:
		return "✓", s.good
	case scanners.Fail:
		return "✗", s.alarm
	case scanners.NotKnown:
		return "?", s.warning
	}
	return "…", s.faint
}
