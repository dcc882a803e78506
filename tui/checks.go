package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners"
)

// checksView lists every check and how it ended: also those that passed, and
// those that nothing is known of.
type checksView struct {
	listing[checkRow]
}

// checkRow is a check, and its result where there is one yet.
type checkRow struct {
	check  scanners.Check
	result *scanners.CheckResult
}

func newChecksView(a *App) *checksView {
	widest := 0
	for _, c := range a.opts.Checks {
		widest = max(widest, len(c.ID))
	}
	v := &checksView{}
	v.prepare(a, v, "check", []column{
		{title: "STATUS", min: 9, want: 9},
		{title: "CHECK", min: 20, want: clamp(widest, 20, 36)},
		{title: "SEVERITY", min: 10, want: 10, drop: 2},
		{title: "FINDINGS", min: 8, want: 8, drop: 1},
		{title: "WHAT IS WRONG, OR WHY IT ISN'T KNOWN", min: 20, want: 60, drop: 1, flex: true},
	})
	v.read()
	return v
}

func (v *checksView) title() string { return "checks" }

func (v *checksView) onSnapshot() tea.Cmd {
	v.read()
	return nil
}

func (v *checksView) read() {
	var all []checkRow
	for _, c := range v.app.opts.Checks {
		row := checkRow{check: c}
		if v.app.snapshot != nil {
			row.result = v.app.snapshot.result(c.ID)
		}
		all = append(all, row)
	}
	v.setAll(all)
}

func (v *checksView) id(r checkRow) string { return r.check.ID }

func (v *checksView) words(r checkRow) string { return r.check.Title }

// outcome is the check's status as a word, and its reason or title.
func (r checkRow) outcome() (word, reason string) {
	if r.result == nil {
		return "waiting", r.check.Title
	}
	reason = kube.Clean(r.result.Reason)
	if reason == "" {
		reason = r.check.Title
	}
	return string(r.result.Status), reason
}

func (v *checksView) cell(r checkRow, col, width int) cell {
	s := v.app.styles
	word, reason := r.outcome()
	glyph, style := statusLook(s, word)
	switch col {
	case 0:
		return cell{glyph + " " + word, style}
	case 1:
		return cell{r.check.ID, s.text}
	case 2:
		return cell{severityWord(r.check.Severity, width), s.severity[r.check.Severity]}
	case 3:
		if r.result == nil || len(r.result.Findings) == 0 {
			return cell{"       –", s.faint}
		}
		return cell{padLeft(groupDigits(len(r.result.Findings)), 8), s.text}
	}
	return cell{reason, s.muted}
}

func (v *checksView) update(msg tea.Msg) tea.Cmd { return v.onInput(msg) }

// open is the check's lesson.
func (v *checksView) open(r checkRow) tea.Cmd {
	v.app.push(newLessonView(v.app, r.check))
	return nil
}

func (v *checksView) onRowKey(r checkRow, msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(msg, v.app.keys.Lesson):
		return v.open(r)
	case key.Matches(msg, v.app.keys.Copy):
		return v.app.copy(r.check.ID)
	case key.Matches(msg, v.app.keys.Related):
		return v.app.openCheck(r.check.ID, "")
	}
	return nil
}

func (v *checksView) status(width int) string {
	r, ok := v.selected()
	if !ok {
		return v.statusWith("", width)
	}
	_, reason := r.outcome()
	return v.statusWith(" "+reason, width)
}

func (v *checksView) empty() string { return "kiln was started without any check." }

func (v *checksView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Lesson, helped(k.Related, "its findings"), k.Copy, k.Filter}
}

func (v *checksView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Checks", []key.Binding{k.Lesson, helped(k.Related, "its findings"), k.Copy, k.Filter}}, k.listing()}
}

// check finds a check by its ID; an unknown one has only that.
func (a *App) check(id string) scanners.Check {
	for _, c := range a.opts.Checks {
		if c.ID == id {
			return c
		}
	}
	return scanners.Check{ID: id, Title: id}
}
