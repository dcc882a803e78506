package tui

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners/netpol"
)

// reachView tells, for each workload of a namespace, who may talk to its pods
// and whom they may talk to.
type reachView struct {
	app       *App
	namespace string
	text      string
	// selected is the workload to put the cursor on at first.
	selected kube.Ref
	result   *reachMsg
	rows     []netpol.Standing
	table    table
}

func newReachView(a *App, namespace string) *reachView {
	v := &reachView{app: a, namespace: namespace}
	v.table = table{cell: v.cell, columns: []column{
		{title: "WORKLOAD", min: 14, good: 24, want: 44, flex: true},
		{title: "FROM", min: 8, good: 10, want: 12},
		{title: "TO", min: 8, good: 10, want: 12},
		{title: "INTERNET", min: 8, want: 8, drop: 1},
		{title: "METADATA", min: 8, want: 8, drop: 2},
		{title: "WAYS IN", min: 12, want: 26, drop: 3},
		{title: "POLICIES", min: 12, want: 30, drop: 4},
	}}
	return v
}

func (v *reachView) title() string { return "reach" }

func (v *reachView) start() tea.Cmd {
	s, namespace := v.app.snapshot, v.namespace
	if !s.knowsReach() {
		return nil
	}
	return v.app.start(v, "evaluating the policies", func(ctx context.Context) tea.Msg {
		msg, err := standingsIn(ctx, s, namespace)
		if err != nil {
			return nil // it was left
		}
		return msg
	})
}

func (v *reachView) onSnapshot() tea.Cmd {
	if !v.app.snapshot.complete {
		return nil
	}
	return v.start()
}

func (v *reachView) list() {
	selected := v.selected
	if t := v.target(); t != nil {
		selected = t.ref
	}
	v.rows = nil
	for _, s := range v.result.standings {
		if strings.Contains(strings.ToLower(s.Workload.Ref().String()), strings.ToLower(v.text)) {
			v.rows = append(v.rows, s)
		}
	}
	v.table.setRows(len(v.rows))
	if i := slices.IndexFunc(v.rows, func(s netpol.Standing) bool { return s.Workload.Ref() == selected }); i >= 0 {
		v.table.moveTo(i)
	}
}

func (v *reachView) setFilter(text string) (tea.Cmd, error) {
	v.text = text
	if v.result != nil {
		v.list()
	}
	return nil, nil
}

func (v *reachView) filterText() string { return v.text }

// target is the workload under the cursor, or nil.
func (v *reachView) target() *target {
	if len(v.rows) == 0 {
		return nil
	}
	return &target{ref: v.rows[v.table.cursor].Workload.Ref()}
}

func (v *reachView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case reachMsg:
		v.result = &msg
		v.list()
	case tea.MouseWheelMsg:
		v.table.onWheel(msg)
	case tea.MouseClickMsg:
		msg.Y -= len(v.head(v.app.width))
		if v.table.onClick(msg.Y) {
			v.open()
		}
	case tea.KeyPressMsg:
		switch {
		case v.table.onKey(msg, v.app.keys):
		case key.Matches(msg, v.app.keys.Open, v.app.keys.Reach):
			v.open()
		default:
			cmd, _ := v.app.drill(msg, v.target())
			return cmd
		}
	}
	return nil
}

// open goes to the workload's own page.
func (v *reachView) open() {
	if len(v.rows) > 0 {
		v.app.push(newNeighboursView(v.app, v.result, v.rows[v.table.cursor]))
	}
}

func (v *reachView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Open, k.Filter, k.YAML, k.Related, k.Back}
}

func (v *reachView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Reach", []key.Binding{k.Open, k.Filter}}, k.drilling(), k.moving()}
}
