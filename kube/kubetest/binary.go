package kubetest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// errNotBuilt says how to get what is missing.
var errNotBuilt = errors.New("bin/testbed isn't built: run make testbed")

// required tells whether a missing testbed is a failure.
func required() bool {
	return os.Getenv("CI") != "" || os.Getenv("KILN_REQUIRE_TESTBED") != ""
}

// findBinary returns the testbed's path: KILN_TESTBED, or bin/testbed in the
// module that the test belongs to.
func findBinary() (string, error) {
	if path := os.Getenv("KILN_TESTBED"); path != "" {
		if _, err := os.Stat(path); err != nil {
			return "", fmt.Errorf("KILN_TESTBED: %w", err)
		}
		return path, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("looking for the testbed: %w", err)
	}
	root, err := moduleRoot(dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(root, "bin", "testbed")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%w (%w)", errNotBuilt, err)
	}
	return path, nil
}

// moduleRoot is the nearest folder above dir, or dir itself, with a go.mod.
func moduleRoot(dir string) (string, error) {
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("looking for the testbed: no go.mod in any folder above the test")
		}
		dir = parent
	}
}
