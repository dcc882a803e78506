package fixes

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"kiln/kube"
)

// exported is one file of an exported fix.
type exported struct {
	file   string
	plan   Plan
	target TargetPreview
	text   string
}

// ExportTo writes previewed plans into a folder for their sources of truth: a
// patch or a new object per file, a kustomization.yaml that joins them (a
// component, for any kustomization to name), and a README.md that says where
// each belongs: to which Helm release, Argo CD application, Flux object. It
// returns the files' names. The folder is made; one with something in it is
// refused.
func ExportTo(dir string, previews []Preview) ([]string, error) {
	all, err := exports(previews)
	if err != nil {
		return nil, err
	}
	kustomization, err := kustomizationFor(all)
	if err != nil {
		return nil, err
	}
	if err := makeEmpty(dir); err != nil {
		return nil, err
	}
	files := map[string]string{konfig.DefaultKustomizationFileName(): kustomization, "README.md": guideFor(all, kustomization)}
	for _, e := range all {
		files[e.file] = e.text
	}
	var names []string
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return names, fmt.Errorf("exporting the fixes: %w", err)
		}
		names = append(names, path)
	}
	slices.Sort(names)
	return names, nil
}

func makeEmpty(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("exporting the fixes: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("exporting the fixes: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("exporting the fixes: %s is not empty: name a new folder", dir)
	}
	return nil
}

// exports are the files of all targets, numbered in the order of the fixes.
func exports(previews []Preview) ([]exported, error) {
	var all []exported
	for _, preview := range previews {
		for _, target := range preview.Targets {
			text, err := exportTarget(preview.Plan, target)
			if err != nil {
				return nil, err
			}
			ref := target.Change.Target
			file := fmt.Sprintf("%02d-%s-%s.yaml", len(all)+1, strings.ToLower(ref.Kind), fileNameOf(ref.Name))
			all = append(all, exported{file, preview.Plan, target, text})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: there is no fix to export", ErrNothingToDo)
	}
	return all, overlapping(all)
}

// overlapping refuses patches that set one field to different values: each was
// made from what is there now, so that the last would undo the others.
func overlapping(all []exported) error {
	type place struct {
		ref  kube.Ref
		path string
	}
	values := map[place]string{}
	for _, e := range all {
		for _, field := range e.target.fields {
			at, value := place{e.target.Change.Target, field.Path}, fmt.Sprint(field.After)
			if other, ok := values[at]; ok && other != value {
				return fmt.Errorf("two of the fixes change %s of %s: export them one after the other, the second once the first is in place", at.path, at.ref)
			}
			values[at] = value
		}
	}
	return nil
}

var unsafeInFileName = regexp.MustCompile(`[^a-zA-Z0-9.-]+`)

const longestFileName = 80

func fileNameOf(name string) string {
	safe := unsafeInFileName.ReplaceAllString(name, "-")
	return strings.Trim(safe[:min(len(safe), longestFileName)], "-.")
}

// kustomizationFor joins the files in a component.
func kustomizationFor(all []exported) (string, error) {
	var resources []string
	var patches []types.Patch
	for _, e := range all {
		if e.target.Change.Mechanism == Create {
			resources = append(resources, e.file)
			continue
		}
		patches = append(patches, types.Patch{Path: e.file})
	}
	text, err := yaml.Marshal(struct {
		types.TypeMeta `json:",inline"`
		Resources      []string      `json:"resources,omitempty"`
		Patches        []types.Patch `json:"patches,omitempty"`
	}{types.TypeMeta{APIVersion: types.ComponentVersion, Kind: types.ComponentKind}, resources, patches})
	if err != nil {
		return "", errors.Join(errors.New("writing the kustomization.yaml"), err)
	}
	return string(text), nil
}
