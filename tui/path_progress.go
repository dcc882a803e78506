package tui

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"kiln/fixes"
	"kiln/kube/statefile"
)

// pathVersion is the format of the file.
const pathVersion = "kiln/v1"

// pathProgress is how far the reader has come on the guided path: what is done
// of each stop, which is a check's ID or a layer's name.
type pathProgress struct {
	APIVersion string              `json:"apiVersion"`
	Kind       string              `json:"kind"`
	Done       map[string][]string `json:"done"`
}

func newPathProgress() pathProgress {
	return pathProgress{APIVersion: pathVersion, Kind: "PathProgress", Done: map[string][]string{}}
}

// pathFile is where the progress is kept: in the XDG state folder.
func pathFile() (string, error) {
	state, err := fixes.StateDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(state, "path.json"), nil
}

// readPathProgress reads it; none yet is the beginning.
func readPathProgress() (pathProgress, error) {
	path, err := pathFile()
	if err != nil {
		return newPathProgress(), err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newPathProgress(), nil
	}
	p := newPathProgress()
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err != nil {
		return newPathProgress(), fmt.Errorf("reading how far you have come on the path, in %s: %w", path, err)
	}
	if p.APIVersion != pathVersion || p.Done == nil {
		return newPathProgress(), fmt.Errorf("%s is of %q, this kiln reads %s: move it away to begin anew", path, p.APIVersion, pathVersion)
	}
	return p, nil
}

func (p pathProgress) write() error {
	path, err := pathFile()
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the path's progress: %w", err)
	}
	if err := statefile.Replace(path, append(data, '\n')); err != nil {
		return fmt.Errorf("writing the path's progress: %w", err)
	}
	return nil
}
