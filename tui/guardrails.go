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

// guardrailsView lists what keeps checks fixed; guardrails are made firm, and
// removed, from here.
type guardrailsView struct {
	app    *App
	table  table
	text   string
	all    []fixes.Guardrail
	rows   []fixes.Guardrail
	loaded bool
}

func newGuardrailsView(a *App) *guardrailsView {
	v := &guardrailsView{app: a}
	v.table = table{cell: v.cell, columns: []column{
		{title: "STAGE", min: 7, want: 7},
		{title: "CHECK", min: 16, good: 26, want: 34},
		{title: "NAMESPACE", min: 10, want: 24},
		{title: "BY", min: 6, want: 6, drop: 2},
		{title: "NAME", min: 16, good: 28, want: 44, drop: 1},
		{title: "RULE", min: 12, want: 40, drop: 3, flex: true},
	}}
	v.table.sorting.rows = func() []int { return sortRows(&v.table, v.rows, 0) }
	return v
}

func (v *guardrailsView) title() string { return "guardrails" }

// guardrailsMsg brings those that are in force.
type guardrailsMsg struct {
	all []fixes.Guardrail
	err error
}

func (v *guardrailsView) start() tea.Cmd {
	if v.app.session == nil || v.app.session.fixer == nil {
		return nil
	}
	fixer := v.app.session.fixer
	return v.app.start(v, "reading the guardrails", func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, requestTimeout)
		defer cancel()
		all, err := fixer.Guardrails(ctx)
		return guardrailsMsg{all, err}
	})
}

// onSnapshot reads them again: what was written may have changed them.
func (v *guardrailsView) onSnapshot() tea.Cmd {
	if v.loaded && v.app.top() == view(v) {
		return v.start()
	}
	return nil
}

func (v *guardrailsView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case guardrailsMsg:
		v.all, v.loaded = msg.all, true
		if msg.err != nil {
			v.app.flash(failure, kube.Explain(msg.err))
		}
		v.list()
	case tea.MouseWheelMsg:
		v.table.onWheel(msg)
	case tea.MouseClickMsg:
		v.table.onClick(msg.Y)
	case tea.KeyPressMsg:
		return v.onKey(msg)
	}
	return nil
}

func (v *guardrailsView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case v.table.onKey(msg, keys):
	case len(v.rows) == 0:
	case key.Matches(msg, keys.Fix):
		g := v.rows[v.table.cursor]
		if g.Stage == fixes.Denies {
			v.app.flash(info, "it refuses already")
			return nil
		}
		return v.app.openGuard(fixes.GuardRequest{Check: g.Check, Namespace: g.Namespace, Stage: fixes.Denies, By: g.By})
	case key.Matches(msg, keys.Undo):
		return v.app.openUnguard(v.rows[v.table.cursor])
	case key.Matches(msg, keys.Lesson):
		return learn(v.app, v.rows[v.table.cursor].Check)
	case key.Matches(msg, keys.Copy):
		return v.app.copy(v.rows[v.table.cursor].Name)
	}
	return nil
}

func (v *guardrailsView) list() {
	v.rows = nil
	for _, g := range v.all {
		if strings.Contains(strings.ToLower(fmt.Sprint(g.Name, " ", g.Check, " ", g.Namespace, " ", g.Stage)), strings.ToLower(v.text)) {
			v.rows = append(v.rows, g)
		}
	}
	v.table.setRows(len(v.rows))
}

func (v *guardrailsView) setFilter(text string) (tea.Cmd, error) {
	v.text = text
	v.list()
	return nil, nil
}

func (v *guardrailsView) filterText() string { return v.text }

func (v *guardrailsView) cell(row, col, _ int) cell {
	g, s := v.rows[row], v.app.styles
	switch col {
	case 0:
		if g.Stage == fixes.Denies {
			return cell{"■ deny", s.good}
		}
		return cell{"□ warn", s.warning}
	case 1:
		if g.Level != "" {
			return cell{"Pod Security " + g.Level, s.text}
		}
		return cell{g.Check, s.text}
	case 2:
		return cell{kube.Clean(cleanOr(g.Namespace, "(all)")), s.text}
	case 3:
		return cell{string(g.By), s.muted}
	case 4:
		return cell{kube.Clean(g.Name), s.muted}
	}
	switch {
	case len(g.Warnings) > 0:
		return cell{"! " + strings.Join(g.Warnings, "; "), s.alarm}
	case !g.Checked:
		return cell{"not checked yet", s.muted}
	}
	return cell{"ok", s.muted}
}

func (v *guardrailsView) render(width, height int) []string {
	if len(v.rows) > 0 {
		return v.table.render(v.app.styles, width, height)
	}
	text := "No guardrail is in force. On a finding, " + v.app.keys.Keep.Help().Key + " keeps its check fixed."
	switch {
	case v.text != "":
		text = "No guardrail matches /" + v.text + "."
	case v.app.session == nil:
		text = "Not connected: the guardrails are read with their cluster."
	case !v.loaded:
		text = "Reading the guardrails …"
	}
	return append([]string{""}, indent(wrapStyled(v.app.styles.text, text, width-4), 2)...)
}

func (v *guardrailsView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{meaning(k.Fix, "refuse, not only warn"), meaning(k.Undo, "remove"), k.Lesson, k.Filter}
}

func (v *guardrailsView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Guardrails", append(v.hints(), k.Copy)}, k.listing()}
}

// meaning is a key that does here what its name elsewhere doesn't tell.
func meaning(b key.Binding, desc string) key.Binding {
	b.SetHelp(b.Help().Key, desc)
	return b
}
