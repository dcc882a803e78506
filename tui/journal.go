package tui

import (
	"context"
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
)

// journalView lists what was applied, the newest first, and takes it back.
type journalView struct {
	app     *App
	table   table
	text    string
	entries []fixes.Entry
	rows    []fixes.Entry
	loaded  bool
}

func newJournalView(a *App) *journalView {
	v := &journalView{app: a}
	v.table = table{cell: v.cell, columns: []column{
		{title: "WHEN", min: 11, want: 16, good: 11},
		{title: "STATE", min: 10, want: 13},
		{title: "WHAT", min: 13, good: 30, want: 60, flex: true},
		{title: "OBJECT", min: 16, good: 28, want: 40, drop: 1},
		{title: "CONTEXT", min: 10, want: 20, drop: 2},
		{title: "USER", min: 10, want: 24, drop: 3},
	}}
	v.table.sorting.rows = func() []int { return sortRows(&v.table, v.rows, 0) }
	return v
}

func (v *journalView) title() string { return "journal" }

// entriesMsg brings the journal's entries, and what could not be read of it.
type entriesMsg struct {
	entries []fixes.Entry
	errs    []error
}

func (v *journalView) start() tea.Cmd {
	if v.app.session == nil || v.app.session.fixer == nil {
		return nil
	}
	journal := v.app.session.fixer.Journal
	return v.app.start(v, "reading the journal", func(context.Context) tea.Msg {
		entries, errs := journal.Entries()
		return entriesMsg{entries, errs}
	})
}

func (v *journalView) onEntries(msg entriesMsg) {
	for _, err := range msg.errs {
		v.app.flash(failure, kube.Explain(err))
	}
	v.entries, v.loaded = nil, true
	for i := len(msg.entries) - 1; i >= 0; i-- {
		v.entries = append(v.entries, msg.entries[i])
	}
	v.list()
}

func (v *journalView) list() {
	v.rows = nil
	for _, e := range v.entries {
		text := fmt.Sprint(e.ID, " ", e.Title, " ", e.Finding.Object, " ", e.State, " ", e.Context, " ", e.User)
		if strings.Contains(strings.ToLower(text), strings.ToLower(v.text)) {
			v.rows = append(v.rows, e)
		}
	}
	v.table.setRows(len(v.rows))
}

func (v *journalView) setFilter(text string) (tea.Cmd, error) {
	v.text = text
	v.list()
	return nil, nil
}

func (v *journalView) filterText() string { return v.text }

func (v *journalView) cell(row, col, width int) cell {
	e, s := v.rows[row], v.app.styles
	switch col {
	case 0:
		format := "2006-01-02 15:04"
		if width < len(format) {
			format = "01-02 15:04"
		}
		return cell{e.Time.In(v.app.now().Location()).Format(format), s.muted}
	case 1:
		glyph, style := entryLook(s, e)
		word := string(e.State)
		if v.app.interrupted(e.ID) != nil {
			word = "interrupted"
		}
		return cell{glyph + " " + word, style}
	case 2:
		return cell{kube.Clean(cleanOr(e.Title, e.Finding.Check)), s.text}
	case 3:
		return cell{kube.Clean(e.Finding.Object.String()), s.muted}
	case 4:
		return cell{kube.Clean(e.Context), s.muted}
	}
	return cell{kube.Clean(e.User), s.muted}
}

func (v *journalView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case entriesMsg:
		v.onEntries(msg)
	case tea.MouseWheelMsg:
		v.table.onWheel(msg)
	case tea.MouseClickMsg:
		v.table.onClick(msg.Y)
	case tea.KeyPressMsg:
		keys := v.app.keys
		switch {
		case v.table.onKey(msg, keys):
		case v.table.rows == 0:
		case key.Matches(msg, keys.Undo, keys.Open):
			return v.act(v.rows[v.table.cursor])
		case key.Matches(msg, keys.UndoBatch):
			return v.undoBatch(v.rows[v.table.cursor])
		case key.Matches(msg, keys.Copy):
			return v.app.copy(v.rows[v.table.cursor].ID)
		}
	}
	return nil
}

// act previews the undo of an entry, or asks about an interrupted one. Why
// there is nothing to do is said.
func (v *journalView) act(e fixes.Entry) tea.Cmd {
	if r := v.app.interrupted(e.ID); r != nil {
		v.app.push(newRecoveryView(v.app, *r))
		return nil
	}
	switch e.State {
	case fixes.Undone:
		v.app.flash(info, "this was taken back already")
	case fixes.Failed:
		v.app.flash(info, "this was never applied: "+e.Error)
	default:
		return v.app.openUndo(e)
	}
	return nil
}

// undoBatch previews taking back all that was fixed together with an entry.
func (v *journalView) undoBatch(e fixes.Entry) tea.Cmd {
	if e.Group == "" {
		v.app.flash(info, "this was fixed by itself: u takes it back")
		return nil
	}
	return v.app.openUndoBatch(e.Group)
}

func (v *journalView) status(width int) string {
	if len(v.rows) == 0 {
		return ""
	}
	e := v.rows[v.table.cursor]
	text := fmt.Sprintf(" %s  %s  %s", e.ID, e.Mechanism, plural(len(e.Objects), "object"))
	if e.Group != "" {
		text += "  batch " + e.Group
	}
	if e.Error != "" {
		text += "  " + kube.Clean(e.Error)
	}
	return v.app.styles.muted.Render(clip(text, width))
}

func (v *journalView) render(width, height int) []string {
	if len(v.rows) > 0 {
		return v.table.render(v.app.styles, width, height)
	}
	text := "Nothing was applied yet. Every fix will stand here, with its way back."
	switch {
	case v.text != "":
		text = "No entry matches /" + v.text + "."
	case v.app.session == nil:
		text = "Not connected: the journal is read with its cluster."
	case !v.loaded:
		text = "Reading the journal …"
	}
	return append([]string{""}, indent(wrapStyled(v.app.styles.text, text, width-4), 2)...)
}

func (v *journalView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Undo, k.UndoBatch, k.Copy, k.Filter}
}

func (v *journalView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Journal", []key.Binding{k.Undo, k.UndoBatch, k.Copy, k.Filter}}, k.listing()}
}
