package tui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"kiln/fixes"
	"kiln/kube"
)

// journalView lists what was applied, the newest first, and takes it back.
type journalView struct {
	listing[fixes.Entry]
	loaded bool
	// changed is when the journal was last written to, as it was read.
	changed time.Time
}

func newJournalView(a *App) *journalView {
	v := &journalView{}
	v.prepare(a, v, "journal entry", []column{
		{title: "WHEN", min: 11, want: 16, good: 11},
		{title: "STATE", min: 10, want: 13},
		{title: "WHAT", min: 13, good: 30, want: 60, flex: true},
		{title: "OBJECT", min: 16, good: 28, want: 40, drop: 1},
		{title: "CONTEXT", min: 10, want: 20, drop: 2},
		{title: "USER", min: 10, want: 24, drop: 3},
	})
	return v
}

func (v *journalView) title() string { return "journal" }

// entriesMsg brings the journal's entries, and what could not be read of it.
type entriesMsg struct {
	changed time.Time
	entries []fixes.Entry
	errs    []error
}

func (v *journalView) start() tea.Cmd {
	if v.app.session == nil || v.app.session.fixer == nil {
		return nil
	}
	journal := v.app.session.fixer.Journal
	return v.app.start(v, "reading the journal", func(context.Context) tea.Msg {
		return readEntries(journal)
	})
}

func readEntries(journal *fixes.Journal) entriesMsg {
	changed, err := journal.Changed() // before what may be written meanwhile
	entries, errs := journal.Entries()
	if err != nil {
		errs = append(errs, err)
	}
	return entriesMsg{changed, entries, errs}
}

func (v *journalView) onEntries(msg entriesMsg) {
	for _, err := range msg.errs {
		v.app.flash(failure, kube.Explain(err))
	}
	v.loaded, v.changed = true, msg.changed
	newest := slices.Clone(msg.entries)
	slices.Reverse(newest)
	v.setAll(newest)
}

// onSnapshot reads the journal once its cluster is there, and anew where
// another kiln has written to it: what it writes changes the cluster, too.
func (v *journalView) onSnapshot() tea.Cmd {
	if !v.loaded || v.app.session == nil || v.app.session.fixer == nil {
		return v.start()
	}
	journal, known := v.app.session.fixer.Journal, v.changed
	return v.app.start(v, "", func(context.Context) tea.Msg {
		if now, err := journal.Changed(); err == nil && now.Equal(known) {
			return nil
		}
		return readEntries(journal)
	})
}

func (v *journalView) id(e fixes.Entry) string { return e.ID }

func (v *journalView) words(e fixes.Entry) string {
	return e.ID + " " + e.Group + " " + e.Finding.Check
}

func (v *journalView) cell(e fixes.Entry, col, width int) cell {
	s := v.app.styles
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
		return cell{cleanOr(e.Title, e.Finding.Check), s.text}
	case 3:
		return cell{kube.Clean(e.Finding.Object.String()), s.muted}
	case 4:
		return cell{kube.Clean(e.Context), s.muted}
	}
	return cell{kube.Clean(e.User), s.muted}
}

// entryLook is the glyph and the style of a journal entry's state.
func entryLook(s *styles, e fixes.Entry) (string, lipgloss.Style) {
	switch e.State {
	case fixes.Applied:
		return "✓", s.good
	case fixes.Undone:
		return "↺", s.muted
	case fixes.Failed:
		return "✗", s.faint
	}
	return "!", s.warning
}

func (v *journalView) update(msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(entriesMsg); ok {
		v.onEntries(msg)
		return nil
	}
	return v.onInput(msg)
}

func (v *journalView) onRowKey(e fixes.Entry, msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case key.Matches(msg, keys.Undo):
		return v.open(e)
	case key.Matches(msg, keys.UndoBatch):
		return v.undoBatch(e)
	case key.Matches(msg, keys.Copy):
		return v.app.copy(e.ID)
	}
	cmd, _ := v.app.drill(msg, &target{ref: e.Finding.Object, check: e.Finding.Check})
	return cmd
}

// open previews the undo of an entry, or asks about an interrupted one. Why
// there is nothing to do is said.
func (v *journalView) open(e fixes.Entry) tea.Cmd {
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
		v.app.flash(info, "this was fixed by itself: "+shownKey(v.app.keys.Undo)+" takes it back")
		return nil
	}
	return v.app.openUndoBatch(e.Group)
}

func (v *journalView) status(width int) string {
	e, ok := v.selected()
	if !ok {
		return v.statusWith("", width)
	}
	text := fmt.Sprintf(" %s  %s  %s", e.ID, e.Mechanism, plural(len(e.Objects), "object"))
	if e.Group != "" {
		text += "  batch " + e.Group
	}
	if e.Error != "" {
		text += "  " + kube.Clean(e.Error)
	}
	return v.statusWith(text, width)
}

func (v *journalView) empty() string {
	return cmp.Or(v.app.notYet("the journal", v.loaded), "Nothing was applied yet. Every fix will stand here, with its way back.")
}

func (v *journalView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Undo, k.UndoBatch, k.Copy, k.Filter}
}

func (v *journalView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{
		{"Journal", []key.Binding{k.Open, k.Undo, k.UndoBatch, k.Copy, k.Filter}},
		k.drilling(), k.listing(),
	}
}
