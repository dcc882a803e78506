package kube

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// Sparse is an object that says no more than what the changes do: the new
// values of the fields, and null for those that go.
func Sparse(ref Ref, changes []FieldChange) (*unstructured.Unstructured, error) {
	obj := &unstructured.Unstructured{Object: map[string]any{}}
	obj.SetAPIVersion(ref.APIVersion)
	obj.SetKind(ref.Kind)
	obj.SetNamespace(ref.Namespace)
	obj.SetName(ref.Name)
	for _, change := range changes {
		path, err := change.path()
		if err != nil {
			return nil, err
		}
		var value any = null{}
		if change.After != nil {
			value = runtime.DeepCopyJSONValue(change.After)
		}
		fields, ok := withValue(obj.Object, path, value, len(path)).(map[string]any)
		if !ok {
			return nil, fmt.Errorf("writing the changes of %s: nothing would be left", ref)
		}
		obj.Object = fields
	}
	return obj, nil
}

// null is a value that JSON writes as null; a nil takes a field away instead.
type null struct{}

// MarshalJSON implements json.Marshaler.
func (null) MarshalJSON() ([]byte, error) { return []byte("null"), nil }
