package kube

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// Merged is what a server-side apply of config would make of an object that
// has no other managers, such as one in a manifest: lists are joined by the
// schema's keys. Fields that the schema doesn't know stay as they are.
func Merged(obj, config *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	typedObj, err := typedOf(obj)
	if err != nil {
		return nil, err
	}
	typedConfig, err := typedOf(config)
	if err != nil {
		return nil, err
	}
	joined, err := typedObj.Merge(typedConfig)
	if err != nil {
		return nil, fmt.Errorf("joining %s with what is to be set: %w", RefOf(obj), err)
	}
	comparison, err := typedObj.Compare(joined)
	if err != nil {
		return nil, fmt.Errorf("comparing two states of %s: %w", RefOf(obj), err)
	}
	after := joined.AsValue().Unstructured()
	merged := obj.DeepCopy()
	for path := range comparison.Removed.Union(comparison.Modified).Union(comparison.Added).Leaves().All() {
		value, _ := valueAt(after, path)
		fields, ok := withValue(merged.Object, path, runtime.DeepCopyJSONValue(value), len(path)).(map[string]any)
		if !ok {
			return nil, fmt.Errorf("joining %s with what is to be set: nothing would be left", RefOf(obj))
		}
		merged.Object = fields
	}
	return merged, nil
}
