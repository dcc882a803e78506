package fixes

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"kiln/fixes/manifest"
	"kiln/kube"
)

// sources knows the kustomizations of folders, which are read once. A file
// that only a part of an object comes from isn't edited in place of the rest.
type sources map[string]*kustomization

// kustomization is one kustomization.yaml.
type kustomization struct {
	path string
	types.Kustomization
}

// refusal says why a file isn't the place to fix an object, and which is; nil
// if it is.
func (s sources) refusal(home *sheet, line int, ref kube.Ref) error {
	if home.name == "-" {
		return nil
	}
	if chart := chartOf(home.name); chart != "" && bytes.Contains(home.text, []byte("{{")) {
		return &manifest.Refusal{File: home.name, Line: line, Why: fmt.Sprintf(
			"it is a template of the Helm chart %s: set the value in %s if the template takes one from there, else change the template",
			filepath.Base(chart), filepath.Join(chart, "values.yaml"))}
	}
	k := s.patching(home.name)
	if k == nil {
		return nil
	}
	where := "the object itself is in a resource of that kustomization: fix it there, or add to this patch what is to be set"
	if base := s.base(k, ref, 0); base != "" {
		where = fmt.Sprintf("the object itself is in %s: fix it there (kiln fix -f %s), or add to this patch what is to be set", base, base)
	}
	return &manifest.Refusal{File: home.name, Line: line, Why: fmt.Sprintf("it is a patch of %s, not the whole object; %s", k.path, where)}
}

// chartOf is the folder of the Helm chart that a file is a template of.
func chartOf(name string) string {
	for folder := filepath.Dir(name); ; folder = filepath.Dir(folder) {
		if filepath.Base(folder) == "templates" {
			chart := filepath.Dir(folder)
			if _, err := os.Stat(filepath.Join(chart, "Chart.yaml")); err == nil {
				return chart
			}
		}
		if folder == filepath.Dir(folder) {
			return ""
		}
	}
}

// patching is the kustomization that uses a file as a patch: the one in its
// folder, or in a folder above it.
func (s sources) patching(name string) *kustomization {
	folder := filepath.Dir(name)
	for range 4 {
		if k := s.in(folder); k != nil {
			for _, patch := range k.patchFiles() {
				if sameFile(filepath.Join(folder, patch), name) {
					return k
				}
			}
		}
		if folder == filepath.Dir(folder) {
			break
		}
		folder = filepath.Dir(folder)
	}
	return nil
}

func (k *kustomization) patchFiles() []string {
	var files []string
	for _, patch := range k.Patches {
		if patch.Path != "" {
			files = append(files, patch.Path)
		}
	}
	return files
}

func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// kustomizationOf is the path of the kustomization in a folder; empty for
// none.
func (s sources) kustomizationOf(folder string) string {
	if k := s.in(folder); k != nil {
		return k.path
	}
	return ""
}

// in reads the kustomization of a folder; nil if there is none that can be
// read.
func (s sources) in(folder string) *kustomization {
	if k, known := s[folder]; known {
		return k
	}
	s[folder] = nil
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		k := &kustomization{path: filepath.Join(folder, name)}
		text, err := os.ReadFile(k.path)
		if err != nil || yaml.Unmarshal(text, &k.Kustomization) != nil {
			continue
		}
		k.FixKustomization() // older fields become the newer ones
		if err := k.FixKustomizationPreMarshalling(inFolder{filesys.MakeFsOnDisk(), folder}); err == nil {
			s[folder] = k
		}
		break
	}
	return s[folder]
}

// inFolder reads relative paths as a kustomization in a folder means them.
type inFolder struct {
	filesys.FileSystem
	folder string
}

func (f inFolder) ReadFile(path string) ([]byte, error) {
	return f.FileSystem.ReadFile(filepath.Join(f.folder, path))
}

// deepestBase bounds the search for a base; kustomizations may form a loop.
const deepestBase = 8

// base is the file among a kustomization's resources that has an object; empty
// if none can be found.
func (s sources) base(k *kustomization, ref kube.Ref, depth int) string {
	if depth > deepestBase {
		return ""
	}
	for _, resource := range slices.Concat(k.Resources, k.Components) {
		path := filepath.Join(filepath.Dir(k.path), resource)
		info, err := os.Stat(path)
		switch {
		case err != nil:
		case info.IsDir():
			if inner := s.in(path); inner != nil {
				if found := s.base(inner, ref, depth+1); found != "" {
					return found
				}
			}
		case holds(path, ref):
			return path
		}
	}
	return ""
}

// holds says whether a file has an object, by its kind and name: namespaces
// are often the overlay's.
func holds(path string, ref kube.Ref) bool {
	text, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	file, err := manifest.Read(path, text)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(file.Objects(), func(o *manifest.Object) bool {
		object := &unstructured.Unstructured{Object: o.Value()}
		return object.GetKind() == ref.Kind && object.GetName() == ref.Name
	})
}
