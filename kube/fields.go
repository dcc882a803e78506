package kube

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// FieldChange is one field that a write changes. Only the ends of a tree are
// fields: a new container's image, not the new container.
type FieldChange struct {
	// Path is the field in the server's notation, for people:
	// .spec.template.spec.containers[name="api"].image
	Path string `json:"path"`
	// Elements are the same path as managedFields writes its elements.
	Elements []string `json:"elements"`
	// Existed is how many of the path's elements existed before, so that
	// taking the field away also takes the parents that came with it.
	Existed int `json:"existed"`
	// Before and After are the values; nil where the field doesn't exist.
	Before any `json:"before"`
	After  any `json:"after"`
	// Masked says that the values are secret, and hold marks instead.
	Masked bool `json:"masked,omitempty"`
	// Place is where the list's item stood that the change takes away; nil
	// for all other changes. The order of variables, for one, has a meaning.
	Place *Place `json:"place,omitempty"`
}

// Place is the place of a list's item.
type Place struct {
	// Depth is how many elements of the path lead to the item.
	Depth int `json:"depth"`
	Index int `json:"index"`
}

// CompareFields lists the fields that differ between two states of an object,
// in the order of their paths. What every write changes (managedFields,
// resourceVersion, generation) and the status are left out.
func CompareFields(before, after *unstructured.Unstructured) ([]FieldChange, error) {
	before, after = Essence(before), Essence(after)
	typedBefore, err := typedOf(before)
	if err != nil {
		return nil, err
	}
	typedAfter, err := typedOf(after)
	if err != nil {
		return nil, err
	}
	comparison, err := typedBefore.Compare(typedAfter)
	if err != nil {
		return nil, fmt.Errorf("comparing two states of %s: %w", RefOf(before), err)
	}
	changed := comparison.Removed.Union(comparison.Modified).Union(comparison.Added).Leaves()
	var changes []FieldChange
	for path := range changed.All() {
		change, err := newFieldChange(path.Copy(), before.Object, after.Object)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	return changes, nil
}

func newFieldChange(path fieldpath.Path, before, after map[string]any) (FieldChange, error) {
	change := FieldChange{Path: path.String(), Existed: depthIn(before, path), Place: placeOfRemoved(before, after, path)}
	for _, element := range path {
		text, err := fieldpath.SerializePathElement(element)
		if err != nil {
			return FieldChange{}, fmt.Errorf("writing the path %s: %w", path, err)
		}
		change.Elements = append(change.Elements, text)
	}
	change.Before, _ = valueAt(before, path)
	change.After, _ = valueAt(after, path)
	change.Before, change.After = runtime.DeepCopyJSONValue(change.Before), runtime.DeepCopyJSONValue(change.After)
	return change, nil
}

// placeOfRemoved is where the path's item stood in its list, if after has it no
// more.
func placeOfRemoved(before, after map[string]any, path fieldpath.Path) *Place {
	for i, element := range path {
		if element.Key == nil {
			continue
		}
		list, _ := valueAt(before, path[:i])
		items, _ := list.([]any)
		index := indexOf(items, element)
		if _, stays := valueAt(after, path[:i+1]); index >= 0 && !stays {
			return &Place{Depth: i + 1, Index: index}
		}
	}
	return nil
}

// In returns the value that the field has in obj; nil if it has none.
func (f FieldChange) In(obj *unstructured.Unstructured) (any, error) {
	path, err := f.path()
	if err != nil {
		return nil, err
	}
	value, _ := valueAt(obj.Object, path)
	return value, nil
}

// IsIn says whether the field has the value in obj. A mark stands for no
// value.
func (f FieldChange) IsIn(obj *unstructured.Unstructured, value any) (bool, error) {
	live, err := f.In(obj)
	return err == nil && equality.Semantic.DeepEqual(live, value), err
}

// Under says whether the field lies at or below a dotted path of plain names,
// such as "spec.template".
func (f FieldChange) Under(dotted string) bool {
	names := strings.Split(dotted, ".")
	if len(f.Elements) < len(names) {
		return false
	}
	return slices.EqualFunc(f.Elements[:len(names)], names, func(element, name string) bool { return element == "f:"+name })
}

func (f FieldChange) path() (fieldpath.Path, error) {
	path := make(fieldpath.Path, 0, len(f.Elements))
	for _, text := range f.Elements {
		element, err := fieldpath.DeserializePathElement(text)
		if err != nil {
			return nil, fmt.Errorf("reading the path %s: %w", f.Path, err)
		}
		path = append(path, element)
	}
	return path, nil
}

// Essence is a copy of obj without what the server keeps about it: its status,
// uid, versions, times and managers. Two annotations count versions, too.
func Essence(obj *unstructured.Unstructured) *unstructured.Unstructured {
	obj = obj.DeepCopy()
	unstructured.RemoveNestedField(obj.Object, "status")
	for _, field := range []string{"managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink"} {
		unstructured.RemoveNestedField(obj.Object, "metadata", field)
	}
	for _, annotation := range []string{appsv1.DeprecatedTemplateGeneration, "deployment.kubernetes.io/revision"} {
		unstructured.RemoveNestedField(obj.Object, "metadata", "annotations", annotation)
	}
	if len(obj.GetAnnotations()) == 0 {
		unstructured.RemoveNestedField(obj.Object, "metadata", "annotations")
	}
	return obj
}
