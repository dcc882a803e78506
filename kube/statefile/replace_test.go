package statefile

import (
	"errors"
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

// However it goes wrong, the old file is as it was, and no draft is left.
func TestReplaceLeavesTheOldFileWhereItCannotWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.yaml")
	if err := Replace(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	for name, replace := range map[string]func() error{
		"its mode can't be set":     func() error { return Rewrite(path, []byte("new"), func(*os.File) error { return errors.New("no") }) },
		"the draft can't be filled": func() error { return Rewrite(path, []byte("new"), (*os.File).Close) },
		"a folder has its name":     func() error { return Replace(dir, []byte("new")) },
		"its folder is a file":      func() error { return Replace(filepath.Join(path, "state.yaml"), []byte("new")) },
	} {
		if err := replace(); err == nil {
			t.Errorf("%s, which was no error", name)
		}
		if got, _ := os.ReadFile(path); string(got) != "old" {
			t.Errorf("%s, and the file holds %q", name, got)
		}
	}
	for _, folder := range []string{dir, filepath.Dir(dir)} {
		if drafts, _ := filepath.Glob(filepath.Join(folder, DraftPattern)); len(drafts) > 0 {
			t.Errorf("drafts are left behind: %v", drafts)
		}
	}
}
