package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeManifest writes a file of that name into a fresh folder.
func writeManifest(t *testing.T, name, content string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestReadManifestsKnowsTheLines(t *testing.T) {
	file := writeManifest(t, "shop.yaml", `# the shop
---
# only a comment
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---

# about the Service
apiVersion: v1
kind: Service
metadata: {name: tea, namespace: shop}
spec: {ports: [{port: 80}]}
`)
	all, err := readManifests([]string{filepath.Dir(file)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range all {
		got = append(got, strings.TrimPrefix(m.String(), filepath.Dir(file)+"/"))
	}
	want := "shop.yaml:5: Namespace/shop, shop.yaml:11: Service/tea in shop"
	if strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
	if port := all[1].Object["spec"].(map[string]any)["ports"].([]any)[0].(map[string]any)["port"]; port != int64(80) {
		t.Errorf("the port is a %T, and the API machinery wants int64", port)
	}
}

func TestReadManifestsRefuses(t *testing.T) {
	for name, c := range map[string]struct{ file, content, want string }{
		"broken YAML":     {"a.yaml", "apiVersion: v1\nkind: [\n", "a.yaml: yaml: line"},
		"no object":       {"a.yaml", "# x\njust: text\n", "a.yaml:2: not an object"},
		"no name":         {"a.yaml", "apiVersion: v1\nkind: Pod\n", "a.yaml:1: an object without a name"},
		"a list of lists": {"a.yaml", "- - a\n", "a.yaml:1: not an object"},
		"no manifests":    {"a.txt", "kind: Pod\n", "no manifests in"},
	} {
		t.Run(name, func(t *testing.T) {
			file := writeManifest(t, c.file, c.content)
			_, err := readManifests([]string{filepath.Dir(file)})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want …%s…", err, c.want)
			}
		})
	}
	if _, err := readManifests([]string{"does-not-exist"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that isn't there: %v", err)
	}
}

func TestImageID(t *testing.T) {
	const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for image, want := range map[string]string{
		"ghcr.io/tea/pot:1@" + digest: "ghcr.io/tea/pot@" + digest,
		"nginx:1.14.2":                "docker.io/library/nginx@sha256:",
		"localhost:5000/pot":          "localhost:5000/pot@sha256:",
		"Not An Image":                "",
	} {
		if got := imageID(image); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: got %q, want %q…", image, got, want)
		}
	}
	if imageID("nginx") != imageID("docker.io/library/nginx:latest") || imageID("nginx:1") == imageID("nginx:2") {
		t.Error("the same image must have the same ID, another one another")
	}
}
