package tui

import (
	"cmp"
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners/netpol"
)

// reachView tells, for each workload of a namespace, who may talk to its pods
// and whom they may talk to.
type reachView struct {
	listing[netpol.Standing]
	namespace string
	// first is the workload to put the cursor on when the answer comes.
	first  kube.Ref
	result *reachMsg
}

func newReachView(a *App, namespace string, first kube.Ref) *reachView {
	v := &reachView{namespace: namespace, first: first}
	v.prepare(a, v, "workload", []column{
		{title: "WORKLOAD", min: 14, good: 24, want: 44, flex: true},
		{title: "FROM", min: 8, good: 10, want: 12},
		{title: "TO", min: 8, good: 10, want: 12},
		{title: "INTERNET", min: 8, want: 8, drop: 1},
		{title: "METADATA", min: 8, want: 8, drop: 2},
		{title: "WAYS IN", min: 12, want: 26, drop: 3},
		{title: "POLICIES", min: 12, want: 30, drop: 4},
	})
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

func (v *reachView) id(s netpol.Standing) string { return s.Workload.Ref().String() }

// target is the workload under the cursor, or nil.
func (v *reachView) target() *target {
	if s, ok := v.selected(); ok {
		return &target{ref: s.Workload.Ref()}
	}
	return nil
}

func (v *reachView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case reachMsg:
		opened := v.result == nil
		v.result = &msg
		v.setAll(msg.standings)
		if opened {
			v.moveTo(v.first.String())
		}
		return nil
	case tea.MouseClickMsg:
		msg.Y -= len(v.head(v.app.width))
		return v.onInput(msg)
	}
	return v.onInput(msg)
}

// open goes to the workload's own page.
func (v *reachView) open(s netpol.Standing) tea.Cmd {
	openNeighbours(v.app, v.result, s.Workload)
	return nil
}

func (v *reachView) onRowKey(s netpol.Standing, msg tea.KeyPressMsg) tea.Cmd {
	if key.Matches(msg, v.app.keys.Reach) {
		return v.open(s)
	}
	cmd, _ := v.app.drill(msg, &target{ref: s.Workload.Ref()})
	return cmd
}

func (v *reachView) empty() string {
	return cmp.Or(v.app.notYet("the policies", v.result != nil), "No workload runs here.")
}

func (v *reachView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Open, k.Filter, k.YAML, k.Related, k.Back}
}

func (v *reachView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Reach", []key.Binding{k.Open, k.Filter}}, k.drilling(), k.listing()}
}
