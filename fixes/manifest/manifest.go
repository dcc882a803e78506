// Package manifest changes fields of YAML and JSON manifests, and leaves all
// other bytes as they are: comments, order, quotes, indentation, line ends.
//
// An edit is worked out as splices of the text. The edited text is then read
// again: unless each object holds exactly what it should, there is no edit.
package manifest

import (
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"kiln/kube"
)

// File is the text of one manifest.
type File struct {
	name string
	text string
	docs []*document
	// added are documents to write at the end.
	added []map[string]any
}

// Read takes a manifest apart. A document that can't be read spoils only
// itself; an error, a *Refusal, means that the whole text can't be edited.
func Read(name string, text []byte) (*File, error) {
	if !utf8.Valid(text) {
		return nil, &Refusal{File: name, Why: "the text is not UTF-8: convert it first, for example with iconv"}
	}
	f := &File{name: name, text: string(text)}
	start := len(f.text) - len(strings.TrimPrefix(f.text, byteOrderMark))
	for _, d := range kube.SplitDocuments(f.text) {
		f.docs = append(f.docs, newDocument(name, d, start))
		start += len(d.Text)
	}
	return f, nil
}

const byteOrderMark = "\ufeff"

// Unreadable says why the document that a line is in can't be edited: a
// *Refusal, or nil if it can.
func (f *File) Unreadable(line int) error {
	for _, d := range slices.Backward(f.docs) {
		if d.line <= line {
			return d.err
		}
	}
	return nil
}

// Objects lists the objects in their order.
func (f *File) Objects() []*Object {
	var all []*Object
	for _, d := range f.docs {
		all = append(all, d.objects...)
	}
	return all
}

// Add writes a new object as a document of its own at the file's end. The
// error, a *Refusal, is for a JSON file: it holds one document only.
func (f *File) Add(fields map[string]any) error {
	if slices.ContainsFunc(f.docs, func(d *document) bool { return d.json }) {
		return &Refusal{File: f.name, Why: "a JSON file holds one document: a new object needs a file of its own"}
	}
	added, _ := normal(fields).(map[string]any)
	f.added = append(f.added, added)
	return nil
}

// Changed says whether anything was set to another value.
func (f *File) Changed() bool {
	return len(f.added) > 0 || slices.ContainsFunc(f.docs, (*document).changed)
}

// Text is the edited text, which was read again and holds what was set. The
// error is a *Refusal.
func (f *File) Text() (string, error) {
	var out strings.Builder
	out.WriteString(f.text[:f.docs[0].start])
	for _, d := range f.docs {
		text, err := d.edited()
		if err != nil {
			return "", err
		}
		out.WriteString(text)
	}
	text, err := f.withAdded(out.String())
	if err != nil {
		return "", err
	}
	return text, f.check(text)
}

// withAdded appends the new documents.
func (f *File) withAdded(text string) (string, error) {
	for _, fields := range f.added {
		style := f.docs[len(f.docs)-1].style
		body, err := style.document(fields)
		if err != nil {
			return "", &Refusal{File: f.name, Why: "writing the new object: " + err.Error()}
		}
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += style.newline
		}
		if strings.TrimSpace(strings.TrimPrefix(text, byteOrderMark)) != "" {
			text += "---" + style.newline
		}
		text += body
	}
	return text, nil
}

// check reads an edited text and compares each document with what it's to say.
func (f *File) check(text string) error {
	again, err := Read(f.name, []byte(text))
	if err != nil {
		return err
	}
	// An empty file has one document without content.
	wanted := slices.DeleteFunc(slices.Clone(f.docs), func(d *document) bool { return d.empty() || d.removed })
	got := slices.DeleteFunc(again.docs, (*document).empty)
	if len(got) != len(wanted)+len(f.added) {
		return &Refusal{File: f.name, Why: "the edited text would not have the same documents: edit it by hand"}
	}
	for i, d := range got {
		after, line := any(nil), 0
		if i < len(wanted) {
			after, line = wanted[i].after, wanted[i].line
			if wanted[i].err != nil && wanted[i].text == d.text {
				continue // what can't be read was left alone
			}
		} else {
			after = f.added[i-len(wanted)]
		}
		if d.err != nil || !reflect.DeepEqual(normal(d.before), normal(after)) {
			return &Refusal{File: f.name, Line: line, Why: "the way this is written can't be edited safely: the edited text doesn't say what it should; edit it by hand"}
		}
	}
	return nil
}
