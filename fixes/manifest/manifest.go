// Package manifest changes fields of YAML and JSON manifests, and leaves all
// other bytes as they are: comments, order, quotes, indentation, line ends.
//
// An edit is worked out as splices of the text. The edited text is then read
// again: unless each object holds exactly what it should, there is no edit.
package manifest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime"

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

// document is a part of a file between separators.
type document struct {
	source
	// start is where it begins in the file's text.
	start int
	root  *yaml.Node
	// before is what it says now, after what it's to say.
	before, after any
	objects       []*Object
	// removed has the document taken out.
	removed bool
	// err is why it can't be edited.
	err error
}

// Object is one object of a file: a document of its own, or an item of a List.
type Object struct {
	// Line is its first line in the file, counted from 1.
	Line int
	doc  *document
	// item is its place in the list; -1 for a document of its own.
	item int
	// apiVersion and kind are those of items that leave them out.
	apiVersion, kind string
}

// Refusal says why a manifest isn't edited, and where the reason stands.
type Refusal struct {
	File string
	// Line counts from 1; 0 means the whole file.
	Line int
	// Why is a sentence without a full stop that says what to do instead.
	Why string
}

func (r *Refusal) Error() string {
	if r.Line == 0 {
		return r.File + ": " + r.Why
	}
	return fmt.Sprintf("%s:%d: %s", r.File, r.Line, r.Why)
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

// Objects lists the objects in their order.
func (f *File) Objects() []*Object {
	var all []*Object
	for _, d := range f.docs {
		all = append(all, d.objects...)
	}
	return all
}

// Value is a copy of what the object is to say, as far as that's set by now.
func (o *Object) Value() map[string]any {
	fields, _ := o.of(o.doc.after).(map[string]any)
	fields = runtime.DeepCopyJSON(fields)
	if o.lacksType(fields) {
		fields["apiVersion"], fields["kind"] = o.apiVersion, o.kind
	}
	return fields
}

func (o *Object) lacksType(fields map[string]any) bool {
	return o.kind != "" && fields["kind"] == nil
}

// of finds the object in its document's value.
func (o *Object) of(document any) any {
	if o.item < 0 {
		return document
	}
	list, _ := document.(map[string]any)
	items, _ := list["items"].([]any)
	if o.item >= len(items) {
		return nil
	}
	return items[o.item]
}

// largeDocument is from which size on, in bytes, a document is checked only
// once, when its text is asked for. Few are larger: long lists.
const largeDocument = 256 << 10

// Set says what the object is to be. The error is a *Refusal: the way that the
// object is written can't be edited; it's left as it was.
func (o *Object) Set(fields map[string]any) error {
	d := o.doc
	if d.err != nil {
		return d.err
	}
	wanted, _ := normal(fields).(map[string]any)
	current, _ := o.of(d.after).(map[string]any)
	if o.lacksType(current) {
		delete(wanted, "apiVersion")
		delete(wanted, "kind")
	}
	o.put(wanted)
	if len(d.text) > largeDocument {
		return nil
	}
	if err := d.editable(); err != nil {
		o.put(current)
		return err
	}
	return nil
}

func (o *Object) put(fields map[string]any) {
	if o.item < 0 {
		o.doc.after = fields
		return
	}
	o.doc.after.(map[string]any)["items"].([]any)[o.item] = fields
}

// editable tries the edit, and reads it again.
func (d *document) editable() error {
	text, err := d.edited()
	if err != nil {
		return err
	}
	alone := &File{name: d.file, docs: []*document{d}}
	return alone.check(text)
}

// Remove takes the object out of the file, with all that its document holds.
// The error is a *Refusal.
func (o *Object) Remove() error {
	switch {
	case o.item >= 0:
		return &Refusal{File: o.doc.file, Line: o.Line, Why: "it's an item of a list: take it out by hand"}
	case o.doc.json:
		return &Refusal{File: o.doc.file, Line: o.Line, Why: "it's all that the file holds: delete the file"}
	}
	o.doc.removed = true
	return nil
}

// Restore takes Remove back.
func (o *Object) Restore() { o.doc.removed = false }

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

func (d *document) changed() bool { return d.removed || !reflect.DeepEqual(d.before, d.after) }

// empty documents hold nothing but comments.
func (d *document) empty() bool { return d.root == nil && d.err == nil }

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
