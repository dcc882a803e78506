package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
)

// create carries out what is shown. A key that was in flight when it appeared
// doesn't count.
func (v *nodeProbeView) create() tea.Cmd {
	if v.app.settling(v.opened) || !v.app.writesNow() {
		return nil
	}
	return v.app.confirmHere("Create it", "A pod will read the node's files for some seconds", []string{v.plan.plan.Pod.Namespace}, v.createNow)
}

func (v *nodeProbeView) createNow() tea.Cmd {
	v.running = true
	session, plan, progress := v.app.session, v.plan.plan, v.progress
	progress.Store("creating the pod")
	return v.app.start(v, "probing the node", func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, debugPatience)
		defer cancel()
		facts, err := session.fixer.ProbeNode(ctx, plan, func(why string) { progress.Store(why) })
		if err == nil {
			err = session.keepNode(facts)
		}
		return nodeProbedMsg{facts, err}
	})
}

func (s *Session) keepNode(facts kube.NodeFacts) error {
	store, err := fixes.NodeStore()
	if err != nil {
		return err
	}
	return store.Put(s.cluster, facts)
}

// onProbed shows what was seen, and has the checks judge it.
func (v *nodeProbeView) onProbed(msg nodeProbedMsg) tea.Cmd {
	v.running, v.plan = false, nil
	if msg.err != nil {
		v.problem = kube.Explain(msg.err)
		return nil
	}
	v.facts, v.problem = &msg.facts, ""
	v.pager.toTop()
	v.app.flash(info, "the pod is deleted; the checks of the node layer judge what it saw")
	return v.app.rescan()
}

// reapNodeProbes deletes what a killed kiln has left behind.
func (a *App) reapNodeProbes() tea.Cmd {
	if a.session.fixer == nil || a.readOnly {
		return nil
	}
	fixer := a.session.fixer
	return a.start(nil, "", func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, requestTimeout)
		defer cancel()
		reaped, err := fixer.ReapNodeProbes(ctx)
		return reapedMsg{reaped, err}
	})
}

// reapedMsg names pods of node probes that were deleted.
type reapedMsg struct {
	pods []string
	err  error
}

func (a *App) onReaped(msg reapedMsg) {
	if len(msg.pods) > 0 {
		a.flash(info, "deleted what an earlier node probe has left behind: "+kube.Clean(strings.Join(msg.pods, ", ")))
	}
	if msg.err != nil {
		a.flash(warning, kube.Explain(msg.err))
	}
}
