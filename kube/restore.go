package kube

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// WithBefore returns the live object with the changes taken back: fields get
// their value from before, and what wasn't there goes.
func WithBefore(live *unstructured.Unstructured, changes []FieldChange) (*unstructured.Unstructured, error) {
	restored := live.DeepCopy()
	inOrder, err := keysLast(changes)
	if err != nil {
		return nil, err
	}
	others, err := fieldsOfOthers(live)
	if err != nil {
		return nil, err
	}
	for _, step := range inOrder {
		value := runtime.DeepCopyJSONValue(step.change.Before)
		keep := keptDepth(step.path, step.change.Existed, others)
		fields, ok := withValue(restored.Object, step.path, value, keep).(map[string]any)
		if !ok {
			return nil, fmt.Errorf("restoring %s of %s: nothing would be left", step.change.Path, RefOf(live))
		}
		restored.Object = fields
	}
	inOrder = slices.DeleteFunc(inOrder, func(s restoreStep) bool { return s.change.Place == nil })
	slices.SortStableFunc(inOrder, func(a, b restoreStep) int { return cmp.Compare(a.change.Place.Index, b.change.Place.Index) })
	for _, step := range inOrder {
		moveTo(restored.Object, step.path[:step.change.Place.Depth], step.change.Place.Index)
	}
	return restored, nil
}

// moveTo brings an item that came back to its place in the list.
func moveTo(object map[string]any, path fieldpath.Path, place int) {
	list, _ := valueAt(object, path[:len(path)-1])
	items, _ := list.([]any)
	now := indexOf(items, path[len(path)-1])
	if now < 0 || place >= len(items) {
		return
	}
	item := items[now]
	copy(items[now:], items[now+1:])
	copy(items[place+1:], items[place:len(items)-1])
	items[place] = item
}

// fieldsOfOthers are the fields of all managers but kiln.
func fieldsOfOthers(live *unstructured.Unstructured) (*fieldpath.Set, error) {
	others := fieldpath.NewSet()
	for _, entry := range live.GetManagedFields() {
		if entry.Manager == FieldManager {
			continue
		}
		set, err := fieldSet(entry)
		if err != nil {
			return nil, err
		}
		others = others.Union(set)
	}
	return others, nil
}

// keptDepth is how many of the path's elements stay even if nothing is left in
// them: those that existed before the fix and that somebody else holds. What
// only another of kiln's fixes had made, which was taken back since, goes.
func keptDepth(path fieldpath.Path, existed int, others *fieldpath.Set) int {
	if others.Empty() {
		return existed
	}
	for existed > 0 && !others.Has(path[:existed]) {
		existed--
	}
	return existed
}

type restoreStep struct {
	change FieldChange
	path   fieldpath.Path
}

// keysLast orders the changes so that the key of a list's item goes only when
// all its other fields, which are found by it, are gone.
func keysLast(changes []FieldChange) ([]restoreStep, error) {
	steps := make([]restoreStep, 0, len(changes))
	for _, change := range changes {
		path, err := change.path()
		if err != nil {
			return nil, err
		}
		steps = append(steps, restoreStep{change, path})
	}
	slices.SortStableFunc(steps, func(a, b restoreStep) int {
		return cmp.Compare(rank(a.path), rank(b.path))
	})
	return steps, nil
}

func rank(path fieldpath.Path) int {
	if namesItem(path) {
		return 1
	}
	return 0
}

// RestorePatch is the JSON merge patch from the live object to the wanted
// one, for exactly this state of it.
func RestorePatch(live, wanted *unstructured.Unstructured) (map[string]any, error) {
	from, err := json.Marshal(live.Object)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", RefOf(live), err)
	}
	to, err := json.Marshal(wanted.Object)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", RefOf(live), err)
	}
	merge, err := jsonpatch.CreateMergePatch(from, to)
	if err != nil {
		return nil, fmt.Errorf("making the patch for %s: %w", RefOf(live), err)
	}
	var patch map[string]any
	if err := json.Unmarshal(merge, &patch); err != nil {
		return nil, fmt.Errorf("making the patch for %s: %w", RefOf(live), err)
	}
	return patch, forExactly(patch, live)
}

// forExactly has the server refuse a merge patch unless the object is still
// in the state that was read.
func forExactly(patch map[string]any, live *unstructured.Unstructured) error {
	for field, value := range map[string]string{"uid": string(live.GetUID()), "resourceVersion": live.GetResourceVersion()} {
		if err := unstructured.SetNestedField(patch, value, "metadata", field); err != nil {
			return fmt.Errorf("making the patch for %s: %w", RefOf(live), err)
		}
	}
	return nil
}

// ChangedField says that a field of a fix isn't as the fix left it.
type ChangedField struct {
	Ref Ref
	// Field is the path in the server's notation; Manager holds it now, and is
	// empty if the field is gone.
	Field    string
	Elements []string
	Manager  string
	// Value is what the field has now; nil if it's gone.
	Value any
}

// FirstChanged finds a field of the changes that has another value than the
// fix gave it, or, where the value is masked, another manager; nil if there is
// none. With orBefore, a field that has its old value back is fine, too.
func FirstChanged(live *unstructured.Unstructured, changes []FieldChange, orBefore bool) (*ChangedField, error) {
	return firstNot(live, changes, func(change FieldChange, path fieldpath.Path) (bool, error) {
		asLeft, err := isAsLeft(live, change, path)
		if err != nil || asLeft || !orBefore {
			return asLeft, err
		}
		return isAsBefore(live, change)
	})
}

// FirstNotBefore finds a field of the changes that doesn't have the value from
// before the fix; nil if there is none.
func FirstNotBefore(live *unstructured.Unstructured, changes []FieldChange) (*ChangedField, error) {
	return firstNot(live, changes, func(change FieldChange, _ fieldpath.Path) (bool, error) {
		return isAsBefore(live, change)
	})
}

func firstNot(live *unstructured.Unstructured, changes []FieldChange, fine func(FieldChange, fieldpath.Path) (bool, error)) (*ChangedField, error) {
	for _, change := range changes {
		path, err := change.path()
		if err != nil {
			return nil, err
		}
		isFine, err := fine(change, path)
		if err != nil {
			return nil, err
		}
		if !isFine {
			value, _ := valueAt(live.Object, path)
			return &ChangedField{
				Ref: RefOf(live), Field: change.Path, Elements: change.Elements, Manager: lastWriter(live, path), Value: value,
			}, nil
		}
	}
	return nil, nil
}

// isAsLeft compares values; of a masked one it knows only that whoever changes
// a value takes the field from kiln.
func isAsLeft(live *unstructured.Unstructured, change FieldChange, path fieldpath.Path) (bool, error) {
	if !change.Masked || change.After == nil {
		return change.IsIn(live, change.After)
	}
	for _, entry := range live.GetManagedFields() {
		set, err := fieldSet(entry)
		if err != nil {
			return false, err
		}
		if entry.Manager == FieldManager && set.Has(path) {
			return true, nil
		}
	}
	return false, nil
}

// isAsBefore compares values; of a masked one it knows only that there was one.
func isAsBefore(live *unstructured.Unstructured, change FieldChange) (bool, error) {
	if !change.Masked || change.Before == nil {
		return change.IsIn(live, change.Before)
	}
	value, err := change.In(live)
	return value != nil, err
}
