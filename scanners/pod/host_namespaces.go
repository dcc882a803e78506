package pod

import (
	"kiln/kube"
	"kiln/scanners"
)

// The three namespaces of the node are one rule of the Pod Security
// Standards, but three findings: each has its own harm and its own fix.

func hostNetwork() scanners.Check {
	return scanners.Check{
		ID: "pod/host-network", Layer: scanners.Pod, Severity: scanners.High,
		Title:      "A pod uses the node's network",
		References: []string{"PSS baseline", "CIS 5.2.5", "C-0041", "KSV009"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: inPods(func(w *kube.Workload, add report) {
			if w.Spec.HostNetwork {
				add(podHit(w, "hostNetwork", "", "the pod uses the node's network"))
			}
		}),
	}
}

func hostPID() scanners.Check {
	return scanners.Check{
		ID: "pod/host-pid", Layer: scanners.Pod, Severity: scanners.High,
		Title:      "A pod sees the node's processes",
		References: []string{"PSS baseline", "CIS 5.2.3", "C-0038", "C-0275", "KSV010"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: inPods(func(w *kube.Workload, add report) {
			if w.Spec.HostPID {
				add(podHit(w, "hostPID", "", "the pod sees the node's processes"))
			}
		}),
	}
}

func hostIPC() scanners.Check {
	return scanners.Check{
		ID: "pod/host-ipc", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A pod shares the node's inter-process communication",
		References: []string{"PSS baseline", "CIS 5.2.4", "C-0276", "KSV008"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: inPods(func(w *kube.Workload, add report) {
			if w.Spec.HostIPC {
				add(podHit(w, "hostIPC", "", "the pod shares the node's inter-process communication"))
			}
		}),
	}
}
