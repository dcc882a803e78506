package kube

import (
	"encoding/json"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// RestoredManagers returns the managedFields that a live object has when a fix
// is taken back: every field whose owners the fix changed goes to whoever had
// it before. If nobody else has written in between, the result is what was
// there before, times included.
func RestoredManagers(live, before, after []metav1.ManagedFieldsEntry, changes []FieldChange) ([]metav1.ManagedFieldsEntry, error) {
	own, had, got, err := threeStates(live, before, after)
	if err != nil {
		return nil, err
	}
	changed, err := changedPaths(changes)
	if err != nil {
		return nil, err
	}
	kilns := fieldsOfKiln(changed, had, got)
	var restored []metav1.ManagedFieldsEntry
	for _, id := range own.withNewOf(had) {
		var set *fieldpath.Set
		if id.manager == FieldManager {
			set = tidyItems(swap(own.set(id), had.set(id), kilns))
		} else {
			lost := had.set(id).Difference(got.set(id))
			set = swap(own.set(id), had.set(id), changed).Union(lost)
		}
		if set.Empty() {
			continue
		}
		entry, err := restoredEntry(own.entries[id], had.entries[id], set, had.set(id))
		if err != nil {
			return nil, err
		}
		restored = append(restored, entry)
	}
	return restored, nil
}

// swap is the set with the given fields as they are in another set.
func swap(set, other, fields *fieldpath.Set) *fieldpath.Set {
	return set.Difference(fields).Union(other.Intersection(fields))
}

// ManagersPatch is the merge patch that writes nothing but managedFields, for
// exactly this state of the object. The API server takes them as they are only
// if no value changes in the same write.
func ManagersPatch(live *unstructured.Unstructured, entries []metav1.ManagedFieldsEntry) (map[string]any, error) {
	patch := map[string]any{"metadata": map[string]any{}}
	data, err := json.Marshal(entries)
	if err != nil {
		return nil, fmt.Errorf("encoding the managers of %s: %w", RefOf(live), err)
	}
	var plain []any
	if err := json.Unmarshal(data, &plain); err != nil {
		return nil, fmt.Errorf("encoding the managers of %s: %w", RefOf(live), err)
	}
	if err := unstructured.SetNestedSlice(patch, plain, "metadata", "managedFields"); err != nil {
		return nil, fmt.Errorf("encoding the managers of %s: %w", RefOf(live), err)
	}
	return patch, forExactly(patch, live)
}

// managerID is what tells two entries of managedFields apart, besides times.
type managerID struct {
	manager     string
	operation   metav1.ManagedFieldsOperationType
	apiVersion  string
	subresource string
}

// managers are the entries of managedFields, with their sets.
type managers struct {
	order   []managerID
	entries map[managerID]metav1.ManagedFieldsEntry
	sets    map[managerID]*fieldpath.Set
}

func threeStates(live, before, after []metav1.ManagedFieldsEntry) (l, b, a managers, err error) {
	if l, err = readManagers(live); err != nil {
		return
	}
	if b, err = readManagers(before); err != nil {
		return
	}
	a, err = readManagers(after)
	return
}

func readManagers(entries []metav1.ManagedFieldsEntry) (managers, error) {
	m := managers{entries: map[managerID]metav1.ManagedFieldsEntry{}, sets: map[managerID]*fieldpath.Set{}}
	for _, entry := range entries {
		set, err := fieldSet(entry)
		if err != nil {
			return managers{}, err
		}
		id := managerID{entry.Manager, entry.Operation, entry.APIVersion, entry.Subresource}
		m.order = append(m.order, id)
		m.entries[id], m.sets[id] = entry, set
	}
	return m, nil
}

func (m managers) set(id managerID) *fieldpath.Set {
	if set, ok := m.sets[id]; ok {
		return set
	}
	return fieldpath.NewSet()
}

// withNewOf lists m's managers, then those that only other has.
func (m managers) withNewOf(other managers) []managerID {
	all := slices.Clone(m.order)
	for _, id := range other.order {
		if _, ok := m.sets[id]; !ok {
			all = append(all, id)
		}
	}
	return all
}

// changedPaths are the changed fields, and the parents that came with them.
func changedPaths(changes []FieldChange) (*fieldpath.Set, error) {
	changed := fieldpath.NewSet()
	for _, change := range changes {
		path, err := change.path()
		if err != nil {
			return nil, err
		}
		for depth := change.Existed; depth < len(path); depth++ {
			changed.Insert(path[:depth+1].Copy())
		}
		changed.Insert(path)
	}
	return changed, nil
}

// fieldsOfKiln are all that kiln may hold by a fix or by its undo: what the fix
// changed, what kiln got by it without a change, such as the keys of list
// items, and what others lost, which undo writes. What kiln itself lost by the
// fix is left out: those are fields of earlier fixes that don't exist.
func fieldsOfKiln(changed *fieldpath.Set, before, after managers) *fieldpath.Set {
	fields := changed
	for _, id := range before.withNewOf(after) {
		if id.manager == FieldManager {
			fields = fields.Union(after.set(id).Difference(before.set(id)))
		} else {
			fields = fields.Union(before.set(id).Difference(after.set(id)))
		}
	}
	return fields
}

// tidyItems drops list items of which nothing but the keys is held, and holds
// the keys of the others: several fixes of one item share its keys.
func tidyItems(set *fieldpath.Set) *fieldpath.Set {
	tidy, items := fieldpath.NewSet(), fieldpath.NewSet()
	for path := range set.All() {
		if !isKeyOnly(path) {
			tidy.Insert(path.Copy())
			items = items.Union(itemsAbove(path))
		}
	}
	return tidy.Union(items)
}

// isKeyOnly says that a path is a keyed item itself, or one of its keys.
func isKeyOnly(path fieldpath.Path) bool {
	return len(path) > 0 && path[len(path)-1].Key != nil || namesItem(path)
}

// itemsAbove are the keyed items that a path goes through, with their keys.
func itemsAbove(path fieldpath.Path) *fieldpath.Set {
	items := fieldpath.NewSet()
	for depth, element := range path {
		if element.Key == nil {
			continue
		}
		item := path[:depth+1].Copy()
		items.Insert(item)
		for _, key := range *element.Key {
			items.Insert(append(item.Copy(), fieldpath.FieldNameElement(key.Name)))
		}
	}
	return items
}

// restoredEntry is the entry with its new set, and the time from before if the
// set is that from before.
func restoredEntry(live, before metav1.ManagedFieldsEntry, set, setBefore *fieldpath.Set) (metav1.ManagedFieldsEntry, error) {
	entry := live
	if entry.Manager == "" || set.Equals(setBefore) {
		entry = before
	}
	data, err := set.ToJSON()
	if err != nil {
		return entry, fmt.Errorf("writing the fields of manager %s: %w", entry.Manager, err)
	}
	entry.FieldsV1 = metav1.NewFieldsV1(string(data))
	return entry, nil
}
