package statefile

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReplaceKeepsFilesPrivateAndWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "state.yaml")
	for _, text := range []string{"first", "second, longer", "3"} {
		if err := Replace(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Fatalf("read %q, %v; want %q", got, err, text)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	if drafts, _ := filepath.Glob(filepath.Join(filepath.Dir(path), DraftPattern)); len(drafts) > 0 {
		t.Errorf("drafts are left behind: %v", drafts)
	}
}

func TestReplaceLeavesTheOldFileWhereItCannotWrite(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "state.yaml")
	if err := Replace(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if err := Replace(path, []byte("new")); err == nil {
		t.Error("a folder that can't be written was no error")
	}
	if got, _ := os.ReadFile(path); string(got) != "old" {
		t.Errorf("the file holds %q", got)
	}
}
