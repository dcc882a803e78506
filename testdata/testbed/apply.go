package main

import (
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes/scheme"
)

// writer is a tool of the field that puts objects into clusters, as its traces
// in them show: the field manager's name and the way it writes.
type writer struct {
	manager string
	// serverSide applies server-side, and takes fields over from others.
	serverSide bool
	// lastApplied leaves the manifest in an annotation of the object.
	lastApplied bool
}

// writerOf guesses from the object's own marks which tool would have written it.
func writerOf(obj *unstructured.Unstructured) writer {
	annotations := obj.GetAnnotations()
	switch {
	case annotations["argocd.argoproj.io/tracking-id"] != "":
		return writer{manager: "argocd-controller", serverSide: true}
	case annotations["meta.helm.sh/release-name"] != "":
		return writer{manager: "helm"}
	case obj.GetKind() == "Node":
		return writer{manager: "kubelet"}
	}
	return writer{manager: "kubectl-client-side-apply", lastApplied: true}
}

// write creates the object or brings it up to date, and its status after it.
func write(ctx context.Context, resource dynamic.ResourceInterface, obj *unstructured.Unstructured) error {
	w := writerOf(obj)
	status, hasStatus := obj.Object["status"]
	obj = obj.DeepCopy()
	delete(obj.Object, "status")
	var err error
	if w.serverSide {
		_, err = resource.Apply(ctx, obj.GetName(), obj, metav1.ApplyOptions{FieldManager: w.manager, Force: true})
	} else {
		err = w.createOrPatch(ctx, resource, obj)
	}
	if err != nil || !hasStatus {
		return err
	}
	// A merge patch, because controllers write to the object meanwhile.
	patch, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		return err
	}
	by := metav1.PatchOptions{FieldManager: "cloud-controller-manager"}
	if obj.GetKind() == "Node" {
		by.FieldManager = w.manager
	}
	if _, err := resource.Patch(ctx, obj.GetName(), types.MergePatchType, patch, by, "status"); err != nil {
		return fmt.Errorf("setting its status: %w", err)
	}
	return nil
}

// createOrPatch is what "kubectl apply" has always done, without the flag
// --server-side. Helm differs only in that it keeps the manifest elsewhere.
func (w writer) createOrPatch(ctx context.Context, resource dynamic.ResourceInterface, obj *unstructured.Unstructured) error {
	if w.lastApplied {
		if err := annotateLastApplied(obj); err != nil {
			return err
		}
	}
	// Not the other way round: a Service whose fixed port is taken by itself
	// can't be created, but not because it exists already.
	current, err := resource.Get(ctx, obj.GetName(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		_, err = resource.Create(ctx, obj, metav1.CreateOptions{FieldManager: w.manager})
		return err
	}
	if err != nil {
		return err
	}
	patchType, patch, err := threeWayPatch(obj, current)
	if err != nil {
		return fmt.Errorf("comparing with what is there: %w", err)
	}
	if string(patch) == "{}" {
		return nil
	}
	_, err = resource.Patch(ctx, obj.GetName(), patchType, patch, metav1.PatchOptions{FieldManager: w.manager})
	return err
}

func annotateLastApplied(obj *unstructured.Unstructured) error {
	manifest, err := obj.MarshalJSON()
	if err != nil {
		return err
	}
	annotations := obj.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[corev1.LastAppliedConfigAnnotation] = string(manifest)
	obj.SetAnnotations(annotations)
	return nil
}

// threeWayPatch changes the current object into the modified one, and removes
// what was applied last time and isn't wanted any more.
func threeWayPatch(modified, current *unstructured.Unstructured) (types.PatchType, []byte, error) {
	original := []byte(current.GetAnnotations()[corev1.LastAppliedConfigAnnotation])
	modifiedJSON, err := modified.MarshalJSON()
	if err != nil {
		return "", nil, err
	}
	currentJSON, err := current.MarshalJSON()
	if err != nil {
		return "", nil, err
	}
	typed, err := scheme.Scheme.New(modified.GroupVersionKind())
	if err != nil { // a custom resource
		patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(original, modifiedJSON, currentJSON)
		return types.MergePatchType, patch, err
	}
	schema, err := strategicpatch.NewPatchMetaFromStruct(typed)
	if err != nil {
		return "", nil, err
	}
	patch, err := strategicpatch.CreateThreeWayMergePatch(original, modifiedJSON, currentJSON, schema, true)
	return types.StrategicMergePatchType, patch, err
}
