package manifest

import (
	"k8s.io/apimachinery/pkg/runtime"
)

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
