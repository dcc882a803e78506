package fixes

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
)

// nodeProbeCheck is the check that the journal's entries of node probes name.
const nodeProbeCheck = "node-probe"

// NodeStore is where what node probes saw is kept, beside the journal.
func NodeStore() (*kube.NodeStore, error) {
	dir, err := inState("nodes")
	if err != nil {
		return nil, err
	}
	return kube.NewNodeStore(dir), nil
}

// ProbeNode creates the plan's pod, reads what it saw and deletes it. The entry
// in the journal is on disk before, and is undone once the pod is gone. However
// it ends, even with ctx, the pod doesn't outlive it, unless it can't be
// deleted, which the error then says.
func (f *Fixer) ProbeNode(ctx context.Context, plan kube.NodeProbePlan, progress func(string)) (kube.NodeFacts, error) {
	entry, pod, err := f.startNodeProbe(ctx, plan)
	if err != nil {
		return kube.NodeFacts{}, err
	}
	facts, err := f.Cluster.ReadNodeProbe(ctx, plan, pod, progress)
	return facts, errors.Join(err, f.endNodeProbe(ctx, entry))
}

func (f *Fixer) startNodeProbe(ctx context.Context, plan kube.NodeProbePlan) (Entry, *corev1.Pod, error) {
	if f.Cluster.Gate.ReadOnly() {
		return Entry{}, nil, &kube.ReadOnlyError{What: "to create a pod on " + plan.Node.String()}
	}
	unlock, err := f.Journal.lock(ctx)
	if err != nil {
		return Entry{}, nil, err
	}
	defer unlock()
	ref := kube.Ref{APIVersion: "v1", Kind: "Pod", Namespace: plan.Pod.Namespace, Name: plan.Pod.Name}
	entry := f.newEntry(FindingID{Check: nodeProbeCheck, Object: plan.Node},
		fmt.Sprintf("Look at node %s with the pod %s, which is deleted afterwards (read-only: %s)",
			kube.Clean(plan.Node.Name), plan.Pod.Name, strings.Join(plan.Folders, ", ")))
	entry.Mechanism = string(Create)
	entry.Objects = []JournalObject{{Ref: ref, Mechanism: Create, State: Pending}}
	if err := f.Journal.add(&entry); err != nil {
		return Entry{}, nil, err
	}
	pod, err := f.Cluster.CreateNodeProbe(ctx, plan, kube.ForReal)
	if err != nil {
		_, err = f.stopped(ctx, entry, err, &kube.Masker{})
		return Entry{}, nil, err
	}
	entry.State, entry.Objects[0].State = Applied, Applied
	entry.Objects[0].UID, entry.Objects[0].ResourceVersion = pod.UID, pod.ResourceVersion
	return entry, pod, f.Journal.save(entry)
}

// endNodeProbe deletes the entry's pod, with some time left even if ctx has
// ended.
func (f *Fixer) endNodeProbe(ctx context.Context, entry Entry) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	object := &entry.Objects[0]
	if err := f.Cluster.DeleteNodeProbe(ctx, object.Namespace, object.Name, object.UID); err != nil {
		return err
	}
	entry.State, object.State = Undone, Undone
	unlock, err := f.Journal.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	return f.Journal.save(entry)
}

// ReapNodeProbes deletes the pods of node probes that a killed kiln has left
// behind, anybody's, and names them. Where pods can't be listed, or in
// read-only mode, it does nothing.
func (f *Fixer) ReapNodeProbes(ctx context.Context) ([]string, error) {
	left, err := f.Cluster.LeftNodeProbes(ctx, time.Now())
	if err != nil || f.Cluster.Gate.ReadOnly() {
		return nil, nil // who may not list them can't have made them
	}
	var names []string
	for _, pod := range left {
		if err := f.Cluster.DeleteNodeProbe(ctx, pod.Namespace, pod.Name, pod.UID); err != nil {
			return names, err
		}
		names = append(names, "Pod/"+pod.Name+" in "+pod.Namespace)
	}
	return names, f.forgetReaped(ctx, left)
}

// forgetReaped notes in the journal which of its pods are gone.
func (f *Fixer) forgetReaped(ctx context.Context, pods []corev1.Pod) error {
	if len(pods) == 0 {
		return nil
	}
	unlock, err := f.Journal.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	entries, _ := f.Journal.Entries()
	for _, entry := range entries {
		if entry.Finding.Check != nodeProbeCheck || len(entry.Objects) != 1 {
			continue
		}
		for _, pod := range pods {
			if object := &entry.Objects[0]; object.UID == pod.UID {
				entry.State, object.State = Undone, Undone
				if err := f.Journal.save(entry); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
