package kube

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
	smd "sigs.k8s.io/structured-merge-diff/v6/typed"
)

// typedOf gives obj the schema by which the API server tracks fields. Fields
// that are newer than this client's schema don't count.
func typedOf(obj *unstructured.Unstructured) (*smd.TypedValue, error) {
	converter := applyconfigurations.NewTypeConverter(scheme.Scheme)
	value, err := converter.ObjectToTyped(obj, smd.AllowDuplicates)
	if err == nil {
		return value, nil
	}
	known, knownErr := withoutUnknownFields(obj)
	if knownErr != nil {
		return nil, fmt.Errorf("reading %s by its schema: %w", RefOf(obj), err)
	}
	if value, err = converter.ObjectToTyped(known, smd.AllowDuplicates); err != nil {
		return nil, fmt.Errorf("reading %s by its schema: %w", RefOf(obj), err)
	}
	return value, nil
}

func withoutUnknownFields(obj *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	structured, err := scheme.Scheme.New(obj.GroupVersionKind())
	if err != nil {
		return nil, err
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(obj.Object, structured); err != nil {
		return nil, err
	}
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(structured)
	return &unstructured.Unstructured{Object: fields}, err
}

// WithApplied returns the apply configuration together with all that kiln has
// applied to the live object before: an apply that leaves a field out gives it
// up, and would take back an earlier fix.
func WithApplied(config, live *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	applied, err := appliedSet(live)
	if err != nil || applied.Empty() {
		return config.DeepCopy(), err
	}
	typedLive, err := typedOf(live)
	if err != nil {
		return nil, err
	}
	typedConfig, err := typedOf(config)
	if err != nil {
		return nil, err
	}
	own := typedLive.ExtractItems(applied.Leaves(), smd.WithAppendKeyFields())
	merged, err := own.Merge(typedConfig)
	if err != nil {
		return nil, fmt.Errorf("joining the fix with earlier ones of %s: %w", RefOf(live), err)
	}
	fields, ok := merged.AsValue().Unstructured().(map[string]any)
	if !ok {
		return nil, fmt.Errorf("joining the fix with earlier ones of %s: not an object", RefOf(live))
	}
	whole := &unstructured.Unstructured{Object: fields}
	identify(whole, config)
	return whole, nil
}

// identify gives an apply configuration what names its object.
func identify(obj, like *unstructured.Unstructured) {
	obj.SetGroupVersionKind(like.GroupVersionKind())
	obj.SetName(like.GetName())
	obj.SetNamespace(like.GetNamespace())
	obj.SetUID(like.GetUID())
	obj.SetManagedFields(nil)
}
