package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
)

// save writes the listed entries to a file, as a report of changes in
// Markdown.
func (v *journalView) save() tea.Cmd {
	if len(v.rows) == 0 {
		v.app.flash(info, "there is no entry here to save")
		return nil
	}
	entries := slices.Clone(v.rows)
	slices.Reverse(entries) // the oldest first
	now := v.app.now()
	text := fixes.NewChangeReport(entries, v.app.opts.Checks, time.Time{}, now).Markdown()
	name := "kiln-changes-" + now.Format("20060102-150405") + ".md"
	return v.app.start(nil, "saving", func(context.Context) tea.Msg {
		path, err := writeText(name, text)
		return savedMsg{path, err}
	})
}
