package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
)

const (
	// rolloutTime is how long pods may take to be replaced before it counts as
	// a failure, and rolloutPatience how long a problem may last that may pass.
	rolloutTime     = 2 * time.Minute
	rolloutPatience = 10 * time.Second
	rolloutPace     = 700 * time.Millisecond
)

// rollout is a workload whose pods are being replaced by what was applied.
type rollout struct {
	entry fixes.Entry
	ref   kube.Ref
	since time.Time
	// problem is why pods don't come up, since when.
	problem      string
	problemSince time.Time
}

// rolloutMsg is the latest look at a rollout.
type rolloutMsg struct {
	rollout rollout
	now     kube.Rollout
	err     error
}

// followRollouts watches the workloads whose pods the entries replace, beside
// the screen: the header shows how far they are.
func (a *App) followRollouts(entries ...fixes.Entry) tea.Cmd {
	var cmds []tea.Cmd
	for _, entry := range entries {
		for _, ref := range fixes.Rollouts(entry) {
			cmds = append(cmds, a.watchRollout(rollout{entry: entry, ref: ref, since: a.now()}, ref.Name+": rolling out"))
		}
	}
	return tea.Batch(cmds...)
}

// watchRollout looks again after a moment.
func (a *App) watchRollout(r rollout, label string) tea.Cmd {
	cluster := a.session.cluster
	return a.launch(&task{label: kube.Clean(label), waiting: true}, func(ctx context.Context) tea.Msg {
		timer := time.NewTimer(rolloutPace)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil
		}
		ctx, cancel := context.WithTimeout(ctx, requestTimeout)
		defer cancel()
		now, err := cluster.RolloutOf(ctx, r.ref)
		return rolloutMsg{r, now, err}
	})
}

// onRollout shows how far it is, and goes on, unless it has ended in one way or
// the other.
func (a *App) onRollout(msg rolloutMsg) tea.Cmd {
	r, name := msg.rollout, kube.Clean(msg.rollout.ref.String())
	var failed *kube.RolloutError
	switch {
	case errors.As(msg.err, &failed):
		a.onRolloutFailed(r, failed.Rollout)
		return nil
	case msg.err != nil:
		a.flash(warning, kube.Explain(msg.err))
		return nil
	case msg.now.Done:
		a.flash(info, fmt.Sprintf("%s: %s", name, msg.now.Progress))
		return nil
	}
	problem := strings.Join(msg.now.Problems, "; ")
	if problem != r.problem {
		r.problem, r.problemSince = problem, a.now()
	}
	late := a.now().Sub(r.since) > rolloutTime
	stuck := certain(problem) && a.now().Sub(r.problemSince) > rolloutPatience
	if late || stuck {
		a.onRolloutFailed(r, msg.now)
		return nil
	}
	return a.watchRollout(r, r.ref.Name+": "+msg.now.Progress)
}

// certain problems don't go away by themselves, as the want of a node may.
func certain(problem string) bool {
	for _, sign := range []string{"no pod can be made", "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "InvalidImageName", "ErrImageNeverPull", "CrashLoopBackOff"} {
		if strings.Contains(problem, sign) {
			return true
		}
	}
	return false
}

// onRolloutFailed says why, and offers to take the fix back.
func (a *App) onRolloutFailed(r rollout, now kube.Rollout) {
	why := strings.Join(now.Problems, "; ")
	if why == "" {
		why = now.Progress
	}
	a.flash(failure, kube.Clean(r.ref.String())+" doesn't come up: "+why)
	if a.dialog != nil || !r.entry.Undoable() {
		return
	}
	a.ask(question{
		title:  kube.Clean(r.ref.Kind+"/"+r.ref.Name) + " doesn't come up",
		text:   fmt.Sprintf("%s. It came with: %s.", why, kube.Clean(r.entry.Title)),
		accept: "Preview the undo",
		confirm: func() tea.Cmd {
			a.messages.dismiss() // the question has told it
			return a.openUndo(r.entry)
		},
	})
}
