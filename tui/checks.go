package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners"
)

// checksView lists every check and how it ended: also those that passed, and
// those that nothing is known of.
type checksView struct {
	app   *App
	table table
	text  string
	rows  []checkRow
}

// checkRow is a check, and its result where there is one yet.
type checkRow struct {
	check  scanners.Check
	result *scanners.CheckResult
}

func newChecksView(a *App) *checksView {
	v := &checksView{app: a}
	v.table = table{cell: v.cell}
	v.table.sorting.rows = func() []int { return sortRows(&v.table, v.rows, 0) }
	v.list()
	return v
}

func (v *checksView) title() string { return "checks" }

func (v *checksView) onSnapshot() tea.Cmd {
	v.list()
	return nil
}

func (v *checksView) list() {
	v.rows = nil
	widest := 0
	for _, c := range v.app.opts.Checks {
		row := checkRow{check: c}
		if v.app.snapshot != nil {
			row.result = v.app.snapshot.result(c.ID)
		}
		word, reason := row.outcome()
		if strings.Contains(strings.ToLower(c.ID+" "+word+" "+c.Title+" "+reason), strings.ToLower(v.text)) {
			v.rows = append(v.rows, row)
		}
		widest = max(widest, len(c.ID))
	}
	v.table.columns = []column{
		{title: "STATUS", min: 9, want: 9},
		{title: "CHECK", min: 20, want: clamp(widest, 20, 36)},
		{title: "SEVERITY", min: 10, want: 10, drop: 2},
		{title: "FINDINGS", min: 8, want: 8, drop: 1},
		{title: "WHAT IS WRONG, OR WHY IT ISN'T KNOWN", min: 20, want: 60, drop: 1, flex: true},
	}
	v.table.setRows(len(v.rows))
}

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

func (v *checksView) setFilter(text string) (tea.Cmd, error) {
	v.text = text
	v.list()
	return nil, nil
}

func (v *checksView) filterText() string { return v.text }

func (v *checksView) cell(row, col, width int) cell {
	r, s := v.rows[row], v.app.styles
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

func (v *checksView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		v.table.onWheel(msg)
	case tea.MouseClickMsg:
		if v.table.onClick(msg.Y) {
			return v.open()
		}
	case tea.KeyPressMsg:
		keys := v.app.keys
		switch {
		case v.table.onKey(msg, keys):
		case v.table.rows == 0:
		case key.Matches(msg, keys.Lesson):
			return v.open()
		case key.Matches(msg, keys.Copy):
			return v.app.copy(v.rows[v.table.cursor].check.ID)
		}
	}
	return nil
}

func (v *checksView) open() tea.Cmd {
	v.app.push(newLessonView(v.app, v.rows[v.table.cursor].check))
	return nil
}

func (v *checksView) status(width int) string {
	if len(v.rows) == 0 {
		return ""
	}
	_, reason := v.rows[v.table.cursor].outcome()
	return v.app.styles.muted.Render(clip(" "+reason, width))
}

func (v *checksView) render(width, height int) []string {
	if len(v.rows) == 0 {
		return []string{"", "  " + v.app.styles.text.Render("No check matches /"+v.text+".")}
	}
	return v.table.render(v.app.styles, width, height)
}

func (v *checksView) hints() []key.Binding {
	return []key.Binding{v.app.keys.Lesson, v.app.keys.Copy, v.app.keys.Filter}
}

func (v *checksView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Checks", []key.Binding{k.Lesson, k.Copy, k.Filter}}, k.listing()}
}
