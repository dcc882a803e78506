package fixes

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"kiln/kube/statefile"
)

// Write puts the edit on disk: the file holds the old text or the new, and
// never half of it. Its mode stays, and a symbolic link still leads to it. A
// file that was changed since it was read is left alone.
func (e FileEdit) Write() error {
	var err error
	if e.Created {
		err = e.writeNew()
	} else {
		err = e.overwrite()
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", e.Name, err)
	}
	return nil
}

func (e FileEdit) writeNew() error {
	// A new file may hold a Secret: it keeps the mode that it's made with.
	file, err := os.OpenFile(e.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return statefile.Rewrite(e.Name, []byte(e.text), func(*os.File) error { return nil })
}

func (e FileEdit) overwrite() error {
	path, err := filepath.EvalSymlinks(e.Name)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o222 == 0 {
		return fmt.Errorf("%w: the file is read-only (mode %v); chmod u+w it first", fs.ErrPermission, info.Mode().Perm())
	}
	now, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, e.was) {
		return fmt.Errorf("%w it was read: run the fix again", ErrChanged)
	}
	return statefile.Rewrite(path, []byte(e.text), func(draft *os.File) error {
		return errors.Join(draft.Chmod(info.Mode().Perm()), keepOwner(draft, info))
	})
}
