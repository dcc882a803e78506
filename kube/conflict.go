package kube

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// FieldOwner is a manager that holds a field.
type FieldOwner struct {
	// Field is the path in the server's notation.
	Field   string
	Manager string
	// Declared means that the manager holds the field by an apply; else it
	// has merely written it.
	Declared bool
}

// OwnersOfFields lists who else than kiln holds the fields of the changes in a
// live object.
func OwnersOfFields(live *unstructured.Unstructured, changes []FieldChange) ([]FieldOwner, error) {
	var owners []FieldOwner
	for _, entry := range live.GetManagedFields() {
		if entry.Manager == FieldManager {
			continue
		}
		set, err := fieldSet(entry)
		if err != nil {
			return nil, err
		}
		for _, change := range changes {
			path, err := change.path()
			if err != nil {
				return nil, err
			}
			if set.Has(path) {
				owners = append(owners, FieldOwner{change.Path, entry.Manager, entry.Operation == metav1.ManagedFieldsOperationApply})
			}
		}
	}
	slices.SortStableFunc(owners, func(a, b FieldOwner) int { return strings.Compare(a.Field, b.Field) })
	return owners, nil
}

// Conflicts are the fields for which the API server refused an apply, and
// whose they are. Other errors, and refusals for other reasons, have none.
func Conflicts(err error) []FieldOwner {
	var status apierrors.APIStatus
	if !apierrors.IsConflict(err) || !errors.As(err, &status) || status.Status().Details == nil {
		return nil
	}
	var conflicts []FieldOwner
	for _, cause := range status.Status().Details.Causes {
		if cause.Type == metav1.CauseTypeFieldManagerConflict {
			conflicts = append(conflicts, FieldOwner{Field: cause.Field, Manager: managerIn(cause.Message)})
		}
	}
	return conflicts
}

// managerIn reads the manager's name from the server's sentence: conflict with
// "helm" using apps/v1.
func managerIn(message string) string {
	_, rest, _ := strings.Cut(message, `"`)
	if name, _, quoted := strings.Cut(rest, `"`); quoted {
		return name
	}
	return message
}

// lastWriter is the manager who holds the field, for telling a person who has
// changed it; empty if nobody does.
func lastWriter(live *unstructured.Unstructured, path fieldpath.Path) string {
	var latest metav1.ManagedFieldsEntry
	for _, entry := range live.GetManagedFields() {
		set, err := fieldSet(entry)
		if err == nil && set.Has(path) && (latest.Manager == "" || latest.Time.Before(entry.Time)) {
			latest = entry
		}
	}
	return latest.Manager
}

// appliedSet is what kiln holds by applies in a live object.
func appliedSet(live *unstructured.Unstructured) (*fieldpath.Set, error) {
	for _, entry := range live.GetManagedFields() {
		if entry.Manager == FieldManager && entry.Operation == metav1.ManagedFieldsOperationApply {
			return fieldSet(entry)
		}
	}
	return fieldpath.NewSet(), nil
}

func fieldSet(entry metav1.ManagedFieldsEntry) (*fieldpath.Set, error) {
	set := fieldpath.NewSet()
	if entry.FieldsV1 == nil {
		return set, nil
	}
	if err := set.FromJSON(bytes.NewReader(entry.FieldsV1.GetRawBytes())); err != nil {
		return nil, fmt.Errorf("reading the fields of manager %s: %w", entry.Manager, err)
	}
	return set, nil
}
