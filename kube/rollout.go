package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/kubectl/pkg/polymorphichelpers"
)

// Rollout is how far a workload has come with bringing its pods to its
// template.
type Rollout struct {
	Ref Ref
	// Progress is a clause: "1 of 3 updated replicas are available".
	Progress string
	// Done says that all pods are as the template wants them.
	Done bool
	// Problems say why new pods don't come up, as far as that shows.
	Problems []string
}

// RolloutError says that a rollout didn't end well.
type RolloutError struct {
	Rollout Rollout
	// Cause is why the waiting ended.
	Cause error
}

func (e *RolloutError) Error() string {
	text := fmt.Sprintf("%s did not roll out (%s)", e.Rollout.Ref, e.Rollout.Progress)
	if len(e.Rollout.Problems) > 0 {
		return text + ": " + strings.Join(e.Rollout.Problems, "; ")
	}
	if errors.Is(e.Cause, context.DeadlineExceeded) {
		return text + " in time"
	}
	return text + ": " + e.Cause.Error()
}

// Unwrap leaves out that the time is over: the server did answer.
func (e *RolloutError) Unwrap() error {
	if errors.Is(e.Cause, context.DeadlineExceeded) {
		return nil
	}
	return e.Cause
}

// RollsOut says whether objects of the kind replace their pods by themselves.
func RollsOut(kind string) bool {
	return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet"
}

const rolloutPace = 500 * time.Millisecond

// AwaitRollout waits until a workload's pods are as its template wants them,
// and tells of each step. It ends with a RolloutError when the workload gives
// up, or ctx ends.
func (c *Cluster) AwaitRollout(ctx context.Context, ref Ref, progress func(Rollout)) error {
	var last Rollout
	ticker := time.NewTicker(rolloutPace)
	defer ticker.Stop()
	for {
		now, err := c.RolloutOf(ctx, ref)
		switch {
		case ctx.Err() != nil:
			if last.Ref == (Ref{}) {
				last = Rollout{Ref: ref, Progress: "nothing is known of it yet"}
			}
			return &RolloutError{last, ctx.Err()}
		case err != nil:
			return err
		}
		if now.Progress != last.Progress || strings.Join(now.Problems, "") != strings.Join(last.Problems, "") {
			progress(now)
		}
		if last = now; now.Done {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return &RolloutError{last, ctx.Err()}
		}
	}
}

// RolloutOf looks once. A workload that has given up is a RolloutError.
func (c *Cluster) RolloutOf(ctx context.Context, ref Ref) (Rollout, error) {
	rollout := Rollout{Ref: ref}
	live, err := c.Read(ctx, ref)
	if err != nil {
		return rollout, fmt.Errorf("following the rollout of %s: %w", ref, err)
	}
	if why := staysAsItIs(live); why != "" {
		return Rollout{Ref: ref, Progress: why, Done: true}, nil
	}
	viewer, err := polymorphichelpers.StatusViewerFor(schema.FromAPIVersionAndKind(ref.APIVersion, ref.Kind).GroupKind())
	if err != nil {
		return rollout, fmt.Errorf("following the rollout of %s: %w", ref, err)
	}
	text, done, err := viewer.Status(live, 0)
	rollout.Progress, rollout.Done = rolloutText(text), done
	if done {
		return rollout, nil
	}
	rollout.Problems = c.rolloutProblems(ctx, live)
	if err != nil {
		rollout.Progress = Clean(err.Error())
		return rollout, &RolloutError{rollout, err}
	}
	return rollout, nil
}

// staysAsItIs says why a workload replaces no pod by itself; empty if it does.
func staysAsItIs(live *unstructured.Unstructured) string {
	if paused, _, _ := unstructured.NestedBool(live.Object, "spec", "paused"); paused {
		return "it is paused: nothing happens until it is resumed"
	}
	if strategy, _, _ := unstructured.NestedString(live.Object, "spec", "updateStrategy", "type"); strategy == "OnDelete" {
		return "its pods are replaced when somebody deletes them (OnDelete)"
	}
	return ""
}

// rolloutText is what is new in kubectl's sentence.
func rolloutText(text string) string {
	text = strings.TrimRight(strings.TrimSpace(text), ".")
	if _, after, found := strings.Cut(text, "rollout to finish: "); found {
		text = after
	}
	return Clean(text)
}
