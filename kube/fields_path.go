package kube

import (
	"slices"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/value"
)

// valueAt follows a path of managedFields through an object.
func valueAt(node any, path fieldpath.Path) (any, bool) {
	for _, element := range path {
		child, ok := childOf(node, element)
		if !ok {
			return nil, false
		}
		node = child
	}
	return node, true
}

// depthIn is how many elements of the path exist.
func depthIn(node any, path fieldpath.Path) int {
	for depth, element := range path {
		child, ok := childOf(node, element)
		if !ok {
			return depth
		}
		node = child
	}
	return len(path)
}

func childOf(node any, element fieldpath.PathElement) (any, bool) {
	switch node := node.(type) {
	case map[string]any:
		if element.FieldName != nil {
			child, ok := node[*element.FieldName]
			return child, ok
		}
	case []any:
		if i := indexOf(node, element); i >= 0 {
			return node[i], true
		}
	}
	return nil, false
}

// indexOf finds a list's item by its keys, its value or its place; -1 if there
// is none.
func indexOf(list []any, element fieldpath.PathElement) int {
	switch {
	case element.Key != nil:
		return slices.IndexFunc(list, func(item any) bool { return hasKeys(item, *element.Key) })
	case element.Value != nil:
		return slices.IndexFunc(list, func(item any) bool { return value.Equals(value.NewValueInterface(item), *element.Value) })
	case element.Index != nil && *element.Index < len(list):
		return *element.Index
	}
	return -1
}

func hasKeys(item any, keys value.FieldList) bool {
	fields, ok := item.(map[string]any)
	if !ok {
		return false
	}
	for _, key := range keys {
		own, ok := fields[key.Name]
		if !ok || !value.Equals(value.NewValueInterface(own), key.Value) {
			return false
		}
	}
	return true
}

// withValue returns node with the value at path replaced, or removed where
// the value is nil. Maps and lists that are left empty by that stay if they are
// among the first keep elements of the path.
func withValue(node any, path fieldpath.Path, newValue any, keep int) any {
	if len(path) == 0 {
		return newValue
	}
	child, existed := childOf(node, path[0])
	if !existed && newValue == nil {
		return node
	}
	if path[0].FieldName != nil {
		child = withValue(child, path[1:], newValue, keep-1)
		return withField(node, *path[0].FieldName, child, keep)
	}
	list, _ := node.([]any)
	// The place is looked up first: taking away an item's keys makes it unknown.
	i := indexOf(list, path[0])
	child = withValue(child, path[1:], newValue, keep-1)
	return withItem(list, i, path[0], child, keep)
}

func withField(node any, name string, child any, keep int) any {
	fields, _ := node.(map[string]any)
	if fields == nil {
		fields = map[string]any{}
	}
	if child != nil {
		fields[name] = child
		return fields
	}
	delete(fields, name)
	if len(fields) == 0 && keep < 0 {
		return nil
	}
	return fields
}

func withItem(list []any, i int, element fieldpath.PathElement, child any, keep int) any {
	switch {
	case child != nil && i >= 0:
		list[i] = child
	case child != nil:
		list = append(list, withKeys(child, element))
	case i >= 0:
		list = slices.Delete(list, i, i+1)
	}
	if len(list) == 0 && keep < 0 {
		return nil
	}
	return list
}

// withKeys completes a new item of a list with the keys that name it.
func withKeys(item any, element fieldpath.PathElement) any {
	fields, ok := item.(map[string]any)
	if !ok || element.Key == nil {
		return item
	}
	for _, key := range *element.Key {
		fields[key.Name] = key.Value.Unstructured()
	}
	return fields
}

// namesItem says whether the path ends in a key of its own list item, such as
// .volumes[name="tmp"].name.
func namesItem(path fieldpath.Path) bool {
	if len(path) < 2 || path[len(path)-1].FieldName == nil || path[len(path)-2].Key == nil {
		return false
	}
	return slices.ContainsFunc(*path[len(path)-2].Key, func(key value.Field) bool {
		return key.Name == *path[len(path)-1].FieldName
	})
}
