package kube

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Owner is the tool that holds an object's source of truth and will sooner or
// later put its own values back.
type Owner struct {
	// Manager is the tool: Helm, Argo CD, Flux, kubectl, a controller's kind.
	Manager string `json:"manager"`
	// Name is what the tool calls it: the release, the application, the
	// Kustomization, the controller. May be empty.
	Name string `json:"name"`
}

// The tools that kiln recognises. Kubectl marks an object that somebody
// applies by hand.
const (
	Helm    = "Helm"
	ArgoCD  = "Argo CD"
	Flux    = "Flux"
	Kubectl = "kubectl"
)

// Reconciles says that the tool overwrites live changes from a source of
// truth, so that a lasting fix belongs there.
func (o Owner) Reconciles() bool { return o.Manager != "" && o.Manager != Kubectl }

// String is "Helm release shop", "Argo CD application shop" and so on.
func (o Owner) String() string {
	noun := map[string]string{Helm: " release", ArgoCD: " application"}[o.Manager]
	return strings.TrimRight(o.Manager+noun+" "+o.Name, " ")
}

// OwnerOf tells who owns obj by its labels, annotations, controller and, for
// objects fresh from the server, field managers. The zero Owner means that
// nobody is known.
func OwnerOf(obj metav1.Object) Owner {
	return ownerOf(obj, tellingManager(obj.GetManagedFields()))
}

// Owner is OwnerOf for an object of the Inventory, whose managedFields are
// gone.
func (inv *Inventory) Owner(obj Object) Owner {
	for _, managers := range inv.managers {
		if manager, ok := managers[obj.GetUID()]; ok {
			return ownerOf(obj, manager)
		}
	}
	return ownerOf(obj, "")
}

func ownerOf(obj metav1.Object, manager string) Owner {
	labels, annotations := obj.GetLabels(), obj.GetAnnotations()
	switch {
	case annotations["argocd.argoproj.io/tracking-id"] != "":
		app, _, _ := strings.Cut(annotations["argocd.argoproj.io/tracking-id"], ":")
		return Owner{ArgoCD, app}
	case labels["argocd.argoproj.io/instance"] != "":
		return Owner{ArgoCD, labels["argocd.argoproj.io/instance"]}
	case labels["kustomize.toolkit.fluxcd.io/name"] != "":
		return Owner{Flux, labels["kustomize.toolkit.fluxcd.io/name"]}
	case labels["helm.toolkit.fluxcd.io/name"] != "":
		return Owner{Flux, labels["helm.toolkit.fluxcd.io/name"]}
	case annotations["meta.helm.sh/release-name"] != "":
		return Owner{Helm, annotations["meta.helm.sh/release-name"]}
	case labels["app.kubernetes.io/managed-by"] == Helm:
		return Owner{Helm, labels["app.kubernetes.io/instance"]}
	}
	if c := metav1.GetControllerOf(obj); c != nil {
		return Owner{c.Kind, c.Name}
	}
	switch manager {
	case "argocd-controller":
		return Owner{ArgoCD, labels["app.kubernetes.io/instance"]}
	case "kustomize-controller", "helm-controller":
		return Owner{Flux, ""}
	}
	if manager == Kubectl || annotations[lastApplied] != "" {
		return Owner{Kubectl, ""}
	}
	return Owner{}
}

// lastApplied is where kubectl's client-side apply keeps the manifest. It
// repeats every value of the object, secret ones too.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// tellingManager picks the field manager that gives an owner away.
func tellingManager(entries []metav1.ManagedFieldsEntry) string {
	kubectl := ""
	for _, e := range entries {
		switch e.Manager {
		case "argocd-controller", "kustomize-controller", "helm-controller":
			return e.Manager
		case "kubectl", "kubectl-client-side-apply":
			kubectl = Kubectl
		}
	}
	return kubectl
}
