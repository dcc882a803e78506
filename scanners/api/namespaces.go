package api

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

// workloadsByNamespace counts the workloads of the namespaces that belong to
// users: the control plane's own run what they have to.
func workloadsByNamespace(inv *kube.Inventory) map[string]int {
	busy := map[string]int{}
	for _, w := range inv.Workloads {
		if !w.EphemeralOnly && !controlPlanes(w.Namespace()) {
			busy[w.Namespace()]++
		}
	}
	return busy
}

// controlPlanes says that Kubernetes itself makes the namespace, for itself.
func controlPlanes(namespace string) bool {
	switch namespace {
	case metav1.NamespaceSystem, metav1.NamespacePublic, corev1.NamespaceNodeLease:
		return true
	}
	return false
}

// count is "1 workload", "3 workloads".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
