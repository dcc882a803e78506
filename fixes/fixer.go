package fixes

import (
	"context"
	"errors"

	"kiln/kube"
	"kiln/scanners"
)

// Fixer carries fixes out on one cluster, and remembers them in a journal.
type Fixer struct {
	Cluster *kube.Cluster
	Journal *Journal
}

// Plan finds the recipe for a finding and plans its change on the live object.
// The error is ErrManual where there is no recipe, or none for this object; it
// then says what to do by hand.
func (f *Fixer) Plan(ctx context.Context, finding scanners.Finding, inv *kube.Inventory) (Plan, error) {
	return Plan{}, errors.ErrUnsupported
}

// Preview asks the API server what the plan would do, by dry runs. What is
// wrong with one target stands in its Err; the error is for a request that
// ended before its time.
func (f *Fixer) Preview(ctx context.Context, plan Plan) (Preview, error) {
	return Preview{}, errors.ErrUnsupported
}

// Options are the user's explicit words.
type Options struct {
	// TakeOver takes fields from managers that declared them
	// (--force-conflicts).
	TakeOver bool
	// Stopgap fixes a live object whose owner will put its own values back.
	Stopgap bool
}

// Apply carries out what was previewed, and nothing else. The journal has the
// entry on disk before the first request.
func (f *Fixer) Apply(ctx context.Context, preview Preview, options Options) (Entry, error) {
	return Entry{}, errors.ErrUnsupported
}

// UndoPreview is what Undo would do. An empty id means the newest entry of
// this cluster that is applied.
func (f *Fixer) UndoPreview(ctx context.Context, id string) (Preview, error) {
	return Preview{}, errors.ErrUnsupported
}

// Undo takes a journalled fix back: values first, then the fields' owners. An
// empty id means the newest entry of this cluster that is applied. Nothing is
// undone if a field of the fix has been changed since.
func (f *Fixer) Undo(ctx context.Context, id string) (Entry, error) {
	return Entry{}, errors.ErrUnsupported
}

// Recover settles what an interrupted kiln has left behind: it compares the
// live objects with the journal, writes down what did happen, and returns the
// entries that somebody has to decide about.
func (f *Fixer) Recover(ctx context.Context) ([]Recovery, error) {
	return nil, errors.ErrUnsupported
}

// Finish carries an interrupted fix, or undo, to its end.
func (f *Fixer) Finish(ctx context.Context, id string) (Entry, error) {
	return Entry{}, errors.ErrUnsupported
}

// TakeBack undoes the part of an interrupted fix that was written.
func (f *Fixer) TakeBack(ctx context.Context, id string) (Entry, error) {
	return Entry{}, errors.ErrUnsupported
}
