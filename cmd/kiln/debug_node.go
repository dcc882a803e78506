package main

import (
	"context"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/fixes"
	"kiln/kube"
)

// nodeArgument begins the argument that means a node.
const nodeArgument = "node/"

// probeNode looks at a node from a pod on it, keeps what it saw, and writes
// it.
func (a *app) probeNode(ctx context.Context, name string, o debugOptions) error {
	image, err := a.debugImage(o.Image)
	if err != nil {
		return err
	}
	fixer, err := a.fixer(ctx)
	if err != nil {
		return err
	}
	a.reapNodeProbes(ctx, fixer)
	node, err := fixer.Cluster.Client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return absent(err, "node", name, "")
	}
	plan, err := kube.PlanNodeProbe(node, kube.NodeProbeOptions{Namespace: *a.flags.Namespace, Image: image, Folders: o.mounts})
	if err != nil {
		return err
	}
	if err := a.showNodeProbe(ctx, fixer.Cluster, plan); err != nil || o.dryRun {
		return err
	}
	if !o.yes {
		if err := a.ask(ctx, "Create it?"); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	facts, err := fixer.ProbeNode(ctx, plan, func(reason string) { fmt.Fprintf(a.err, "  %s\n", reason) })
	if err != nil {
		return err
	}
	store, err := fixes.NodeStore()
	if err != nil {
		return err
	}
	if err := store.Put(fixer.Cluster, facts); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "The pod is deleted. The next scans judge the node by what it saw, for a week.\n")
	return a.writeSeen(facts, facts.Facts(), o.output)
}

// showNodeProbe asks the server in a dry run, and shows the pod.
func (a *app) showNodeProbe(ctx context.Context, cluster *kube.Cluster, plan kube.NodeProbePlan) error {
	if err := cluster.CheckNodeProbe(ctx, plan); err != nil {
		return err
	}
	text, err := plan.YAML()
	if err != nil {
		return err
	}
	fmt.Fprintf(a.err, `A pod on node %s, which the server accepts:

%s
It mounts %s of the node, read-only, runs as root without any capability,
writes nothing, and is deleted afterwards; it ends after %s at the latest.
`, kube.Clean(plan.Node.Name), text, strings.Join(plan.Folders, ", "), kube.NodeProbeTime)
	return nil
}

// reapNodeProbes deletes what a killed kiln has left behind, and says so.
func (a *app) reapNodeProbes(ctx context.Context, fixer *fixes.Fixer) {
	reaped, err := fixer.ReapNodeProbes(ctx)
	for _, name := range reaped {
		fmt.Fprintf(a.err, "deleted %s, left behind by an earlier node probe\n", name)
	}
	if err != nil {
		fmt.Fprintf(a.err, "kiln: %s\n", kube.Explain(err))
	}
}

// nodeFacts is what node probes saw of the cluster before. What can't be read
// is said, and then unknown.
func (a *app) nodeFacts(cluster *kube.Cluster) map[string]kube.NodeFacts {
	store, err := fixes.NodeStore()
	if err == nil {
		var facts map[string]kube.NodeFacts
		if facts, err = store.All(cluster); err == nil {
			return facts
		}
	}
	fmt.Fprintf(a.err, "kiln: %s\n", err)
	return nil
}
