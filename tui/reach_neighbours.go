package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"kiln/kube"
	"kiln/scanners/netpol"
)

// neighboursView is one workload's page of the reachability: the policies that
// select it, the ways in, and each workload that it may talk with.
type neighboursView struct {
	listing[neighbourRow]
	result   *reachMsg
	standing netpol.Standing
}

// neighbourRow is a policy, a way in, or a workload at the other end.
type neighbourRow struct {
	mark, what string
	style      lipgloss.Style
	ref        kube.Ref
	detail     string
	// peer is set for a workload that has a page of its own.
	peer *kube.Workload
}

func newNeighboursView(a *App, result *reachMsg, standing netpol.Standing) *neighboursView {
	v := &neighboursView{result: result, standing: standing}
	v.prepare(a, v, "neighbour", []column{
		{title: "", min: 10, want: 14},
		{title: "OBJECT", min: 16, good: 26, want: 44},
		{title: "NAMESPACE", min: 9, want: 18, drop: 1},
		{title: "PORTS", min: 12, want: 50, drop: 2, flex: true},
	})
	v.setAll(v.neighbours())
	return v
}

// openNeighbours pushes a workload's page, unless kiln is being left.
func openNeighbours(a *App, result *reachMsg, w *kube.Workload) {
	if standing, err := result.hood.Standing(a.ctx, w); err == nil {
		a.push(newNeighboursView(a, result, standing))
	}
}

func (v *neighboursView) title() string { return clip(kube.Clean(v.standing.Workload.Ref().Name), 30) }

// neighbours are what decides, then who gets through.
func (v *neighboursView) neighbours() []neighbourRow {
	s, r := v.app.styles, v.standing
	var rows []neighbourRow
	add := func(mark, what string, style lipgloss.Style, ref kube.Ref, detail string, peer *kube.Workload) {
		rows = append(rows, neighbourRow{mark, what, style, ref, detail, peer})
	}
	for _, p := range slices.Concat(r.In.Policies, r.Out.Policies) {
		ref := kube.RefOf(p)
		if !slices.ContainsFunc(rows, func(row neighbourRow) bool { return row.ref == ref }) {
			add("◇", "policy", s.accent, ref, "", nil)
		}
	}
	for _, ref := range r.Others {
		add("?", "not judged", s.warning, ref, "kiln doesn't evaluate policies of this kind", nil)
	}
	for _, d := range r.Doors {
		add("⇐", "way in", s.warning, d.Object, d.Kind+" from outside", nil)
	}
	for _, p := range r.In.Peers {
		add("←", "from", s.text, p.Workload.Ref(), v.result.hood.PortsText(r.Workload, p.Ports), p.Workload)
	}
	for _, p := range r.Out.Peers {
		add("→", "to", s.text, p.Workload.Ref(), v.result.hood.PortsText(p.Workload, p.Ports), p.Workload)
	}
	return rows
}

func (v *neighboursView) id(r neighbourRow) string { return r.what + " " + r.ref.String() }

func (v *neighboursView) target() *target {
	if r, ok := v.selected(); ok {
		return &target{ref: r.ref}
	}
	return nil
}

func (v *neighboursView) update(msg tea.Msg) tea.Cmd {
	if click, ok := msg.(tea.MouseClickMsg); ok {
		click.Y -= len(v.head(v.app.width))
		return v.onInput(click)
	}
	return v.onInput(msg)
}

// open goes to a policy's YAML, or to the other workload's page.
func (v *neighboursView) open(row neighbourRow) tea.Cmd {
	if row.peer == nil {
		return v.app.openYAML(row.ref, "spec")
	}
	openNeighbours(v.app, v.result, row.peer)
	return nil
}

func (v *neighboursView) onRowKey(row neighbourRow, msg tea.KeyPressMsg) tea.Cmd {
	cmd, _ := v.app.drill(msg, &target{ref: row.ref})
	return cmd
}

func (v *neighboursView) empty() string { return "Nobody gets through, either way." }

func (v *neighboursView) cell(r neighbourRow, col, _ int) cell {
	s := v.app.styles
	switch col {
	case 0:
		return cell{r.mark + " " + r.what, r.style}
	case 1:
		return cell{kube.Clean(r.ref.Kind + "/" + r.ref.Name), s.text}
	case 2:
		return cell{kube.Clean(r.ref.Namespace), s.muted}
	}
	return cell{kube.Clean(r.detail), s.muted}
}

// head is the workload's standing in sentences.
func (v *neighboursView) head(width int) []string {
	s, r := v.app.styles, v.standing
	lines := []string{" " + s.bold.Render(clip(kube.Clean(r.Workload.Ref().String()), width-2))}
	say := func(style lipgloss.Style, label, text string) {
		lines = append(lines, " "+s.muted.Render(fit(label, 10))+style.Render(clip(kube.Clean(text), width-12)))
	}
	if !r.Governed {
		say(s.alarm, "", "on the node's own network: no policy reaches these pods")
	}
	say(sideCell(s, r.In).style, "From", r.In.Who()+openText(r.In))
	if len(r.Doors) > 0 {
		say(s.warning, "Outside", r.In.World.String()+" by "+doorsText(r))
	}
	say(sideCell(s, r.Out).style, "To", r.Out.Who()+openText(r.Out))
	say(yesCell(s, r.Out.World.Internet).style, "Internet", r.Out.World.String())
	metadata := map[bool]string{true: "169.254.169.254 can be asked: clouds hand out the node's credentials there", false: "169.254.169.254 can't be asked"}
	say(yesCell(s, r.Metadata).style, "Metadata", metadata[r.Metadata])
	return lines
}

// openText says that nothing limits a direction.
func openText(side netpol.Side) string {
	if len(side.Policies) == 0 {
		return "; no policy says otherwise"
	}
	return ""
}

func (v *neighboursView) render(width, height int) []string {
	head := v.head(width)
	head = head[:min(len(head), max(height-4, 1))]
	return append(head, v.listing.render(width, height-len(head))...)
}

func (v *neighboursView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Open, k.Filter, k.YAML, k.Related, k.Back}
}

func (v *neighboursView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Neighbours", []key.Binding{k.Open, k.Filter}}, k.drilling(), k.listing()}
}
