package fixes

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

// Options are the user's explicit words.
type Options struct {
	// TakeOver takes all fields from managers that declared them
	// (--force-conflicts), Take only those that it names, as their Takeovers do
	// (--take).
	TakeOver bool
	Take     []string
	// Group joins the fixes of a batch, for undo to take them back together: see
	// NewGroup. Empty for a single fix.
	Group string
	// Stopgap fixes a live object whose owner will put its own values back.
	Stopgap bool
}

// Apply carries out what was previewed, and nothing else. The journal has the
// entry on disk before the first request. The entry comes back even with an
// error, if there is one: its state says how far the fix came.
func (f *Fixer) Apply(ctx context.Context, preview Preview, options Options) (Entry, error) {
	if err := f.mayApply(preview, options); err != nil {
		return Entry{}, err
	}
	unlock, err := f.Journal.lock(ctx)
	if err != nil {
		return Entry{}, err
	}
	defer unlock()
	runs, err := f.rehearse(ctx, preview)
	if err != nil {
		return Entry{}, withoutSecrets(err, maskerFor(preview.Plan))
	}
	entry := f.entryOf(preview, runs)
	entry.Group = options.Group
	if err := unrestorable(entry); err != nil {
		return Entry{}, err
	}
	if err := f.Journal.add(&entry); err != nil {
		return Entry{}, err
	}
	return f.carryOut(ctx, entry, preview)
}

// mayApply refuses what needs a word that wasn't given.
func (f *Fixer) mayApply(preview Preview, options Options) error {
	if err := preview.Err(); err != nil {
		return err
	}
	if len(preview.Targets) == 0 {
		return fmt.Errorf("%w: the plan has no preview", ErrNothingToDo)
	}
	for _, target := range preview.Targets {
		if target.stopgap() && !options.Stopgap {
			return &OwnedError{Object: target.Change.Target, Owner: target.Owner}
		}
	}
	conflicts := slices.DeleteFunc(preview.Conflicts(), func(t Takeover) bool {
		return options.TakeOver || slices.Contains(options.Take, t.Field)
	})
	if len(conflicts) > 0 {
		return &ConflictError{Takeovers: conflicts}
	}
	if f.Cluster.Gate.ReadOnly() {
		return &kube.ReadOnlyError{What: "to change " + preview.Targets[0].Change.Target.String()}
	}
	return nil
}

// rehearse runs all dry runs again: what they say must be what was previewed.
func (f *Fixer) rehearse(ctx context.Context, preview Preview) ([]dryRun, error) {
	runs := make([]dryRun, 0, len(preview.Targets))
	for _, target := range preview.Targets {
		run, err := f.rehearseTarget(ctx, target)
		if err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	return runs, nil
}

func (f *Fixer) rehearseTarget(ctx context.Context, target TargetPreview) (dryRun, error) {
	run, err := f.dryRun(ctx, target.Change)
	if err != nil {
		return run, err
	}
	ref := target.Change.Target
	if field := firstDifference(target.fields, run.fields); field != "" {
		return run, fmt.Errorf("%w the preview: %s of %s; preview again", ErrChanged, field, ref)
	}
	for _, takeover := range run.takeovers {
		if !slices.Contains(target.Takeovers, takeover) {
			return run, fmt.Errorf("%w the preview: %s of %s belongs to %s now; preview again", ErrChanged, takeover.Field, ref, takeover.Manager)
		}
	}
	return run, nil
}

// firstDifference names a field that two dry runs change differently.
func firstDifference(a, b []kube.FieldChange) string {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return b[i].Path
		case i >= len(b) || !reflect.DeepEqual(a[i], b[i]):
			return a[i].Path
		}
	}
	return ""
}

// unrestorable refuses a fix that would take a secret value out of an object
// without it being kept anywhere: the journal must not hold it.
func unrestorable(entry Entry) error {
	for _, object := range entry.Objects {
		for _, change := range object.Fields {
			if change.Masked && change.Before != nil && object.Moved == nil && object.Lasting == "" {
				return fmt.Errorf("%s of %s holds a secret value that would be lost: the journal doesn't keep secrets", change.Path, object.Ref)
			}
		}
	}
	return nil
}

// carryOut writes one object after the other, and each outcome to the journal.
func (f *Fixer) carryOut(ctx context.Context, entry Entry, preview Preview) (Entry, error) {
	masker := maskerFor(preview.Plan)
	for i, target := range preview.Targets {
		live, after, err := f.writeTarget(ctx, target)
		if err != nil {
			entry.notWritten(i, err)
			return f.stopped(ctx, entry, err, masker)
		}
		if err := f.wrote(&entry, i, live, after, masker); err != nil {
			return entry, err
		}
	}
	entry.settle()
	return entry, f.Journal.save(entry)
}

// wrote journals that an object is as the fix wants it.
func (f *Fixer) wrote(entry *Entry, i int, live, after *unstructured.Unstructured, masker *kube.Masker) error {
	object := &entry.Objects[i]
	fields, err := kube.CompareFields(beforeOf(object.change(), live), afterOf(object.change(), after))
	if err != nil {
		return err
	}
	if live != nil {
		object.ManagersBefore = live.GetManagedFields()
	}
	object.wrote(after, fields, masker)
	return f.Journal.save(*entry)
}

// attempts is how often a write is tried against a state that somebody else
// changes in between; a controller's status update is enough.
const attempts = 8

// writeTarget writes one object, on a state whose dry run is what was
// previewed.
func (f *Fixer) writeTarget(ctx context.Context, target TargetPreview) (live, after *unstructured.Unstructured, err error) {
	for range attempts {
		run, err := f.rehearseTarget(ctx, target)
		if err != nil {
			return nil, nil, err
		}
		after, err := f.write(ctx, target.Change, run.live, len(run.takeovers) > 0, kube.ForReal)
		if err == nil {
			return run.live, after, nil
		}
		if !f.movedOn(ctx, run.live, err) {
			return nil, nil, refusal(target.Change, err)
		}
	}
	return nil, nil, fmt.Errorf("%w the preview: %s is being changed all the time", ErrChanged, target.Change.Target)
}

// notWritten notes what is sure when writing the object at i has failed: those
// behind it were never sent, and a refused one wasn't written.
func (e *Entry) notWritten(i int, cause error) {
	for j := i + 1; j < len(e.Objects); j++ {
		e.Objects[j].State = Failed
	}
	if isRefusal(cause) {
		e.Objects[i].State = Failed
	}
}

// isRefusal says that an object is surely not written: it wasn't as expected
// when it was to be, or the API server has said no. Its time-outs and
// breakdowns don't tell.
func isRefusal(err error) bool {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return errors.Is(err, ErrChanged)
	}
	code := status.Status().Code
	return code >= 400 && code < 500 && code != http.StatusRequestTimeout && code != http.StatusTooManyRequests
}

// isPrecondition says that a write was refused since its object was in another
// state: a conflict, or for a JSON patch a test that failed.
func isPrecondition(err error) bool {
	return apierrors.IsConflict(err) && len(kube.Conflicts(err)) == 0 || apierrors.IsInvalid(err)
}

// movedOn says that a write was refused since its object isn't as it was read.
func (f *Fixer) movedOn(ctx context.Context, seen *unstructured.Unstructured, err error) bool {
	if seen == nil || !isPrecondition(err) {
		return false
	}
	live, err := f.Cluster.Read(ctx, kube.RefOf(seen))
	return err == nil && live.GetResourceVersion() != seen.GetResourceVersion()
}

// settleTime is how long kiln looks for what became of a write whose answer it
// didn't get, even if the user has cancelled.
const settleTime = 10 * time.Second

// stopped settles an entry whose fix ended with an error: what was written
// stands in the cluster, not in the error.
func (f *Fixer) stopped(ctx context.Context, entry Entry, cause error, masker *kube.Masker) (Entry, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	cause = withoutSecrets(cause, masker)
	entry.Error = kube.Clean(cause.Error())
	if _, err := f.settle(ctx, &entry); err != nil {
		return entry, fmt.Errorf("%w (and what was written is not known yet: %w)", cause, err)
	}
	return entry, cause
}
