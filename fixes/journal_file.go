package fixes

import (
	"errors"
	"os"
	"path/filepath"
)

// draftPattern names files that are being written. A killed process may leave
// one.
const draftPattern = ".draft-*"

// writeDurably replaces a file as a whole: at every moment it holds the old
// content or the new, and once this returns, the new one even after a power
// cut. Only the user may read it.
func writeDurably(path string, data []byte) error {
	dir := filepath.Dir(path)
	draft, err := os.CreateTemp(dir, draftPattern)
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
