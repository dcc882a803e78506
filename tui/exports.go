package tui

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"kiln/fixes"
)

// savedMsg says where something was written, or why not.
type savedMsg struct {
	path string
	err  error
}

func (a *App) onSaved(msg savedMsg) {
	if msg.err != nil {
		a.flash(failure, msg.err.Error())
		return
	}
	a.flash(info, "saved to "+msg.path)
}

// createHere makes a new file that only the user may read.
func createHere(name string) (*os.File, error) {
	return makeHere(name, func(path string) (*os.File, error) {
		return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	})
}

// folderHere makes a new folder that only the user may read.
func folderHere(name string) (string, error) {
	return makeHere(name, func(path string) (string, error) { return path, os.Mkdir(path, 0o700) })
}

// makeHere makes something new in the working directory, or where that can't be
// written in kiln's state folder.
func makeHere[T any](name string, create func(path string) (T, error)) (T, error) {
	path, err := filepath.Abs(name)
	if err == nil {
		var made T
		if made, err = create(path); err == nil {
			return made, nil
		}
	}
	dir, stateErr := exportsFolder()
	if stateErr != nil {
		var none T
		return none, fmt.Errorf("saving %s: %w", name, err)
	}
	return create(filepath.Join(dir, name))
}

// writeText writes a new file, and says where it is.
func writeText(name, text string) (path string, err error) {
	file, err := createHere(name)
	if err != nil {
		return "", err
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", fmt.Errorf("writing %s: %w", name, err)
	}
	return file.Name(), nil
}

// exportsFolder makes the folder for files that can't be where kiln runs.
func exportsFolder() (string, error) {
	dir, err := exportsPath()
	if err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o700)
}

// exportsPath is in kiln's state folder.
func exportsPath() (string, error) {
	state, err := fixes.StateDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(state, "exports"), nil
}
