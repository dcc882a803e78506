package scanners

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

// isSystem says that an object is one of the cluster's own components, which
// its users seldom can change: it lives in a namespace that Kubernetes makes
// for itself and has the marks of a component. Being there is not enough,
// since anybody with the right may put something there, and a grant is nobody's
// component. Manifests are always their author's.
func isSystem(inv *kube.Inventory, obj kube.Object) bool {
	if inv.FromFiles() {
		return false
	}
	switch o := obj.(type) {
	case *corev1.Namespace:
		return systemNamespace(o.Name)
	case *corev1.ServiceAccount:
		return systemNamespace(o.Namespace) && onlySystemUses(inv, o)
	case *corev1.ConfigMap, *corev1.Service:
		return systemNamespace(obj.GetNamespace()) && marked(obj.GetLabels())
	}
	if !systemNamespace(obj.GetNamespace()) {
		return false
	}
	w := kube.Once(inv, byObject{}, workloadsByObject)[obj]
	return w != nil && SystemWorkload(w)
}

// byObject is where an Inventory keeps its Workloads by their objects: a large
// cluster has many findings.
type byObject struct{}

func workloadsByObject(inv *kube.Inventory) map[kube.Object]*kube.Workload {
	all := make(map[kube.Object]*kube.Workload, len(inv.Workloads))
	for _, w := range inv.Workloads {
		all[w.Object] = w
	}
	return all
}

func systemNamespace(name string) bool {
	return name == metav1.NamespaceSystem || name == metav1.NamespacePublic || name == corev1.NamespaceNodeLease
}

// onlySystemUses says that every workload of the account is a component.
func onlySystemUses(inv *kube.Inventory, account *corev1.ServiceAccount) bool {
	for _, w := range inv.Workloads {
		if w.Namespace() == account.Namespace && w.ServiceAccount() == account.Name && !SystemWorkload(w) {
			return false
		}
	}
	return true
}

// SystemWorkload goes by the marks that distributions put on the workloads of
// their components in kube-system.
func SystemWorkload(w *kube.Workload) bool {
	if c := metav1.GetControllerOf(w.Object); c != nil && c.Kind == "Node" {
		return true // a static pod
	}
	return strings.HasPrefix(w.Spec.PriorityClassName, "system-") || marked(w.Object.GetLabels()) || marked(w.Meta.Labels)
}

func marked(labels map[string]string) bool {
	for _, mark := range []string{"k8s-app", "kubernetes.io/cluster-service", "addonmanager.kubernetes.io/mode", "objectset.rio.cattle.io/hash", "eks.amazonaws.com/component"} {
		if labels[mark] != "" {
			return true
		}
	}
	return labels["tier"] == "control-plane" || labels["tier"] == "node"
}
