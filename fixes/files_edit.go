package fixes

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/fixes/manifest"
	"kiln/kube"
)

// FileEdit is what fixes make of one file.
type FileEdit struct {
	Name string
	// Created says that the file is new.
	Created bool

	was           []byte
	before, after *manifest.File
	text          string
}

// Edits are the files as the fixes make them, those alone that change. A file
// whose edit can't be proven right by reading it again comes back as an error,
// a *manifest.Refusal; the others are there all the same.
func (f *Files) Edits() ([]FileEdit, error) {
	placed, errs := f.place()
	var edits []FileEdit
	add := func(s *sheet, created bool) {
		text, err := s.file.Text()
		if err == nil && text != string(s.text) {
			var edit FileEdit
			if edit, err = newFileEdit(s.name, s.text, text); err == nil {
				edit.Created = created
				edits = append(edits, edit)
			}
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	for _, s := range f.sheets {
		if s.err == nil {
			add(s, false)
		}
	}
	for _, s := range placed {
		add(s, true)
	}
	slices.SortFunc(edits, func(a, b FileEdit) int { return strings.Compare(a.Name, b.Name) })
	return edits, errors.Join(errs...)
}

// newFileEdit takes both texts apart; the error is a *manifest.Refusal.
func newFileEdit(name string, was []byte, text string) (FileEdit, error) {
	before, err := manifest.Read(name, was)
	if err != nil {
		return FileEdit{}, err
	}
	after, err := manifest.Read(name, []byte(text))
	return FileEdit{Name: name, was: was, before: before, after: after, text: text}, err
}

// Text is the whole file with its changes.
func (e FileEdit) Text() string { return e.text }

// Diff compares the file before and after, for people: secret values are
// masked, and each line is clean for a terminal.
func (e FileEdit) Diff() Diff {
	before, after := e.masked()
	return newDiff(kube.CleanBlock(before), kube.CleanBlock(after))
}

// Unified is Diff as text.
func (e FileEdit) Unified() string { return e.header() + e.Diff().unified() }

// Patch is the diff for git apply and patch -p1, with the lines as they are.
// But secret values are masked here, too: masked says that no program can
// apply the patch for that.
func (e FileEdit) Patch() (patch string, masked bool) {
	before, after := e.masked()
	text := newDiff(markOpenEnd(before), markOpenEnd(after)).unified()
	exact := newDiff(markOpenEnd(string(e.was)), markOpenEnd(e.text)).unified()
	return e.header() + strings.ReplaceAll(text, openEnd+"\n", "\n\\ No newline at end of file\n"), text != exact
}

// openEnd marks, among the lines that are compared, the last one of a text
// without a line break at its end.
const openEnd = "\ue000"

func markOpenEnd(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + openEnd
}

func (e FileEdit) header() string {
	from, to := "a/"+patchPath(e.Name), "b/"+patchPath(e.Name)
	if e.Created {
		from = "/dev/null"
	}
	return kube.CleanBlock(fmt.Sprintf("--- %s\n+++ %s\n", from, to))
}

// patchPath is how a patch names a file: from the current folder if it's in it.
func patchPath(name string) string {
	if here, err := filepath.Abs("."); err == nil && filepath.IsAbs(name) {
		if relative, err := filepath.Rel(here, name); err == nil && !strings.HasPrefix(relative, "..") {
			name = relative
		}
	}
	return strings.TrimPrefix(filepath.ToSlash(name), "/")
}

// masked are the texts before and after, with the same masks.
func (e FileEdit) masked() (before, after string) {
	masker := &kube.Masker{}
	mask := func(fields map[string]any) map[string]any {
		return masker.Object(&unstructured.Unstructured{Object: fields}).Object
	}
	return e.before.Masked(mask), e.after.Masked(mask)
}
