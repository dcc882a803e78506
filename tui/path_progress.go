package tui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

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
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return newPathProgress(), fmt.Errorf("reading how far you have come on the path: %w", err)
	}
	return parsePathProgress(path, data)
}

// parsePathProgress reads the content of the file at path.
func parsePathProgress(path string, data []byte) (pathProgress, error) {
	p := newPathProgress()
	if data == nil {
		return p, nil
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return newPathProgress(), fmt.Errorf("reading how far you have come on the path, in %s: %w", path, err)
	}
	if p.APIVersion != pathVersion || p.Done == nil {
		return newPathProgress(), fmt.Errorf("%s is of %q, this kiln reads %s: move it away to begin anew", path, p.APIVersion, pathVersion)
	}
	return p, nil
}

// keep writes the progress, with what was done in other kilns meanwhile.
func (p pathProgress) keep(ctx context.Context) error {
	return p.replace(ctx, func(path string, old []byte) (pathProgress, error) {
		kept, err := parsePathProgress(path, old)
		for stop, steps := range p.Done {
			for _, step := range steps {
				if !slices.Contains(kept.Done[stop], step) {
					kept.Done[stop] = append(kept.Done[stop], step)
				}
			}
		}
		return kept, err
	})
}

// write puts the progress in the place of any other.
func (p pathProgress) write(ctx context.Context) error {
	return p.replace(ctx, func(string, []byte) (pathProgress, error) { return p, nil })
}

func (p pathProgress) replace(ctx context.Context, by func(path string, old []byte) (pathProgress, error)) error {
	path, err := pathFile()
	if err != nil {
		return err
	}
	err = statefile.Update(ctx, path, func(old []byte) ([]byte, error) {
		next, err := by(path, old)
		if err != nil {
			return nil, err
		}
		data, err := json.MarshalIndent(next, "", "  ")
		return append(data, '\n'), err
	})
	if err != nil {
		return fmt.Errorf("writing the path's progress: %w", err)
	}
	return nil
}
