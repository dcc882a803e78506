package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// Whoever wants to look at, carry or delete what kiln keeps finds all of it.
func TestInfoNamesEveryPath(t *testing.T) {
	isolate(t)
	state, config := os.Getenv("XDG_STATE_HOME"), os.Getenv("XDG_CONFIG_HOME")
	settings := filepath.Join(config, "kiln", "kiln.yaml")
	if err := os.MkdirAll(filepath.Dir(settings), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(settings, []byte("apiVersion: kiln/v1\nkind: Config\nproduction: [gold]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	got := kiln(t, "", "info")
	for what, path := range map[string]string{
		"Kubeconfig":       os.Getenv("KUBECONFIG"),
		"Configuration":    settings,
		"Journal":          filepath.Join(state, "kiln", "journal"),
		"Container probes": filepath.Join(state, "kiln", "evidence"),
		"Node probes":      filepath.Join(state, "kiln", "nodes"),
		"Crash reports":    filepath.Join(state, "kiln", "crashes"),
		"Guided path":      filepath.Join(state, "kiln", "path.json"),
		"Exports":          filepath.Join(state, "kiln", "exports"),
		"Skins":            filepath.Join(config, "kiln", "skins"),
		"Keys":             filepath.Join(config, "kiln", "keys.yaml"),
		"Aliases":          filepath.Join(config, "kiln", "aliases.yaml"),
		"Saved views":      filepath.Join(config, "kiln", "views.yaml"),
	} {
		if !regexp.MustCompile(`(?m)^` + what + `: +` + regexp.QuoteMeta(path) + `$`).MatchString(got.out) {
			t.Errorf("%s isn't %s in:\n%s%s", what, path, got.out, got.err)
		}
	}
	// Telling where something would be makes nothing.
	if _, err := os.Stat(filepath.Join(state, "kiln")); err == nil {
		t.Error("kiln info has made its state folder")
	}
}
