//go:build unix

package statefile

import (
	"errors"
	"os"
)

// syncDir makes a rename in the folder survive a power cut.
func syncDir(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
