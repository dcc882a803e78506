package node

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
)

func notReadySecurity() scanners.Check {
	return scanners.Check{
		ID: "node/not-ready-security", Layer: scanners.Node, Severity: scanners.Low,
		Title:      "A node isn't under the control plane's eye, or was left cordoned",
		References: []string{"NSA"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.Nodes},
		Find: func(inv *kube.Inventory) scanners.Result {
			var hits []scanners.Hit
			for _, n := range inv.Nodes {
				if !ready(n) {
					hits = append(hits, scanners.Hit{Object: n, Path: "status.conditions", Key: "Ready", Message: "is not ready: what runs there runs unwatched, and takes no changes"})
				}
				if n.Spec.Unschedulable {
					hits = append(hits, scanners.Hit{Object: n, Path: "spec.unschedulable", Key: "cordoned", Severity: scanners.Info, Message: "is cordoned: leftovers of maintenance miss the next upgrade"})
				}
			}
			return scanners.Found(hits)
		},
	}
}

// ready: a node that says nothing was never seen by its kubelet's status.
func ready(n *corev1.Node) bool {
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

func noIsolation() scanners.Check {
	return scanners.Check{
		ID: "node/no-isolation", Layer: scanners.Node, Severity: scanners.Info,
		Title:      "Workloads of all kinds share all nodes",
		References: []string{"NSA"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.Nodes},
		Reads:      kube.WorkloadResources(),
		Find:       findNoIsolation,
	}
}

// findNoIsolation looks for any sign that somebody keeps workloads apart: a
// taint on a worker, or a workload that chooses its nodes.
func findNoIsolation(inv *kube.Inventory) scanners.Result {
	workers := 0
	for _, n := range inv.Nodes {
		if controlPlane(n) {
			continue
		}
		workers++
		for _, taint := range n.Spec.Taints {
			// Those are set by Kubernetes itself, for sick nodes.
			if taint.Effect != corev1.TaintEffectPreferNoSchedule && !strings.HasPrefix(taint.Key, "node.kubernetes.io/") {
				return scanners.Result{}
			}
		}
	}
	if workers < 2 || len(inv.Workloads) == 0 {
		return scanners.Result{}
	}
	for _, w := range inv.Workloads {
		if choosesNodes(w.Spec) {
			return scanners.Result{}
		}
	}
	return scanners.Found([]scanners.Hit{{
		Object: scanners.Cluster(), Key: "isolation",
		Message: "no worker node is tainted and no workload chooses its nodes, so a way out of any container leads to all others",
	}})
}

func controlPlane(n *corev1.Node) bool {
	_, is := n.Labels["node-role.kubernetes.io/control-plane"]
	return is
}

// choosesNodes leaves out the label that says Linux or Windows, which every
// careful chart sets.
func choosesNodes(spec *corev1.PodSpec) bool {
	for label := range spec.NodeSelector {
		if label != corev1.LabelOSStable {
			return true
		}
	}
	return spec.RuntimeClassName != nil ||
		spec.Affinity != nil && spec.Affinity.NodeAffinity != nil && spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution != nil
}
