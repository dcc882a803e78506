package kubetest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindBinary(t *testing.T) {
	root := t.TempDir()
	inner := filepath.Join(root, "kube", "inner")
	if err := os.MkdirAll(inner, 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(root, "go.mod"))
	t.Chdir(inner)
	t.Setenv("KILN_TESTBED", "")

	if _, err := findBinary(); !errors.Is(err, errNotBuilt) || !strings.Contains(err.Error(), "make testbed") {
		t.Errorf("before it is built: %v", err)
	}
	built := filepath.Join(root, "bin", "testbed")
	writeFile(t, built)
	if path, err := findBinary(); err != nil || path != built {
		t.Errorf("once it is built: %q, %v", path, err)
	}
	elsewhere := filepath.Join(t.TempDir(), "testbed")
	t.Setenv("KILN_TESTBED", elsewhere)
	if _, err := findBinary(); err == nil || errors.Is(err, errNotBuilt) {
		t.Errorf("where KILN_TESTBED names no file: %v", err)
	}
	writeFile(t, elsewhere)
	if path, err := findBinary(); err != nil || path != elsewhere {
		t.Errorf("where KILN_TESTBED names a file: %q, %v", path, err)
	}
}

func TestMissingTestbedSkipsOrFails(t *testing.T) {
	for name, want := range map[string]bool{"CI": true, "KILN_REQUIRE_TESTBED": true, "": false} {
		t.Run("with "+name, func(t *testing.T) {
			t.Setenv("CI", "")
			t.Setenv("KILN_REQUIRE_TESTBED", "")
			if name != "" {
				t.Setenv(name, "1")
			}
			if required() != want {
				t.Errorf("required: %v", required())
			}
		})
	}
}

// A cluster that can't start says why.
func TestFailedStartShowsTheReason(t *testing.T) {
	binary, err := findBinary()
	if err != nil {
		t.Skip(err)
	}
	if _, err := startProcess(binary, t.TempDir(), []string{"--address=nowhere"}); err == nil || !strings.Contains(err.Error(), "no IP address") {
		t.Errorf("got %v", err)
	}
}

func writeFile(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o700); err != nil {
		t.Fatal(err)
	}
}
