package kube

import (
	"encoding/json"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

// OldVersion is an object that somebody writes in a version of its API that
// has been removed, or will be.
type OldVersion struct {
	Object     Object
	APIVersion string
	// Writer is the field manager, or "kubectl apply" for the annotation that
	// it leaves; empty in manifests.
	Writer string
	Lifecycle
}

// Lifecycle is the fate of one version of an API.
type Lifecycle struct {
	// Removed is the first release that doesn't serve it: "1.22".
	Removed string
	// Replacement is the apiVersion and kind to write instead; may be empty.
	Replacement string
}

// lifecycleOf asks Kubernetes' own types what becomes of a version. ok is
// false if nobody plans to remove it.
func lifecycleOf(apiVersion, kind string) (l Lifecycle, ok bool) {
	gvk := schema.FromAPIVersionAndKind(apiVersion, kind)
	if l, ok = withoutTypes()[gvk]; ok {
		return l, true
	}
	object, err := scheme.Scheme.New(gvk)
	if err != nil {
		return Lifecycle{}, false
	}
	removed, ok := object.(interface{ APILifecycleRemoved() (major, minor int) })
	if !ok {
		return Lifecycle{}, false
	}
	major, minor := removed.APILifecycleRemoved()
	l.Removed = fmt.Sprintf("%d.%d", major, minor)
	if r, ok := object.(interface {
		APILifecycleReplacement() schema.GroupVersionKind
	}); ok {
		replacement := r.APILifecycleReplacement()
		l.Replacement = replacement.GroupVersion().String() + " " + replacement.Kind
	}
	return l, true
}

// withoutTypes are the removed versions whose types are gone from the
// libraries, or never were in this one.
func withoutTypes() map[schema.GroupVersionKind]Lifecycle {
	return map[schema.GroupVersionKind]Lifecycle{
		{Group: "policy", Version: "v1beta1", Kind: "PodSecurityPolicy"}:                      {Removed: "1.25"},
		{Group: "extensions", Version: "v1beta1", Kind: "PodSecurityPolicy"}:                  {Removed: "1.16"},
		{Group: "apiextensions.k8s.io", Version: "v1beta1", Kind: "CustomResourceDefinition"}: {Removed: "1.22", Replacement: "apiextensions.k8s.io/v1 CustomResourceDefinition"},
		{Group: "apiregistration.k8s.io", Version: "v1beta1", Kind: "APIService"}:             {Removed: "1.22", Replacement: "apiregistration.k8s.io/v1 APIService"},
	}
}

// oldVersions finds the versions that the writers of a live object used, as
// far as the object itself remembers. It has to have its managedFields yet.
func oldVersions(obj Object, gvk schema.GroupVersionKind) []OldVersion {
	current := gvk.GroupVersion().String()
	var old []OldVersion
	note := func(apiVersion, writer string) {
		if apiVersion == current || apiVersion == "" {
			return
		}
		if l, ok := lifecycleOf(apiVersion, gvk.Kind); ok {
			old = append(old, OldVersion{Object: obj, APIVersion: apiVersion, Writer: Clean(writer), Lifecycle: l})
		}
	}
	for _, entry := range obj.GetManagedFields() {
		if entry.Subresource == "" && entry.Operation != "" {
			note(entry.APIVersion, entry.Manager)
		}
	}
	if applied, ok := obj.GetAnnotations()[lastApplied]; ok && !strings.HasPrefix(applied, `{"apiVersion":"`+current+`"`) {
		var head metav1.TypeMeta
		if json.Unmarshal([]byte(applied), &head) == nil {
			note(head.APIVersion, "kubectl apply")
		}
	}
	return old
}
