// Package kube is everything that talks to a cluster or reads manifests: it
// connects, collects the Inventory that the scanners judge, and carries out
// the writes that the fixes plan. It knows nothing of checks.
package kube

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Object is what every typed API object is. Objects of an Inventory always
// carry their apiVersion and kind.
type Object interface {
	metav1.Object
	runtime.Object
}

// Ref names one object of a cluster or of a manifest.
type Ref struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace"`
	Name       string `json:"name"`
}

// RefOf names obj. Its type must carry apiVersion and kind.
func RefOf(obj Object) Ref {
	apiVersion, kind := obj.GetObjectKind().GroupVersionKind().ToAPIVersionAndKind()
	return Ref{APIVersion: apiVersion, Kind: kind, Namespace: obj.GetNamespace(), Name: obj.GetName()}
}

// String is the form that users read and type: Kind/name, and "in namespace"
// where there is one.
func (r Ref) String() string {
	if r.Namespace == "" {
		return r.Kind + "/" + r.Name
	}
	return r.Kind + "/" + r.Name + " in " + r.Namespace
}

// Matches says whether r is what a user means by KIND/NAME or just NAME; the
// kind is compared without regard to case.
func (r Ref) Matches(kindSlashName string) bool {
	kind, name, found := strings.Cut(kindSlashName, "/")
	if !found {
		return r.Name == kindSlashName
	}
	return strings.EqualFold(r.Kind, kind) && r.Name == name
}
