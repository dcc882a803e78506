package fixes

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"kiln/kube"
)

// Recovery is what became of an interrupted fix or undo.
type Recovery struct {
	Entry Entry
	// Found says in a clause what did happen: "nothing was written".
	Found string
	// CanFinish and CanTakeBack say what there is to decide.
	CanFinish, CanTakeBack bool
}

// Recover settles what a killed kiln has left behind on this cluster: it
// compares the live objects with the journal, and writes down what did happen.
func (f *Fixer) Recover(ctx context.Context) ([]Recovery, error) {
	if len(f.interrupted()) == 0 {
		return nil, nil
	}
	// Once it has the lock, what is still pending is nobody's work any more.
	unlock, err := f.Journal.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var recoveries []Recovery
	for _, entry := range f.interrupted() {
		recovery, err := f.recover(ctx, entry)
		if err != nil {
			return recoveries, fmt.Errorf("looking at the interrupted fix %s: %w", entry.ID, err)
		}
		recoveries = append(recoveries, recovery)
	}
	return recoveries, nil
}

func (f *Fixer) interrupted() []Entry {
	entries, _ := f.Journal.Entries()
	var interrupted []Entry
	for _, entry := range entries {
		switch entry.State {
		case Pending, Partial, Undoing:
			if entry.Cluster.is(clusterIDOf(f.Cluster)) {
				interrupted = append(interrupted, entry)
			}
		}
	}
	return interrupted
}

func (f *Fixer) recover(ctx context.Context, entry Entry) (Recovery, error) {
	if entry.State == Undoing {
		return Recovery{Entry: entry, Found: "its undo did not end: " + tally(entry, Undone, "back"), CanFinish: true}, nil
	}
	unclear, err := f.settle(ctx, &entry)
	if err != nil {
		return Recovery{}, err
	}
	recovery := Recovery{Entry: entry, CanTakeBack: entry.takeable() && unclear == ""}
	switch {
	case unclear != "":
		recovery.Found = "what was written can't be told: " + unclear
	case entry.State == Failed:
		recovery.Found = "nothing was written"
	case entry.State == Applied:
		recovery.Found = "all of it was written"
	default:
		recovery.Found = tally(entry, Applied, "written")
		recovery.CanFinish = finishable(entry)
	}
	return recovery, nil
}

// tally is "1 of 2 objects are written: Secret/x in shop".
func tally(entry Entry, state State, word string) string {
	var done []string
	for _, object := range entry.Objects {
		if object.State == state {
			done = append(done, object.Ref.String())
		}
	}
	text := fmt.Sprintf("%d of %d objects are %s", len(done), len(entry.Objects), word)
	if len(done) > 0 {
		text += ": " + strings.Join(done, ", ")
	}
	return kube.Clean(text)
}

// finishable says that the journal holds all that is still to be sent.
func finishable(entry Entry) bool {
	for _, object := range entry.Objects {
		if object.State == Failed && object.Request == nil {
			return false
		}
	}
	return true
}

// settle finds out which objects of an entry were written, and saves it. If
// that can't be told of one, since somebody has changed it or it can't be read,
// unclear says why.
func (f *Fixer) settle(ctx context.Context, entry *Entry) (unclear string, err error) {
	for i := range entry.Objects {
		object := &entry.Objects[i]
		if object.State != Pending {
			continue
		}
		why, err := f.settleObject(ctx, object)
		switch {
		case ctx.Err() != nil:
			return "", fmt.Errorf("looking at what was written: %w", ctx.Err())
		case err != nil:
			unclear = kube.Clean(err.Error())
		case why != "":
			unclear = why
		}
	}
	entry.settle()
	return unclear, f.Journal.save(*entry)
}

func (f *Fixer) settleObject(ctx context.Context, object *JournalObject) (unclear string, err error) {
	live, err := f.Cluster.Read(ctx, object.Ref)
	switch {
	case err != nil && !apierrors.IsNotFound(err):
		return "", fmt.Errorf("reading %s: %w", object.Ref, err)
	case object.Mechanism == Delete || object.Mechanism == Evict:
		object.State = Applied
		if err == nil && live.GetUID() == object.UID && live.GetDeletionTimestamp() == nil {
			object.State = Failed
		}
		return "", nil
	case err != nil:
		object.State = Failed
		return "", nil
	case object.Mechanism != Create && live.GetUID() != object.UID:
		object.State = Failed // what was written, if it was, is gone
		return "", nil
	}
	notAfter, err := kube.FirstChanged(live, object.Fields, false)
	if err != nil {
		return "", err
	}
	if notAfter == nil {
		// Masked already: a Masker leaves its own marks alone.
		object.wrote(live, object.Fields, &kube.Masker{})
		return "", nil
	}
	notBefore, err := kube.FirstNotBefore(live, object.Fields)
	if err != nil {
		return "", err
	}
	if notBefore == nil {
		object.State = Failed
		return "", nil
	}
	return changedSince(*notBefore, live).Error(), nil
}

// Finish carries an interrupted fix, or undo, to its end.
func (f *Fixer) Finish(ctx context.Context, id string) (Entry, error) {
	entry, err := f.Journal.Entry(id)
	if err != nil {
		return Entry{}, err
	}
	if entry.State == Undoing {
		return f.Undo(ctx, entry.ID)
	}
	unlock, err := f.Journal.lock(ctx)
	if err != nil {
		return Entry{}, err
	}
	defer unlock()
	if entry, err = f.undoable(ctx, entry.ID); err != nil {
		return entry, err
	}
	if entry.State != Partial || !finishable(entry) {
		return entry, fmt.Errorf("%s is %s: there is nothing to finish", entry.ID, entry.State)
	}
	return f.finish(ctx, entry)
}

func (f *Fixer) finish(ctx context.Context, entry Entry) (Entry, error) {
	masker := &kube.Masker{}
	for i, object := range entry.Objects {
		if object.State != Failed {
			continue
		}
		run, err := f.dryRun(ctx, object.change())
		if err != nil {
			return entry, err
		}
		target := TargetPreview{Change: object.change(), Takeovers: run.takeovers, fields: run.fields}
		if field := firstDifference(object.Fields, masked(object.Kind, run.fields, &kube.Masker{})); field != "" {
			return entry, fmt.Errorf("%w the fix: %s of %s", ErrChanged, field, object.Ref)
		}
		live, after, err := f.writeTarget(ctx, target)
		if err != nil {
			return f.stopped(ctx, entry, err, masker)
		}
		if err := f.wrote(&entry, i, live, after, masker); err != nil {
			return entry, err
		}
	}
	entry.Error = ""
	entry.settle()
	return entry, f.Journal.save(entry)
}

// TakeBack undoes the part of an interrupted fix that was written.
func (f *Fixer) TakeBack(ctx context.Context, id string) (Entry, error) {
	if id == "" {
		return Entry{}, errors.New("which fix to take back isn't said")
	}
	return f.Undo(ctx, id)
}
