package fixes

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"k8s.io/kubectl/pkg/drain"

	"kiln/kube"
)

// drainLasting is why evicted pods aren't brought back.
const drainLasting = "a pod that was evicted is gone, and its controller makes another elsewhere"

func drainNode() Action {
	return Action{
		Name: DrainAction, Does: "Send no new pods to a node, and move those that it has elsewhere", On: []string{"Node", "Pod"},
		Lasting: drainLasting, plan: planDrain,
	}
}

// DrainAction is the name of the action that goes on after its plan has been
// applied: see Drain.
const DrainAction = "drain"

// planDrain cordons the node, unless it is, and names what becomes of each of
// its pods.
func planDrain(ctx context.Context, f *Fixer, ref kube.Ref) (Plan, error) {
	node, err := f.nodeOf(ctx, ref)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Title: fmt.Sprintf("Drain %s", kube.RefOf(node))}
	if field(node.Object, "spec", "unschedulable") != true {
		plan.Changes = []Change{cordonChange(node)}
	}
	pods, err := f.podsToDrain(ctx, node.GetName(), DrainOptions{})
	if err != nil {
		return Plan{}, err
	}
	plan.Notes = append(plan.Notes, pods.notes()...)
	return plan, nil
}

// Drain evicts the pods of a node that was cordoned, with a journal entry that
// names them. It tells of each pod's progress, one at a time. The error names
// the pods that are left.
func (f *Fixer) Drain(ctx context.Context, node string, options DrainOptions, progress func(DrainProgress)) (Entry, error) {
	if f.Cluster.Gate.ReadOnly() {
		return Entry{}, &kube.ReadOnlyError{What: "to drain " + node}
	}
	pods, err := f.podsToDrain(ctx, node, options)
	if err != nil || len(pods.Evicted) == 0 {
		return Entry{}, err
	}
	unlock, err := f.Journal.lock(ctx)
	if err != nil {
		return Entry{}, err
	}
	defer unlock()
	entry := f.drainEntry(node, pods.Evicted)
	if err := f.Journal.add(&entry); err != nil {
		return Entry{}, err
	}
	eviction := &eviction{journal: f.Journal, entry: &entry, progress: progress, left: len(pods.Evicted)}
	helper := f.drainHelper(ctx, options)
	helper.OnPodDeletionOrEvictionFinished = eviction.finished
	helper.ErrOut = eviction
	err = helper.DeleteOrEvictPods(pods.Evicted)
	return eviction.end(err)
}

// drainHelper is kubectl's; which pods may go is decided before.
func (f *Fixer) drainHelper(ctx context.Context, options DrainOptions) *drain.Helper {
	return &drain.Helper{
		Ctx: ctx, Client: f.Cluster.Client, Timeout: cmp.Or(options.Timeout, DrainTimeout), GracePeriodSeconds: -1,
		Force: true, DeleteEmptyDirData: true, IgnoreAllDaemonSets: true,
		EvictErrorRetryDelay: time.Second, Out: io.Discard, ErrOut: io.Discard,
	}
}
