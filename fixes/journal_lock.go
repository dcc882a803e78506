package fixes

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"kiln/kube/statefile"
)

// lockFile is locked by the kiln that writes.
const lockFile = "lock"

// lockPatience is how long one kiln waits for another to end its fix.
const lockPatience = 30 * time.Second

// lock waits until no other kiln writes. Unlock must be called; the death of
// the process unlocks, too.
func (j *Journal) lock(ctx context.Context) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	unlock, err = statefile.Lock(ctx, filepath.Join(j.dir, lockFile))
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, fmt.Errorf("another kiln is writing to the journal: %w", err)
	case err != nil:
		return nil, fmt.Errorf("locking the journal: %w", err)
	}
	if err := j.removeDrafts(); err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}

// removeDrafts clears away what a killed kiln was just writing.
func (j *Journal) removeDrafts() error {
	drafts, err := filepath.Glob(filepath.Join(j.dir, statefile.DraftPattern))
	for _, draft := range drafts {
		err = errors.Join(err, os.Remove(draft))
	}
	if err != nil {
		return fmt.Errorf("clearing the journal: %w", err)
	}
	return nil
}
