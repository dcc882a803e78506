package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestFixOfManifestsInPlace(t *testing.T) {
	isolate(t)
	text := "# the shop\n" + strings.Replace(privileged, "true", "true # since 2019", 1)
	file := write(t, "web.yaml", text)

	if got := kiln(t, "", "fix", "-f", file, "pod/privileged"); got.code != exitError || !strings.Contains(got.err, "--yes") || read(t, file) != text {
		t.Errorf("without a word: exit %d, %s", got.code, got.err)
	}
	preview := kiln(t, "", "fix", "-f", file, "pod/privileged", "--dry-run")
	if preview.code != exitDone || read(t, file) != text {
		t.Fatalf("dry run: exit %d, %s", preview.code, preview.err)
	}
	for _, line := range []string{"-          privileged: true # since 2019\n", "+          privileged: false # since 2019\n"} {
		if !strings.Contains(preview.out, line) {
			t.Errorf("no %q in\n%s", line, preview.out)
		}
	}
	if got := kiln(t, "", "fix", "-f", file, "pod/privileged", "--yes"); got.code != exitDone || !strings.Contains(got.err, "written") {
		t.Fatalf("exit %d, %s", got.code, got.err)
	}
	if got := read(t, file); got != strings.Replace(text, "true #", "false #", 1) {
		t.Errorf("the file is\n%s", got)
	}
	if got := kiln(t, "", "fix", "-f", file, "pod/privileged", "--yes"); got.code != exitDone || !strings.Contains(got.err, "nothing to change") {
		t.Errorf("the second run: exit %d, %s", got.code, got.err)
	}
}

func TestFixOfManifestsAsAPatch(t *testing.T) {
	isolate(t)
	dir := t.TempDir()
	t.Chdir(dir)
	text := strings.TrimSuffix(strings.ReplaceAll(privileged, "\n", "\r\n"), "\r\n")
	if err := os.WriteFile("web.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got := kiln(t, "", "fix", "-f", ".", "pod/privileged", "-o", "patch")
	if got.code != exitDone || !strings.HasPrefix(got.out, "--- a/web.yaml\n+++ b/web.yaml\n") {
		t.Fatalf("exit %d, %s\n%s", got.code, got.err, got.out)
	}
	if err := os.WriteFile("fix.patch", []byte(got.out), 0o600); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.Command("git", "apply", "fix.patch").CombinedOutput(); err != nil {
		t.Fatalf("git apply: %v\n%s\n%q", err, output, got.out)
	}
	if got := read(t, "web.yaml"); got != strings.Replace(text, "true", "false", 1) {
		t.Errorf("patched:\n%q", got)
	}
}

func TestFixOfManifestsInAPipe(t *testing.T) {
	isolate(t)
	got := kiln(t, privileged, "fix", "-f", "-", "pod/privileged")
	if got.code != exitDone || got.out != strings.Replace(privileged, "true", "false", 1) {
		t.Errorf("exit %d, %s\n%s", got.code, got.err, got.out)
	}
	fixed := got.out
	if got := kiln(t, fixed, "fix", "-f", "-", "pod/privileged"); got.code != exitDone || got.out != fixed || !strings.Contains(got.err, "nothing to change") {
		t.Errorf("the second time: exit %d, %s\n%s", got.code, got.err, got.out)
	}
}

// All that can be fixed in the demo cluster's manifests is fixed in one go.
func TestFixOfAllManifests(t *testing.T) {
	isolate(t)
	dir := filepath.Join(t.TempDir(), "vulnerable")
	if err := os.CopyFS(dir, os.DirFS("../../testdata/clusters/vulnerable")); err != nil {
		t.Fatal(err)
	}
	dry := kiln(t, "", "fix", "-f", dir, "--all", "-o", "json", "--dry-run")
	var results fileResults
	if err := json.Unmarshal([]byte(dry.out), &results); err != nil {
		t.Fatalf("%v: %s", err, dry.err)
	}
	if len(results.Fixes) == 0 || len(results.Files) == 0 {
		t.Fatalf("%d fixes in %d files", len(results.Fixes), len(results.Files))
	}
	first := kiln(t, "", "fix", "-f", dir, "--all", "--yes")
	if first.code != exitDone {
		t.Fatalf("exit %d: %s", first.code, first.err)
	}
	comments := strings.Count(read(t, "../../testdata/clusters/vulnerable/shop.yaml"), "#")
	if got := strings.Count(read(t, filepath.Join(dir, "shop.yaml")), "#"); got != comments {
		t.Errorf("shop.yaml has %d comments, had %d", got, comments)
	}
	second := kiln(t, "", "fix", "-f", dir, "--all", "--yes")
	if second.code != exitDone || !strings.Contains(second.err, "nothing to change") || second.out != "" {
		t.Errorf("the second run: exit %d\n%s\n%s", second.code, second.err, second.out)
	}
}

func TestFixOfManifestsRefuses(t *testing.T) {
	isolate(t)
	file := write(t, "web.yaml", privileged)
	template := write(t, "template.yaml", "kind: {{ .Values.kind }}\n")
	twice := write(t, "twice.yaml", strings.Replace(privileged, "kind: Deployment", "kind: Deployment\nkind: Deployment", 1))
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"-f", twice, "pod/privileged"}, exitError, "a key is given twice, which the API server refuses: take one away first"},
		{[]string{"--all"}, exitUsage, "name them with -f"},
		{[]string{"-f", file, "--all", "pod/privileged"}, exitUsage, "besides"},
		{[]string{"-f", file, "pod/privileged", "--stopgap"}, exitUsage, "cluster's objects"},
		{[]string{"-f", file, "pod/privileged", "-o", "xml"}, exitUsage, "unknown format"},
		{[]string{"-f", file, "pod/privileged", "--answer", "x=1"}, exitUsage, "nothing is asked"},
		{[]string{"-f", file, "pod/no-such"}, exitUsage, "unknown check"},
		{[]string{"-f", file, "0123456789ab"}, exitError, "no finding"},
		{[]string{"-f", file, "api/flag-profiling"}, exitError, "could not be assessed"},
		{[]string{"-f", file + ".gone", "pod/privileged"}, exitError, "no such file"},
		{[]string{"-f", template, "pod/privileged"}, exitError, "template"},
		{[]string{"-f", file, "pod/image-digest", "--yes"}, exitError, "crane digest"},
	} {
		got := kiln(t, "", append([]string{"fix"}, test.args...)...)
		if got.code != test.code || !strings.Contains(got.err, test.want) {
			t.Errorf("%v: exit %d, want %d and %q:\n%s", test.args, got.code, test.code, test.want, got.err)
		}
	}
	if read(t, file) != privileged {
		t.Error("the file was written")
	}
}
