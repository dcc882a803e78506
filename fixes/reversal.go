package fixes

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

// reversal is what takes one journalled object back.
type reversal struct {
	object JournalObject
	// live is the object now; nil if there is nothing left to take back.
	live *unstructured.Unstructured
	// wanted is the object with its earlier values; nil if it is deleted.
	wanted *unstructured.Unstructured
	// secrets are values that are put back, and never shown.
	secrets []string
}

// reverse plans the reversal, and refuses if a field of the fix isn't as the
// fix left it. In an undo that goes on where another stopped, resumed is set:
// fields may have their earlier value already.
func (f *Fixer) reverse(ctx context.Context, object JournalObject, resumed bool) (reversal, error) {
	live, err := f.Cluster.Read(ctx, object.Ref)
	gone := apierrors.IsNotFound(err)
	switch {
	case gone && object.Mechanism == Create:
		return reversal{object: object}, nil
	case gone:
		return reversal{}, fmt.Errorf("%w the fix: %s is gone", ErrChanged, object.Ref)
	case err != nil:
		return reversal{}, fmt.Errorf("reading %s: %w", object.Ref, err)
	case live.GetUID() != object.UID:
		return reversal{}, fmt.Errorf("%w the fix: %s was deleted and made anew", ErrChanged, object.Ref)
	}
	changed, err := kube.FirstChanged(live, object.Fields, resumed)
	if err != nil {
		return reversal{}, err
	}
	if changed != nil {
		return reversal{}, changedSince(*changed, live)
	}
	if object.Mechanism == Create {
		return reversal{object: object, live: live}, extended(object, live)
	}
	fields, secrets, err := f.withSecrets(ctx, object)
	if err != nil {
		return reversal{}, err
	}
	wanted, err := kube.WithBefore(live, fields)
	return reversal{object: object, live: live, wanted: wanted, secrets: secrets}, err
}

// changedSince names the field, who holds it, and its value, masked.
func changedSince(changed kube.ChangedField, live *unstructured.Unstructured) error {
	var masker kube.Masker
	value := kube.FieldChange{Path: changed.Field, Elements: changed.Elements, After: changed.Value}
	shown := masker.Change(live.GetKind(), value).After
	switch {
	case changed.Value == nil:
		return fmt.Errorf("%w the fix: %s of %s is gone", ErrChanged, changed.Field, changed.Ref)
	case changed.Manager == "":
		return fmt.Errorf("%w the fix: %s of %s is %s now", ErrChanged, changed.Field, changed.Ref, kube.Clean(fmt.Sprint(shown)))
	}
	return fmt.Errorf("%w the fix: %s of %s is %s now, written by %s", ErrChanged,
		changed.Field, changed.Ref, kube.Clean(fmt.Sprint(shown)), kube.Clean(changed.Manager))
}

// extended refuses to delete a created object that has got further fields:
// somebody uses it for more than the fix.
func extended(object JournalObject, live *unstructured.Unstructured) error {
	fields, err := kube.CompareFields(nameOnly(object.Ref), live)
	if err != nil {
		return err
	}
	own := map[string]bool{}
	for _, change := range object.Fields {
		own[change.Path] = true
	}
	for _, change := range fields {
		if !own[change.Path] {
			return fmt.Errorf("%w the fix: %s of %s was added; take that back first", ErrChanged, change.Path, object.Ref)
		}
	}
	return nil
}

// withSecrets completes the fields with the values that the journal doesn't
// hold but the Secret that they were moved to.
func (f *Fixer) withSecrets(ctx context.Context, object JournalObject) ([]kube.FieldChange, []string, error) {
	fields := make([]kube.FieldChange, 0, len(object.Fields))
	var secrets []string
	for _, change := range object.Fields {
		if change.Masked && change.Before != nil {
			value, err := f.movedValue(ctx, object, change)
			if err != nil {
				return nil, nil, err
			}
			change.Before = value
			secrets = append(secrets, value)
		}
		fields = append(fields, change)
	}
	return fields, secrets, nil
}

func (f *Fixer) movedValue(ctx context.Context, object JournalObject, change kube.FieldChange) (string, error) {
	if object.Moved == nil {
		return "", fmt.Errorf("%s of %s was secret, and is kept nowhere", change.Path, object.Ref)
	}
	secret, err := f.Cluster.Read(ctx, object.Moved.Secret)
	if err != nil {
		return "", fmt.Errorf("reading back the value of %s of %s: %w", change.Path, object.Ref, err)
	}
	return secretValue(secret, object.Moved.Key)
}

// values writes the earlier values: the first of undo's two writes. If they are
// there already it writes nothing.
func (r reversal) values(ctx context.Context, c *kube.Cluster, mode kube.WriteMode) (*unstructured.Unstructured, error) {
	differences, err := kube.CompareFields(r.live, r.wanted)
	if err != nil || len(differences) == 0 {
		return r.live, err
	}
	patch, err := kube.RestorePatch(r.live, r.wanted)
	if err != nil {
		return nil, err
	}
	return c.PatchMerge(ctx, r.object.Ref, patch, mode)
}

// managers gives the fields back to whoever had them: the second write.
func (r reversal) managers(ctx context.Context, c *kube.Cluster, live *unstructured.Unstructured) error {
	entries, err := kube.RestoredManagers(live.GetManagedFields(), r.object.ManagersBefore, r.object.ManagersAfter, r.object.Fields)
	if err != nil {
		return err
	}
	patch, err := kube.ManagersPatch(live, entries)
	if err != nil {
		return err
	}
	_, err = c.PatchMerge(ctx, r.object.Ref, patch, kube.ForReal)
	return err
}
