package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// pathView is the guided path: through the six layers, by what is wrong in
// this very cluster.
type pathView struct {
	app   *App
	table table
	stops []pathStop
}

// openPath is the command learn path; "reset" forgets the progress.
func openPath(a *App, arg string) tea.Cmd {
	if arg == "reset" {
		a.ask(question{
			title: "Begin the path anew?", text: "What you have done on it is forgotten; the cluster stays as it is.", accept: "Begin anew",
			confirm: func() tea.Cmd {
				a.path = newPathProgress()
				a.push(newPathView(a))
				return a.start(nil, "", func(ctx context.Context) tea.Msg { return keptMsg{newPathProgress().write(ctx)} })
			},
		})
		return nil
	}
	if arg != "" {
		a.flash(warning, "learn path takes reset, or nothing")
		return nil
	}
	var err error
	if a.path, err = readPathProgress(); err != nil {
		a.flash(failure, kube.Clean(err.Error()))
		return nil
	}
	a.push(newPathView(a))
	return nil
}

func newPathView(a *App) *pathView {
	v := &pathView{app: a}
	v.table = table{cell: v.cell, columns: []column{
		{title: "LAYER", min: 7, want: 7},
		{title: "DONE", min: 6, want: 6},
		{title: "STOP", min: 20, good: 26, want: 34},
		{title: "FINDINGS", min: 8, want: 8, drop: 1},
		{title: "NEXT", min: 12, good: 16, want: 40, drop: 2, flex: true},
	}}
	v.list()
	v.toNext(0)
	return v
}

func (v *pathView) title() string { return "path" }

// list makes the stops anew; the cursor stays where it is.
func (v *pathView) list() {
	v.stops = nil
	if s := v.app.snapshot; s != nil {
		v.stops = pathStops(s, v.app.path, v.app.guardedChecks())
	}
	v.table.setRows(len(v.stops))
}

// toNext puts the cursor on the first stop from there on that isn't done, or on
// one that was left before it.
func (v *pathView) toNext(from int) {
	for i := range v.stops {
		at := (from + i) % len(v.stops)
		if _, more := v.stops[at].next(v.app.path); more {
			v.table.moveTo(at)
			return
		}
	}
}

// passStep notes that a step of a stop is done.
func (a *App) passStep(p pathStop, step pathStep) tea.Cmd {
	if slices.Contains(a.path.Done[p.key()], string(step)) {
		return nil
	}
	a.path.Done[p.key()] = append(a.path.Done[p.key()], string(step))
	return a.keepPath()
}

// keptMsg says whether the progress could be written.
type keptMsg struct{ err error }

// keepPath writes how far the reader has come.
func (a *App) keepPath() tea.Cmd {
	copied := a.path
	copied.Done = maps.Clone(a.path.Done)
	return a.start(nil, "", func(ctx context.Context) tea.Msg { return keptMsg{copied.keep(ctx)} })
}

func (v *pathView) onSnapshot() tea.Cmd {
	v.list()
	return nil
}

func (v *pathView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		v.table.onWheel(msg)
	case tea.MouseClickMsg:
		if v.table.onClick(msg.Y - pathHeadLines) {
			return v.open()
		}
	case tea.KeyPressMsg:
		if !v.table.onKey(msg, v.app.keys) && key.Matches(msg, v.app.keys.Open) {
			return v.open()
		}
	}
	return nil
}

func (v *pathView) open() tea.Cmd {
	if len(v.stops) == 0 {
		return nil
	}
	stop := newPathStopView(v.app, v.stops[v.table.cursor])
	v.app.push(stop)
	return stop.enter()
}

func (v *pathView) cell(row, col, _ int) cell {
	p, s := v.stops[row], v.app.styles
	done := v.app.path
	step, more := p.next(done)
	switch col {
	case 0:
		if p.check != nil {
			return cell{"", s.faint}
		}
		return cell{string(p.layer), s.bold}
	case 1:
		n := len(done.Done[p.key()])
		marks := strings.Repeat("●", n) + strings.Repeat("○", max(len(p.steps())-n, 0))
		if !more {
			return cell{"✓ " + marks, s.good}
		}
		return cell{"  " + marks, s.accent}
	case 2:
		if p.check == nil {
			return cell{"what it is, how it is attacked", s.text}
		}
		return cell{severityGlyph(p.check.Severity) + " " + p.check.ID, s.severity[p.check.Severity]}
	case 3:
		if p.check == nil {
			return cell{"", s.faint}
		}
		return cell{padLeft(groupDigits(len(p.findings)), 8), s.muted}
	}
	if !more {
		return cell{"done", s.good}
	}
	return cell{stepWords(step), s.muted}
}

func stepWords(step pathStep) string {
	return map[pathStep]string{
		readIt: "read the lesson", findIt: "find it yourself", fixIt: "fix it", keepOut: "see it refused next time",
	}[step]
}

// pathHeadLines are above the table.
const pathHeadLines = 2

func (v *pathView) render(width, height int) []string {
	s := v.app.styles
	if len(v.stops) == 0 {
		return []string{"", "  " + s.muted.Render("The path begins when the cluster has been scanned.")}
	}
	done, all := 0, 0
	progress := v.app.path
	for _, p := range v.stops {
		done, all = done+len(progress.Done[p.key()]), all+len(p.steps())
	}
	return append([]string{" " + s.bold.Render(clip(v.headline(done, all), width-2)), ""}, v.table.render(s, width, height-pathHeadLines)...)
}

func (v *pathView) headline(done, all int) string {
	switch {
	case done == all:
		return fmt.Sprintf("The path is done: all %d steps, through the six layers of this cluster", all)
	case !slices.ContainsFunc(v.stops, func(p pathStop) bool { return p.check != nil }):
		return fmt.Sprintf("%d of %d steps done; kiln found nothing to fix, so there is only to read", done, all)
	}
	return fmt.Sprintf("%d of %d steps done on the path through the six layers of this cluster", done, all)
}

func (v *pathView) hints() []key.Binding { return []key.Binding{v.app.keys.Open, v.app.keys.Back} }

func (v *pathView) help() []keyGroup {
	return []keyGroup{{"Path (:learn path reset begins anew)", []key.Binding{v.app.keys.Open}}, v.app.keys.moving()}
}
