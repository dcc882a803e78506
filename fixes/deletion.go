package fixes

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"kiln/kube"
)

// Taking a deletion back makes the object anew: it gets its fields and their
// owners again, but another uid and another time of creation.

// previewAnew previews the undo of a deletion.
func (f *Fixer) previewAnew(ctx context.Context, object JournalObject, resumed bool) (TargetPreview, error) {
	target := TargetPreview{Change: Change{Target: object.Ref, Mechanism: Create}}
	if err := f.Cluster.Allowed(ctx, verbOf(Create), object.Ref); err != nil {
		return target, err
	}
	wanted, err := asDeleted(object)
	if err != nil {
		return target, err
	}
	target.Change.Apply = wanted
	live, err := f.madeAnew(ctx, object, resumed)
	if err != nil || live != nil {
		return target, err
	}
	ctx, warnings := kube.WithWarnings(ctx)
	run, err := f.dryRun(ctx, target.Change)
	target.Warnings = warnings.List()
	if err != nil {
		return target, err
	}
	return target, target.show(run, &kube.Masker{})
}

// makeAnew creates the object, and then gives its fields to their owners.
func (f *Fixer) makeAnew(ctx context.Context, object JournalObject) error {
	wanted, err := asDeleted(object)
	if err != nil {
		return err
	}
	live, err := f.madeAnew(ctx, object, true)
	if err != nil {
		return err
	}
	if live == nil {
		if live, err = f.Cluster.Create(ctx, wanted, kube.ForReal); err != nil {
			return err
		}
	}
	var owners []metav1.ManagedFieldsEntry
	for _, entry := range object.ManagersBefore {
		if entry.Subresource == "" { // the status of what was deleted is gone
			owners = append(owners, entry)
		}
	}
	patch, err := kube.ManagersPatch(live, owners)
	if err != nil {
		return err
	}
	if _, err = f.Cluster.PatchMerge(ctx, object.Ref, patch, kube.ForReal); err != nil {
		return err
	}
	return f.reborn(object, live.GetUID())
}

// reborn tells the journal that an object has a new uid, so that earlier fixes
// of it can still be taken back.
func (f *Fixer) reborn(object JournalObject, uid types.UID) error {
	entries, _ := f.Journal.Entries()
	for _, entry := range entries {
		changed := false
		for i := range entry.Objects {
			o := &entry.Objects[i]
			if o.Ref == object.Ref && o.UID == object.UID && o.Mechanism != Delete && entry.Cluster.is(clusterIDOf(f.Cluster)) {
				o.UID, changed = uid, true
			}
		}
		if !changed {
			continue
		}
		if err := f.Journal.save(entry); err != nil {
			return err
		}
	}
	return nil
}

// asDeleted is the object as it was when it was deleted.
func asDeleted(object JournalObject) (*unstructured.Unstructured, error) {
	if object.Removed == nil {
		return nil, fmt.Errorf("%s held secret values, which the journal doesn't keep", object.Ref)
	}
	return &unstructured.Unstructured{Object: runtime.DeepCopyJSON(object.Removed)}, nil
}

// madeAnew is the object if an undo that was interrupted has made it already;
// nil if it's still to be made. One that somebody else has made is refused.
func (f *Fixer) madeAnew(ctx context.Context, object JournalObject, resumed bool) (*unstructured.Unstructured, error) {
	live, err := f.Cluster.Read(ctx, object.Ref)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", object.Ref, err)
	}
	other, err := kube.FirstNotBefore(live, object.Fields)
	if err != nil {
		return nil, err
	}
	if other != nil || !resumed {
		return nil, fmt.Errorf("%w the fix: %s was made anew by somebody else", ErrChanged, object.Ref)
	}
	return live, nil
}
