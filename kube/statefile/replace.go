// Package statefile writes kiln's own files: the journal, evidence, saved
// views. Each is replaced as a whole, and only the user may read it.
package statefile

import (
	"errors"
	"os"
	"path/filepath"
)

// DraftPattern names files that are being written, in their own folder. A
// killed process may leave one.
const DraftPattern = ".draft-*"

// Replace writes a file, and its folder where there is none yet: at every
// moment the file holds the old content or the new, and once this returns, the
// new one even after a power cut.
func Replace(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	draft, err := os.CreateTemp(dir, DraftPattern)
	if err != nil {
		return err
	}
	if err := fill(draft, data); err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	if err := os.Rename(draft.Name(), path); err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return syncDir(dir)
}

// fill writes, syncs and closes. CreateTemp has made the file with mode 0600.
func fill(file *os.File, data []byte) error {
	_, err := file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}
