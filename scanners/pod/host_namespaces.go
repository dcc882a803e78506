package pod

import (
	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
)

// The three namespaces of the node are one rule of the Pod Security
// Standards, but three findings: each has its own harm and its own fix.

func hostNetwork() scanners.Check {
	return hostNamespace(scanners.Check{
		ID: "pod/host-network", Severity: scanners.High,
		Title:      "A pod uses the node's network",
		References: []string{"PSS baseline", "CIS 5.2.5", "C-0041", "KSV009"},
	}, "hostNetwork", "the pod uses the node's network", func(spec *corev1.PodSpec) bool { return spec.HostNetwork })
}

func hostPID() scanners.Check {
	return hostNamespace(scanners.Check{
		ID: "pod/host-pid", Severity: scanners.High,
		Title:      "A pod sees the node's processes",
		References: []string{"PSS baseline", "CIS 5.2.3", "C-0038", "C-0275", "KSV010"},
	}, "hostPID", "the pod sees the node's processes", func(spec *corev1.PodSpec) bool { return spec.HostPID })
}

func hostIPC() scanners.Check {
	return hostNamespace(scanners.Check{
		ID: "pod/host-ipc", Severity: scanners.Medium,
		Title:      "A pod shares the node's inter-process communication",
		References: []string{"PSS baseline", "CIS 5.2.4", "C-0276", "KSV008"},
	}, "hostIPC", "the pod shares the node's inter-process communication", func(spec *corev1.PodSpec) bool { return spec.HostIPC })
}

// hostNamespace completes the check of a field that lets pods share one of the
// node's namespaces.
func hostNamespace(check scanners.Check, field, message string, shared func(*corev1.PodSpec) bool) scanners.Check {
	check.Layer, check.Fix, check.Reads = scanners.Pod, scanners.Guided, kube.WorkloadResources()
	check.Find = inPods(func(w *kube.Workload, add report) {
		if shared(w.Spec) {
			add(podHit(w, field, "", message))
		}
	})
	return check
}
