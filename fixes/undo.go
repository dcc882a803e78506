package fixes

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"kiln/kube"
)

// Undo takes a journalled fix back: values first, then the fields' owners. An
// empty id means the newest fix of this cluster that is there to take back.
// Nothing is undone if a field of the fix has been changed since.
func (f *Fixer) Undo(ctx context.Context, id string) (Entry, error) {
	if f.Cluster.Gate.ReadOnly() {
		return Entry{}, &kube.ReadOnlyError{What: "to undo " + cmp.Or(id, "the last fix")}
	}
	unlock, err := f.Journal.lock(ctx)
	if err != nil {
		return Entry{}, err
	}
	defer unlock()
	entry, err := f.undoable(ctx, id)
	if err != nil {
		return Entry{}, err
	}
	preview, err := f.previewUndo(ctx, entry)
	if err != nil {
		return entry, err
	}
	if err := preview.Err(); err != nil {
		return entry, err
	}
	entry.State, entry.Error = Undoing, ""
	now := journalTime()
	entry.UndoneBy, entry.UndoneAt = f.Cluster.User, &now
	if err := f.Journal.save(entry); err != nil {
		return entry, err
	}
	return f.takeBackAll(ctx, entry)
}

// takeBackAll takes the objects back, the last one first, and journals each.
func (f *Fixer) takeBackAll(ctx context.Context, entry Entry) (Entry, error) {
	for i := range slices.Backward(entry.Objects) {
		object := &entry.Objects[i]
		if object.State != Applied || object.Lasting != "" {
			continue
		}
		if err := f.takeBackObject(ctx, *object); err != nil {
			err = fmt.Errorf("taking back %s: %w", object.Ref, err)
			entry.Error = kube.Clean(err.Error())
			if saveErr := f.Journal.save(entry); saveErr != nil {
				err = fmt.Errorf("%w; and %w", err, saveErr)
			}
			return entry, err
		}
		object.State = Undone
		if err := f.Journal.save(entry); err != nil {
			return entry, err
		}
	}
	entry.State, entry.Error = Undone, ""
	return entry, f.Journal.save(entry)
}

// takeBackObject does both writes, again from the start if the object moves on
// in between.
func (f *Fixer) takeBackObject(ctx context.Context, object JournalObject) error {
	for range attempts {
		err := f.tryTakeBack(ctx, object)
		if err == nil || !apierrors.IsConflict(err) {
			return err
		}
	}
	return fmt.Errorf("%w the fix: it is being changed all the time", ErrChanged)
}

func (f *Fixer) tryTakeBack(ctx context.Context, object JournalObject) error {
	if object.Mechanism == Delete {
		return f.makeAnew(ctx, object)
	}
	r, err := f.reverse(ctx, object, true)
	if err != nil || r.live == nil {
		return err
	}
	if object.Mechanism == Create {
		return f.Cluster.Delete(ctx, r.live, kube.ForReal)
	}
	restored, err := r.values(ctx, f.Cluster, kube.ForReal)
	if err != nil {
		return err
	}
	return r.managers(ctx, f.Cluster, restored)
}

// UndoPreview is what Undo would do. An empty id means the newest fix of this
// cluster that is there to take back.
func (f *Fixer) UndoPreview(ctx context.Context, id string) (Preview, error) {
	unlock, err := f.Journal.lock(ctx)
	if err != nil {
		return Preview{}, err
	}
	defer unlock()
	entry, err := f.undoable(ctx, id)
	if err != nil {
		return Preview{}, err
	}
	return f.previewUndo(ctx, entry)
}

func (f *Fixer) previewUndo(ctx context.Context, entry Entry) (Preview, error) {
	preview := Preview{Plan: Plan{Title: "Take back: " + kube.Clean(entry.Title)}}
	preview.Plan.Finding.ID, preview.Plan.Finding.Check, preview.Plan.Finding.Object = entry.Finding.ID, entry.Finding.Check, entry.Finding.Object
	for _, object := range slices.Backward(entry.Objects) {
		if object.State != Applied || object.Lasting != "" {
			continue
		}
		target, err := f.previewReversal(ctx, object, entry.State == Undoing)
		if ctx.Err() != nil {
			return Preview{}, fmt.Errorf("previewing the undo of %s: %w", entry.ID, ctx.Err())
		}
		target.Err = err
		preview.Targets = append(preview.Targets, target)
		preview.Plan.Changes = append(preview.Plan.Changes, target.Change)
	}
	preview.foresee(nil, "")
	return preview, nil
}

func (f *Fixer) previewReversal(ctx context.Context, object JournalObject, resumed bool) (TargetPreview, error) {
	target := TargetPreview{Change: Change{Target: object.Ref, UID: object.UID, Mechanism: Restore}}
	switch object.Mechanism {
	case Create:
		target.Change.Mechanism = Delete
	case Delete:
		return f.previewAnew(ctx, object, resumed)
	}
	if err := f.Cluster.Allowed(ctx, verbOf(target.Change.Mechanism), object.Ref); err != nil {
		return target, err
	}
	ctx, warnings := kube.WithWarnings(ctx)
	r, run, err := f.rehearseReversal(ctx, object, resumed)
	target.Warnings = warnings.List()
	if r.live != nil {
		target.Owner = kube.OwnerOf(r.live)
	}
	if err != nil || r.live == nil {
		return target, refusal(target.Change, err)
	}
	if resumed && target.Change.Mechanism == Restore && len(run.fields) == 0 {
		return target, nil // the values are back; their owners are still to come
	}
	masker := &kube.Masker{}
	for _, secret := range r.secrets {
		masker.Know(secret)
	}
	return target, target.show(run, masker)
}

// rehearseReversal is a reversal with its dry run, again from the start if the
// object moves on in between.
func (f *Fixer) rehearseReversal(ctx context.Context, object JournalObject, resumed bool) (r reversal, run dryRun, err error) {
	for range attempts {
		if r, err = f.reverse(ctx, object, resumed); err != nil || r.live == nil {
			break
		}
		if run, err = r.rehearse(ctx, f.Cluster); err == nil || !f.movedOn(ctx, r.live, err) {
			break
		}
	}
	return r, run, err
}

// rehearse is the dry run of a reversal.
func (r reversal) rehearse(ctx context.Context, c *kube.Cluster) (dryRun, error) {
	run := dryRun{live: r.live}
	if r.object.Mechanism == Create {
		return run, c.Delete(ctx, r.live, kube.DryRun)
	}
	var err error
	if run.after, err = r.values(ctx, c, kube.DryRun); err != nil {
		return run, err
	}
	run.fields, err = kube.CompareFields(run.live, run.after)
	return run, err
}

// undoable finds the entry to take back, and settles it first if it was
// interrupted. The journal must be locked.
func (f *Fixer) undoable(ctx context.Context, id string) (Entry, error) {
	entry, err := f.find(id)
	if err != nil {
		return Entry{}, err
	}
	if !entry.Cluster.is(clusterIDOf(f.Cluster)) {
		return Entry{}, fmt.Errorf("%w: %s was applied in context %s, %s", ErrOtherCluster, entry.ID, entry.Context, entry.Cluster.Server)
	}
	if entry.any(Pending) {
		unclear, err := f.settle(ctx, &entry)
		if err != nil {
			return Entry{}, err
		}
		if unclear != "" {
			return entry, fmt.Errorf("what was written by the interrupted fix %s can't be told: %s", entry.ID, unclear)
		}
	}
	if entry.permanent() {
		return Entry{}, fmt.Errorf("%w: %w", ErrNothingToUndo, entry.whyPermanent())
	}
	if !entry.takeable() {
		return Entry{}, fmt.Errorf("%w: %s is %s", ErrNothingToUndo, entry.ID, entry.State)
	}
	return entry, nil
}

func (f *Fixer) find(id string) (Entry, error) {
	if id == "" {
		return f.newestApplied()
	}
	return f.Journal.Entry(id)
}

func (f *Fixer) newestApplied() (Entry, error) {
	entries, unreadable := f.Journal.Entries()
	for _, entry := range slices.Backward(entries) {
		if entry.takeable() && entry.Cluster.is(clusterIDOf(f.Cluster)) {
			return entry, nil
		}
	}
	if len(unreadable) > 0 {
		return Entry{}, fmt.Errorf("%w, as far as the journal can be read: %w", ErrNothingToUndo, unreadable[0])
	}
	return Entry{}, fmt.Errorf("%w on %s", ErrNothingToUndo, f.Cluster.Server)
}

// takeable says that something of the fix is there to take back.
func (e Entry) takeable() bool {
	return !e.permanent() && (e.State == Applied || e.State == Partial || e.State == Undoing)
}
