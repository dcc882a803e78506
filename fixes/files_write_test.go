package fixes

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kiln/kube"
	"kiln/scanners"
)

func TestFilesAreWrittenWithCare(t *testing.T) {
	f := newFolder(t, map[string]string{"real/web.yaml": web})
	if err := os.Symlink("real/web.yaml", f.path("link.yaml")); err != nil {
		t.Fatal(err)
	}
	edit := func() FileEdit {
		t.Helper()
		inv, _, err := kube.ReadManifests(kube.ManifestOptions{Paths: []string{f.path("link.yaml")}})
		if err != nil {
			t.Fatal(err)
		}
		files, err := OpenFiles(inv, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		finding := onWorkload("pod/privileged", "Deployment", "web", "", "")
		finding.Object.Name, finding.Object.Namespace = "web", "shop"
		finding.Source = &scanners.Position{File: f.path("link.yaml"), Line: 18}
		if _, err := files.fix(finding); err != nil {
			t.Fatal(err)
		}
		edits, err := files.Edits()
		if err != nil || len(edits) != 1 {
			t.Fatalf("%d edits, %v", len(edits), err)
		}
		return edits[0]
	}

	if err := os.Chmod(f.path("real/web.yaml"), 0o440); err != nil {
		t.Fatal(err)
	}
	if err := edit().Write(); err == nil || !strings.Contains(err.Error(), "read-only") || !strings.Contains(err.Error(), "link.yaml") {
		t.Errorf("a read-only file: %v", err)
	}
	if err := os.Chmod(f.path("real/web.yaml"), 0o604); err != nil {
		t.Fatal(err)
	}

	late := edit()
	if err := os.WriteFile(f.path("real/web.yaml"), []byte(web+"# more\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := late.Write(); !errors.Is(err, ErrChanged) || f.text("real/web.yaml") != web+"# more\n" {
		t.Errorf("a file that was changed: %v", err)
	}

	if err := edit().Write(); err != nil {
		t.Fatal(err)
	}
	link, err := os.Lstat(f.path("link.yaml"))
	if err != nil || link.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", link.Mode(), err)
	}
	real, err := os.Stat(f.path("real/web.yaml"))
	if err != nil || real.Mode().Perm() != 0o604 || !strings.Contains(f.text("real/web.yaml"), "privileged: false") {
		t.Errorf("the file has mode %v, %v:\n%s", real.Mode(), err, f.text("real/web.yaml"))
	}
	if left, _ := filepath.Glob(f.path("real/.*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
