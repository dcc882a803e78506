package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// probedMsg brings what a probe saw now.
type probedMsg struct {
	evidence kube.Evidence
	err      error
}

// look probes from the debug container that runs, keeps what it saw, and ends
// the container.
func (v *debugView) look() tea.Cmd {
	session, plan := v.app.session, v.preview.plan
	v.progress.Store("looking around")
	return v.app.start(v, "probing", func(ctx context.Context) tea.Msg {
		evidence, err := session.probe(ctx, plan)
		return probedMsg{evidence, err}
	})
}

func (s *Session) probe(ctx context.Context, plan kube.DebugPlan) (kube.Evidence, error) {
	evidence, err := s.cluster.Probe(ctx, plan, time.Now())
	if err == nil {
		err = s.fixer.Evidence.Add(s.cluster, evidence)
	}
	if ended := s.cluster.EndDebug(context.WithoutCancel(ctx), plan.Pod, plan.Container.Name); err == nil {
		err = ended
	}
	return evidence, err
}

// onProbed goes back to the evidence, where the new one is the first.
func (v *debugView) onProbed(msg probedMsg) tea.Cmd {
	v.starting = false
	if msg.err != nil {
		v.problem, v.preview = kube.Explain(msg.err), nil
		return nil
	}
	v.app.flash(info, "probed container "+kube.Clean(msg.evidence.Container)+": fixes use what was seen")
	v.app.pop()
	if back, ok := v.app.top().(*evidenceView); ok {
		return back.start()
	}
	return nil
}
