package tui

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// describeView tells of one object: what it may do, how it is, what happened
// to it, and what kiln finds wrong with it.
type describeView struct {
	app     *App
	ref     kube.Ref
	about   *description
	problem string
	pager
	version int
}

func (a *App) openDescription(ref kube.Ref) tea.Cmd {
	v := &describeView{app: a, ref: ref, pager: newPager()}
	a.push(v)
	return v.start()
}

func (v *describeView) title() string { return "describe" }

// describedMsg brings a description, or why there is none.
type describedMsg struct {
	about   description
	problem string
}

func (v *describeView) start() tea.Cmd {
	session, ref := v.app.session, v.ref
	if session == nil {
		return nil
	}
	return v.app.start(v, "reading the object", func(ctx context.Context) tea.Msg {
		about, err := session.describe(ctx, ref)
		if err != nil {
			return describedMsg{problem: kube.Explain(err)}
		}
		return describedMsg{about: about}
	})
}

func (v *describeView) concernedBy(d *delta) bool { return d.concerns(v.ref) }

// onSnapshot reads the object again: it may have changed as well.
func (v *describeView) onSnapshot() tea.Cmd {
	v.version++
	if !v.app.snapshot.complete {
		return nil
	}
	return v.start()
}

func (v *describeView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case describedMsg:
		v.problem, v.about = msg.problem, nil
		if msg.problem == "" {
			v.about = &msg.about
		}
		v.version++
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	case tea.KeyPressMsg:
		if !v.pager.onKey(msg, v.app.keys) && !key.Matches(msg, v.app.keys.Describe) {
			cmd, _ := v.app.drill(msg, v.target())
			return cmd
		}
	}
	return nil
}

func (v *describeView) target() *target {
	t := target{ref: v.ref}
	if v.about != nil {
		t.owner = &v.about.owner
	}
	return &t
}

func (v *describeView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.YAML, k.Logs, k.ControlledBy, k.Related, k.Back}
}

func (v *describeView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{without(k.drilling(), k.Describe), k.reading()}
}
