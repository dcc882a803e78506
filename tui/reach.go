package tui

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/netpol"
	"kiln/scanners/network"
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

// reachMsg brings who may talk to whom.
type reachMsg struct {
	hood      *netpol.Neighbourhood
	standings []netpol.Standing
	// enforced is the result of the check that judges whether policies count.
	enforced scanners.CheckResult
	missing  []string
}

// openReach is the command reach [NAMESPACE].
func openReach(a *App, arg string) tea.Cmd {
	namespace := cleanOr(arg, a.namespace)
	if t := a.underCursor(); namespace == "" && t != nil {
		namespace = t.ref.Namespace
	}
	if namespace == "" || namespace == "all" {
		a.flash(info, "choose a namespace: m on it shows who may talk to whom")
		return showRoot(newNamespacesView)(a, "")
	}
	return a.openReachIn(namespace, kube.Ref{})
}

// openReachOf shows the namespace of an object, and the object if it is a
// workload there.
func (a *App) openReachOf(ref kube.Ref) tea.Cmd {
	switch {
	case ref.Kind == "Namespace":
		return a.openReachIn(ref.Name, kube.Ref{})
	case ref.Namespace == "":
		a.flash(info, ref.String()+" is in no namespace: it talks to nobody")
		return nil
	}
	return a.openReachIn(ref.Namespace, ref)
}

func (a *App) openReachIn(namespace string, selected kube.Ref) tea.Cmd {
	v := newReachView(a, namespace)
	v.selected = selected
	a.push(v)
	return v.start()
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

// standingsIn evaluates the policies of a namespace.
func standingsIn(ctx context.Context, s *snapshot, namespace string) (reachMsg, error) {
	msg := reachMsg{hood: netpol.NewNeighbourhood(s.inventory), missing: netpol.Missing(s.inventory)}
	msg.enforced = scanners.CheckResult{Status: scanners.NotKnown, Reason: "it hasn't been checked"}
	if r := s.result(network.NotEnforcedID); r != nil {
		msg.enforced = *r
	}
	for _, w := range msg.hood.In(namespace) {
		standing, err := msg.hood.Standing(ctx, w)
		if err != nil {
			return reachMsg{}, err
		}
		msg.standings = append(msg.standings, standing)
	}
	slices.SortStableFunc(msg.standings, func(a, b netpol.Standing) int { return openness(b) - openness(a) })
	return msg, nil
}

// openness puts what is most exposed first.
func openness(s netpol.Standing) int {
	n := len(s.In.Peers) + len(s.Out.Peers)
	if len(s.Doors) > 0 {
		n += s.In.Of
	}
	return n
}

// knowsReach says that the policies and what they select have been read, as
// far as they can be.
func (s *snapshot) knowsReach() bool {
	return s != nil && s.inventory != nil && !slices.ContainsFunc(netpol.Resources(), func(r kube.Resource) bool { return !s.inventory.Settled(r) })
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

// head says what the numbers below are worth.
func (v *reachView) head(width int) []string {
	s := v.app.styles
	lines := []string{" " + s.bold.Render(clip("Who may talk to whom in "+kube.Clean(v.namespace), width-2))}
	if v.result == nil {
		return lines
	}
	style := map[scanners.Status]func(...string) string{scanners.Pass: s.good.Render, scanners.Fail: s.alarm.Render}[v.result.enforced.Status]
	if style == nil {
		style = s.warning.Render
	}
	for _, line := range wrap(kube.Clean(network.EnforcementText(v.result.enforced)), width-2) {
		lines = append(lines, " "+style(line))
	}
	if only := v.app.opts.Namespace; only != "" {
		lines = append(lines, " "+s.warning.Render(clip("Only namespace "+kube.Clean(only)+" was read: workloads of others aren't counted.", width-2)))
	}
	if others := v.result.hood.Others().All(); len(others) > 0 {
		lines = append(lines, " "+s.warning.Render(clip("Not evaluated: "+refNames(others), width-2)))
	}
	for _, missing := range v.result.missing {
		lines = append(lines, " "+s.warning.Render(clip("Could not be read: "+missing, width-2)))
	}
	return lines
}

func refNames(refs []kube.Ref) string {
	texts := make([]string, 0, len(refs))
	for _, r := range refs {
		texts = append(texts, r.String())
	}
	return kube.Clean(strings.Join(texts, ", "))
}

func (v *reachView) render(width, height int) []string {
	head := v.head(width)
	head = head[:min(len(head), max(height-4, 1))]
	switch {
	case v.result == nil:
		return append(head, "", "  "+v.app.styles.muted.Render("reading the policies …"))
	case len(v.rows) == 0:
		return append(head, "", "  "+v.app.styles.text.Render(clip("No workload runs here.", width-4)))
	}
	return append(head, v.table.render(v.app.styles, width, height-len(head))...)
}

func (v *reachView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Open, k.Filter, k.YAML, k.Related, k.Back}
}

func (v *reachView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Reach", []key.Binding{k.Open, k.Filter}}, k.drilling(), k.moving()}
}
