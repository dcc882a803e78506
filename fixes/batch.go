package fixes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kiln/kube"
)

// groupMark begins a group's id, so that it is no entry's.
const groupMark = "g"

// NewGroup is the id of a new batch.
func NewGroup(now time.Time) string { return groupMark + formatID(now.UnixMilli()) }

// Group returns the entries of a batch, the oldest first; none if there is no
// such batch.
func (j *Journal) Group(id string) []Entry {
	entries, _ := j.Entries()
	return slices.DeleteFunc(entries, func(e Entry) bool { return id == "" || e.Group != id })
}

// GroupUndo is what became of one fix of a batch that is taken back.
type GroupUndo struct {
	Entry Entry
	// Err is why it isn't taken back.
	Err error
}

// UndoGroup takes a batch back, the newest fix first. What can't be taken back
// doesn't keep the others from it; the error joins what stood in the way.
func (f *Fixer) UndoGroup(ctx context.Context, id string) ([]GroupUndo, error) {
	entries := f.Journal.Group(id)
	if len(entries) == 0 {
		return nil, fmt.Errorf("the journal has no batch %q", id)
	}
	var outcomes []GroupUndo
	var problems []error
	for _, entry := range slices.Backward(entries) {
		if !entry.takeable() {
			continue
		}
		undone, err := f.Undo(ctx, entry.ID)
		if err != nil {
			undone = entry
			problems = append(problems, fmt.Errorf("%s (%s): %w", entry.ID, kube.Clean(entry.Title), err))
		}
		outcomes = append(outcomes, GroupUndo{undone, err})
	}
	if len(outcomes) == 0 {
		return nil, fmt.Errorf("%w: all of batch %s is taken back, or was never applied", ErrNothingToUndo, id)
	}
	return outcomes, errors.Join(problems...)
}
