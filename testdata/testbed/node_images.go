package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// The images that the node has. There is no registry that it could pull from.
const (
	busyboxImage = "docker.io/library/busybox:1.36"
	helloImage   = "kiln.test/hello:1" // without a shell
	pauseImage   = "kiln.test/pause:1"
)

// helloSource is the program of helloImage.
//
//go:embed hello/main.go
var helloSource []byte

// image is an image of one layer.
type image struct {
	name       string
	entrypoint []string
	command    []string
	files      []imageFile
}

// imageFile is a folder if it has neither content nor a link's target.
type imageFile struct {
	path    string
	mode    int64
	content []byte
	link    string
}

// writeImages makes the images, as archives that containerd imports.
func writeImages(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making images: %w", err)
	}
	busybox, err := busyboxFiles()
	if err != nil {
		return err
	}
	hello, err := buildHello(dir)
	if err != nil {
		return err
	}
	for archive, image := range map[string]image{
		"busybox.tar": {name: busyboxImage, command: []string{"sh"}, files: busybox},
		"pause.tar":   {name: pauseImage, entrypoint: []string{"/bin/sleep", "2147483647"}, files: busybox},
		"hello.tar": {name: helloImage, entrypoint: []string{"/hello"},
			files: append(baseFiles(), imageFile{path: "hello", mode: 0o755, content: hello})},
	} {
		if err := image.write(filepath.Join(dir, archive)); err != nil {
			return fmt.Errorf("making the image %s: %w", image.name, err)
		}
	}
	return nil
}

// baseFiles are what images have even if they have no shell.
func baseFiles() []imageFile {
	return []imageFile{
		{path: "etc", mode: 0o755},
		{path: "etc/passwd", mode: 0o644, content: []byte("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n")},
		{path: "etc/group", mode: 0o644, content: []byte("root:x:0:\nnogroup:x:65534:\n")},
		{path: "root", mode: 0o700},
		{path: "tmp", mode: 0o1777},
		{path: "var", mode: 0o755},
	}
}

func busyboxFiles() ([]imageFile, error) {
	path, err := exec.LookPath("busybox")
	if err != nil {
		return nil, fmt.Errorf("making the busybox image: %w", err)
	}
	program, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("making the busybox image: %w", err)
	}
	applets, err := exec.Command(path, "--list").Output()
	if err != nil {
		return nil, fmt.Errorf("making the busybox image: listing its programs: %w", err)
	}
	files := append(baseFiles(),
		imageFile{path: "bin", mode: 0o755}, imageFile{path: "bin/busybox", mode: 0o755, content: program})
	for _, applet := range strings.Fields(string(applets)) {
		if applet != "busybox" {
			files = append(files, imageFile{path: "bin/" + applet, link: "busybox"})
		}
	}
	return files, nil
}

// buildHello compiles the program, without anything that it would need at run
// time.
func buildHello(dir string) ([]byte, error) {
	source, program := filepath.Join(dir, "hello.go"), filepath.Join(dir, "hello")
	if err := os.WriteFile(source, helloSource, 0o600); err != nil {
		return nil, fmt.Errorf("building hello: %w", err)
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, source)
	build.Dir = dir
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GO111MODULE=off", "GOFLAGS=")
	if output, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building hello: %w\n%s", err, output)
	}
	return os.ReadFile(program)
}

// write writes the image in the format of "docker save".
func (i image) write(path string) error {
	layer, err := archive(i.files)
	if err != nil {
		return err
	}
	digest := sha256.Sum256(layer)
	config, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH,
		"os":           "linux",
		"config": map[string]any{
			"Entrypoint": i.entrypoint, "Cmd": i.command, "Env": []string{"PATH=/bin"}, "WorkingDir": "/",
		},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + hex.EncodeToString(digest[:])}},
	})
	if err != nil {
		return err
	}
	manifest, err := json.Marshal([]any{map[string]any{
		"Config": "config.json", "RepoTags": []string{i.name}, "Layers": []string{"layer.tar"},
	}})
	if err != nil {
		return err
	}
	whole, err := archive([]imageFile{
		{path: "config.json", mode: 0o644, content: config},
		{path: "layer.tar", mode: 0o644, content: layer},
		{path: "manifest.json", mode: 0o644, content: manifest},
	})
	if err != nil {
		return err
	}
	return os.WriteFile(path, whole, 0o600)
}

// archive is a tar file with the given files.
func archive(files []imageFile) ([]byte, error) {
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	for _, file := range files {
		header := &tar.Header{Name: file.path, Mode: file.mode, Size: int64(len(file.content)), Typeflag: tar.TypeReg}
		switch {
		case file.link != "":
			header.Typeflag, header.Linkname, header.Mode = tar.TypeSymlink, file.link, 0o777
		case file.content == nil:
			header.Typeflag, header.Name = tar.TypeDir, file.path+"/"
		}
		if err := w.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := w.Write(file.content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}
