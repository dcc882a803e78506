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
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return Rewrite(path, data, func(*os.File) error { return nil })
}

// Rewrite is Replace for a file of the user's own: prepare gives the draft its
// mode and owner while it's still empty.
func Rewrite(path string, data []byte, prepare func(draft *os.File) error) error {
	dir := filepath.Dir(path)
	draft, err := os.CreateTemp(dir, DraftPattern)
	if err != nil {
		return err
	}
	if err := prepare(draft); err != nil {
		return errors.Join(err, draft.Close(), os.Remove(draft.Name()))
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
