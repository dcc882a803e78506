package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

// controllerOf finds what controls an object, or says why that isn't known.
func (s *Session) controllerOf(ctx context.Context, ref kube.Ref) (owner kube.Ref, problem string) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	live, err := s.cluster.Read(ctx, ref)
	if err != nil {
		return kube.Ref{}, kube.Explain(err)
	}
	c := metav1.GetControllerOf(live)
	if c == nil {
		if tool := kube.OwnerOf(live); tool.Manager != "" {
			return kube.Ref{}, "nothing in the cluster controls " + ref.String() + "; it belongs to " + tool.String()
		}
		return kube.Ref{}, "nothing controls " + ref.String()
	}
	return kube.Ref{APIVersion: c.APIVersion, Kind: c.Kind, Namespace: ref.Namespace, Name: c.Name}, ""
}

// controllerMsg brings what controls an object.
type controllerMsg struct {
	of, ref kube.Ref
	problem string
}

// openController goes to what controls an object.
func (a *App) openController(ref kube.Ref) tea.Cmd {
	session := a.session
	return a.start(nil, "looking for the owner", func(ctx context.Context) tea.Msg {
		owner, problem := session.controllerOf(ctx, ref)
		return controllerMsg{ref, owner, problem}
	})
}

func (a *App) onController(msg controllerMsg) tea.Cmd {
	if msg.problem != "" {
		a.flash(info, msg.problem)
		return nil
	}
	return a.openDescription(msg.ref)
}
