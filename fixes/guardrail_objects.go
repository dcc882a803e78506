package fixes

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"kiln/kube"
)

// An inventory keeps little of some objects. These are whole enough for the
// rules that judge them.

// templateObject is a workload with its pod template.
func templateObject(w *kube.Workload) *unstructured.Unstructured {
	obj := headOf(w)
	path := strings.Split(w.SpecPath, ".")
	beside := func(field string) []string { return append(path[:len(path)-1:len(path)-1], field) }
	template := templateFields(w)
	_ = unstructured.SetNestedField(obj.Object, template["spec"], path...)
	if len(path) > 1 {
		_ = unstructured.SetNestedField(obj.Object, template["metadata"], beside("metadata")...)
	}
	return obj
}

// podObject is a pod of the workload, with the defaults that its namespace
// gives to pods.
func podObject(w *kube.Workload, ranges []*corev1.LimitRange) *unstructured.Unstructured {
	pod := headOf(w)
	if ref := w.Ref(); ref.Kind != "Pod" {
		pod.SetAPIVersion("v1")
		pod.SetKind("Pod")
		controller := true
		pod.SetOwnerReferences([]metav1.OwnerReference{{APIVersion: ref.APIVersion, Kind: ref.Kind, Name: ref.Name, Controller: &controller}})
	}
	spec, ok := templateFields(w)["spec"].(map[string]any)
	if !ok {
		return pod
	}
	for _, r := range ranges {
		if r.Namespace == w.Namespace() {
			fillIn(spec, r.Spec.Limits)
		}
	}
	pod.Object["spec"] = spec
	return pod
}

// fillIn gives containers the limits and requests that they don't set.
func fillIn(spec map[string]any, limits []corev1.LimitRangeItem) {
	for _, list := range []string{"containers", "initContainers"} {
		containers, _ := spec[list].([]any)
		for _, item := range containers {
			container, _ := item.(map[string]any)
			for _, limit := range limits {
				if limit.Type == corev1.LimitTypeContainer && container != nil {
					fillResources(container, "limits", limit.Default, limit.Max)
					fillResources(container, "requests", limit.DefaultRequest, limit.Min)
				}
			}
		}
	}
}

func fillResources(container map[string]any, side string, sources ...corev1.ResourceList) {
	for _, source := range sources {
		for name, quantity := range source {
			if field(container, "resources", side, string(name)) == nil {
				_ = unstructured.SetNestedField(container, quantity.String(), "resources", side, string(name))
			}
		}
	}
}

// headOf is a workload's object without its content.
func headOf(w *kube.Workload) *unstructured.Unstructured {
	obj := nameOnly(w.Ref())
	obj.SetLabels(w.Object.GetLabels())
	obj.SetAnnotations(w.Object.GetAnnotations())
	obj.SetOwnerReferences(w.Object.GetOwnerReferences())
	return obj
}

// templateFields are the pod template of a workload. One that can't be written
// has no spec: the rule refuses it, and says why.
func templateFields(w *kube.Workload) map[string]any {
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&corev1.PodTemplateSpec{ObjectMeta: *w.Meta, Spec: *w.Spec})
	if err != nil {
		return nil
	}
	return fields
}

// secretObject is a Secret without its values. Its type is what the token
// controller's annotation tells.
func secretObject(secret *metav1.PartialObjectMetadata) *unstructured.Unstructured {
	obj := nameOnly(kube.RefOf(secret))
	obj.SetAnnotations(secret.GetAnnotations())
	if secret.Annotations[corev1.ServiceAccountNameKey] != "" {
		obj.Object["type"] = string(corev1.SecretTypeServiceAccountToken)
	}
	return obj
}

// celResource is the resource of an object, near enough for rules that don't
// ask for it.
func celResource(obj *unstructured.Unstructured) schema.GroupVersionResource {
	return obj.GroupVersionKind().GroupVersion().WithResource(strings.ToLower(obj.GetKind()) + "s")
}
