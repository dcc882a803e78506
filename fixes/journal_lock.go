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
	file, err := os.OpenFile(filepath.Join(j.dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the journal: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	for {
		locked, err := tryLock(file)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("locking the journal: %w", err), file.Close())
		}
		if locked {
			if err := j.removeDrafts(); err != nil {
				return nil, errors.Join(err, file.Close())
			}
			return func() { _ = file.Close() }, nil
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("another kiln is writing to the journal: %w", ctx.Err()), file.Close())
		case <-time.After(20 * time.Millisecond):
		}
	}
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
