package scanners

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

// Subjects of findings that no object of the API stands for. Their names are
// the same in every cluster, so that a finding's id doesn't hang on who looks.

// Cluster stands for the cluster as a whole.
func Cluster() kube.Object { return standIn("Cluster", "cluster") }

// APIServer stands for kube-apiserver: for its static pod, where the pod was
// read from a manifest and a line can be pointed at.
func APIServer(inv *kube.Inventory) kube.Object {
	if inv.FromFiles() {
		for _, p := range inv.Pods {
			if inv.APIServer.From == "static pod "+p.Name {
				return p
			}
		}
	}
	return standIn("APIServer", "kube-apiserver")
}

// Component stands for another program of the control plane, such as
// kube-scheduler, whichever of its pods was looked at: for the pod itself in
// manifests.
func Component(inv *kube.Inventory, program string, pod kube.Object) kube.Object {
	if inv.FromFiles() {
		return pod
	}
	return standIn("Component", program)
}

// ControlPlaneNamespace says that Kubernetes makes the namespace, for itself.
func ControlPlaneNamespace(name string) bool { return systemNamespace(name) }

func standIn(kind, name string) kube.Object {
	return &metav1.PartialObjectMetadata{
		TypeMeta:   metav1.TypeMeta{APIVersion: "kiln/v1", Kind: kind},
		ObjectMeta: metav1.ObjectMeta{Name: name},
	}
}
