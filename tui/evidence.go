package tui

import (
	"cmp"
	"context"
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// evidenceView shows what probes saw of a workload's containers, a probe at a
// time, and probes anew.
type evidenceView struct {
	app    *App
	target target

	// all are the probes, the latest first; at is the one that is shown.
	all     []kube.Evidence
	at      int
	loaded  bool
	problem string
	pager   pager
}

// evidenceMsg brings what is kept.
type evidenceMsg struct {
	all []kube.Evidence
	err error
}

// openProbe shows what is known of a workload, or of a node, from probes.
func (a *App) openProbe(t target) tea.Cmd {
	if t.ref.Kind == "Node" {
		return a.openNodeProbe(t.ref.Name)
	}
	if a.session.fixer == nil {
		a.flash(failure, "nothing can be added without the journal: "+kube.Explain(a.session.fixerErr))
		return nil
	}
	v := &evidenceView{app: a, target: t, pager: newPager()}
	a.push(v)
	return v.start()
}

func (v *evidenceView) title() string { return "evidence" }

// start reads what is kept.
func (v *evidenceView) start() tea.Cmd {
	fixer, t, inv := v.app.session.fixer, v.target, cmp.Or(v.app.inventory(), &kube.Inventory{})
	return v.app.start(v, "reading the evidence", func(context.Context) tea.Msg {
		all, err := fixer.EvidenceOf(t.ref, t.container, inv)
		return evidenceMsg{all, err}
	})
}

func (v *evidenceView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case evidenceMsg:
		v.all, v.loaded, v.at, v.problem = msg.all, true, 0, kube.Explain(msg.err)
		v.pager.toTop()
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	case tea.KeyPressMsg:
		return v.onKey(msg)
	}
	return nil
}

func (v *evidenceView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case key.Matches(msg, keys.Probe), key.Matches(msg, keys.Open):
		return v.app.openDebugView(v.target, true)
	case key.Matches(msg, keys.Next) && v.at+1 < len(v.all):
		v.at++
		v.pager.toTop()
	case key.Matches(msg, keys.Previous) && v.at > 0:
		v.at--
		v.pager.toTop()
	default:
		v.pager.onKey(msg, keys)
	}
	return nil
}

func (v *evidenceView) render(width, height int) []string {
	s := v.app.styles
	room := min(width-5, 120)
	lines := []string{"", s.bold.Render(clip("What probes saw of "+kube.Clean(v.target.ref.String()), room))}
	switch {
	case v.problem != "":
		lines = append(lines, wrapStyled(s.warning, v.problem, room)...)
	case !v.loaded:
		lines = append(lines, s.muted.Render("reading the evidence …"))
	case len(v.all) == 0:
		text := "Nobody has looked yet at how it runs. A probe sees, from an ephemeral container, as whom it runs, where it writes, what it listens at and " +
			"whom it talks to; it only reads, and takes less than ten seconds. Fixes use it."
		lines = append(lines, "")
		lines = append(lines, wrapStyled(s.text, text, min(room, readingWidth))...)
	default:
		e := v.all[v.at]
		lines = append(lines, s.muted.Render(clip(fmt.Sprintf("probe %d of %d, the latest first; %s", v.at+1, len(v.all), v.app.since(e.Time)), room)), "")
		lines = append(lines, factLines(s, e.Facts(), room)...)
	}
	lines = append(lines, "", s.accent.Render("enter")+s.text.Render(" looks now"))
	v.pager.setLines(indent(lines, 2))
	return v.pager.render(s, width, height)
}

func (v *evidenceView) hints() []key.Binding {
	k := v.app.keys
	look := helped(k.Open, "look now")
	if len(v.all) < 2 {
		return []key.Binding{look, k.Back}
	}
	return []key.Binding{look, helped(k.Next, "an earlier probe"), helped(k.Previous, "a later one"), k.Back}
}

func (v *evidenceView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Evidence", append(v.hints(), helped(k.Probe, "look now"))}, k.moving()}
}
