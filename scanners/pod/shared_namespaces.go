package pod

import (
	"k8s.io/pod-security-admission/api"

	"kiln/kube"
	"kiln/scanners"
)

func shareProcessNamespace() scanners.Check {
	return scanners.Check{
		ID: "pod/share-process-namespace", Layer: scanners.Pod, Severity: scanners.Low,
		Title:      "The containers of a pod see each other's processes",
		References: []string{"Kubernetes docs"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: inPods(func(w *kube.Workload, add report) {
			if isTrue(w.Spec.ShareProcessNamespace) && len(w.Spec.Containers)+len(w.Spec.InitContainers) > 1 {
				add(podHit(w, "shareProcessNamespace", "", "the containers of the pod see each other's processes and files"))
			}
		}),
	}
}

func hostUsers() scanners.Check {
	return scanners.Check{
		ID: "pod/host-users", Layer: scanners.Pod, Severity: scanners.Info,
		Title:      "A pod's users are the node's users",
		References: []string{"KEP-127"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: func(inv *kube.Inventory) scanners.Result {
			if server := serverVersion(inv.Source.Version); server.Older(userNamespacesByDefault()) {
				return scanners.Found(nil)
			}
			return inPods(func(w *kube.Workload, add report) {
				// The node's other namespaces rule out a user namespace.
				tied := w.Spec.HostNetwork || w.Spec.HostPID || w.Spec.HostIPC
				if !isFalse(w.Spec.HostUsers) && !tied && !w.Windows() {
					add(podHit(w, "hostUsers", "", "the users of the pod are the node's users"))
				}
			})(inv)
		},
	}
}

// userNamespacesByDefault is the first version in which pods can have user
// namespaces without a feature gate.
func userNamespacesByDefault() api.Version { return api.MajorMinorVersion(1, 33) }
