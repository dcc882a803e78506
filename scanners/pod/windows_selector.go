package pod

import (
	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
)

func windowsSelector() scanners.Check {
	return scanners.Check{
		ID: "pod/windows-selector", Layer: scanners.Pod, Severity: scanners.Info,
		Title:      "A pod may be sent to a node of the wrong operating system",
		References: []string{"Kubernetes docs"},
		Fix:        scanners.Manual,
		Reads:      append(kube.WorkloadResources(), kube.Nodes),
		Find: func(inv *kube.Inventory) scanners.Result {
			mixed := hasOpenWindowsNode(inv.Nodes)
			return inPods(func(w *kube.Workload, add report) {
				switch {
				case choosesSystem(w.Spec):
				case w.Windows():
					add(podHit(w, "nodeSelector", "", "the pod is for Windows, but may be sent to a Linux node"))
				case mixed && w.Ref().Kind != "Pod":
					add(podHit(w, "nodeSelector", "", "the pod may be sent to a Windows node"))
				}
			})(inv)
		},
	}
}

// hasOpenWindowsNode says that the cluster has a Windows node that no taint
// keeps other pods from.
func hasOpenWindowsNode(nodes []*corev1.Node) bool {
	for _, n := range nodes {
		if n.Labels[corev1.LabelOSStable] != string(corev1.Windows) {
			continue
		}
		open := true
		for _, t := range n.Spec.Taints {
			open = open && t.Effect == corev1.TaintEffectPreferNoSchedule
		}
		if open {
			return true
		}
	}
	return false
}

// choosesSystem says that the pod's selector or affinity asks for an
// operating system.
func choosesSystem(spec *corev1.PodSpec) bool {
	if spec.NodeSelector[corev1.LabelOSStable] != "" || spec.NodeSelector[corev1.LabelWindowsBuild] != "" {
		return true
	}
	a := spec.Affinity
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return false
	}
	for _, term := range a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
		for _, e := range term.MatchExpressions {
			if e.Key == corev1.LabelOSStable {
				return true
			}
		}
	}
	return false
}
