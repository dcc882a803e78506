package scanners

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

// isSystem says that an object is the cluster's own, which its users seldom
// can change: what lives in the namespaces that Kubernetes makes for itself.
// Manifests are always their author's.
func isSystem(inv *kube.Inventory, obj kube.Object) bool {
	if inv.FromFiles() {
		return false
	}
	namespace := obj.GetNamespace()
	if obj.GetObjectKind().GroupVersionKind().Kind == "Namespace" {
		namespace = obj.GetName()
	}
	switch namespace {
	case metav1.NamespaceSystem, metav1.NamespacePublic, "kube-node-lease":
		return true
	}
	return false
}
