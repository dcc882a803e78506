package statefile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Lock waits until no other process holds the lock at path, and takes it. The
// death of the process unlocks, too.
func Lock(ctx context.Context, path string) (unlock func(), err error) {
	for {
		unlock, err := TryLock(path)
		if err != nil || unlock != nil {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// TryLock is Lock without waiting: unlock is nil where another process holds
// the lock.
func TryLock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	locked, err := tryLock(file)
	if err != nil || !locked {
		return nil, errors.Join(err, file.Close())
	}
	return func() { _ = file.Close() }, nil
}

// updatePatience is how long Update waits for another kiln to end its own.
const updatePatience = 30 * time.Second

// Update replaces a file by what change makes of its content, nil where there
// is none yet. No other kiln's Update comes in between, so none is lost.
func Update(ctx context.Context, path string, change func(old []byte) ([]byte, error)) error {
	dir, name := filepath.Split(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, updatePatience)
	defer cancel()
	unlock, err := Lock(ctx, dir+"."+name+".lock")
	if err != nil {
		return fmt.Errorf("waiting for another kiln that writes to %s: %w", path, err)
	}
	defer unlock()
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	data, err := change(old)
	if err != nil {
		return err
	}
	return Replace(path, data)
}
