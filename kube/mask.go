package kube

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// Masker replaces secret values by marks. Equal values get equal marks, and
// different ones different marks, so that a change still shows; a mark tells
// nothing else. The zero Masker is ready to use.
type Masker struct {
	marks map[string]string
	// known are values that are secret wherever they appear, long ones first:
	// they may hold short ones, without which the rest of them would be shown.
	known []string
}

// Know has a value masked wherever it appears from now on. Very short ones
// would hit innocent text.
func (m *Masker) Know(secret string) {
	at, known := slices.BinarySearchFunc(m.known, secret, func(a, b string) int {
		return cmp.Or(len(b)-len(a), strings.Compare(a, b))
	})
	if len(secret) >= 4 && !known {
		m.known = slices.Insert(m.known, at, secret)
	}
}

// Object returns a copy of obj with its secret values masked: all values of a
// Secret, literals of environment variables but plain numbers and booleans,
// whatever has a name that says secret, private keys, passwords in URLs and
// flags, and the manifest that kubectl keeps in an annotation.
func (m *Masker) Object(obj *unstructured.Unstructured) *unstructured.Unstructured {
	masked := obj.DeepCopy()
	if fields, ok := m.value(masked.Object, place{secret: obj.GetKind() == "Secret"}).(map[string]any); ok {
		masked.Object = fields
	}
	return masked
}

// Change returns the change of one field of an object of the kind, with the
// values masked if they are secret.
func (m *Masker) Change(kind string, change FieldChange) FieldChange {
	at := place{secret: kind == "Secret"}
	for _, element := range change.Elements {
		at = at.down(element)
	}
	if at.name == lastApplied && m.isOpen(change.Before) && m.isOpen(change.After) {
		return change
	}
	before, after := m.value(runtime.DeepCopyJSONValue(change.Before), at), m.value(runtime.DeepCopyJSONValue(change.After), at)
	change.Masked = change.Masked || fmt.Sprint(before) != fmt.Sprint(change.Before) || fmt.Sprint(after) != fmt.Sprint(change.After)
	change.Before, change.After = before, after
	return change
}

// isOpen says that a manifest which kubectl keeps in an annotation holds
// nothing secret. What can't be read as one is no such manifest.
func (m *Masker) isOpen(manifest any) bool {
	text, isText := manifest.(string)
	if !isText {
		return manifest == nil
	}
	var object unstructured.Unstructured
	if err := json.Unmarshal([]byte(text), &object.Object); err != nil {
		return false
	}
	return equality.Semantic.DeepEqual(object.Object, m.Object(&object).Object)
}

// Text masks a text that stands at no particular place.
func (m *Masker) Text(text string) string { return m.within(text) }

func (m *Masker) mark(secret string) string {
	if m.marks == nil {
		m.marks = map[string]string{}
	}
	mark, ok := m.marks[secret]
	if !ok {
		mark = fmt.Sprintf("<masked %d>", len(m.marks)+1)
		m.marks[secret] = mark
	}
	return mark
}

// place is where a value stands, as far as that makes it secret.
type place struct {
	// secret is within an object of kind Secret.
	secret bool
	depth  int
	// name is the field's or the named item's name; field is the field's.
	name, field string
	// payload is within a Secret's data.
	payload bool
}

// down goes one path element deeper, written as managedFields do.
func (p place) down(element string) place {
	kind, rest, _ := strings.Cut(element, ":")
	switch kind {
	case "f":
		return p.into(rest)
	case "k":
		if quoted := itemName.FindStringSubmatch(rest); quoted != nil {
			p.name = quoted[1]
		}
	}
	return p
}

func (p place) into(field string) place {
	payload := p.payload || p.secret && p.depth == 0 && (field == "data" || field == "stringData")
	name := field
	if field == "value" {
		name = p.name // of a variable or a header, which stands beside
	}
	return place{secret: p.secret, depth: p.depth + 1, name: name, field: field, payload: payload}
}

func (m *Masker) value(node any, at place) any {
	switch node := node.(type) {
	case map[string]any:
		inner := at
		if name, ok := node["name"].(string); ok && at.depth > 0 {
			inner.name = name
		}
		for _, field := range slices.Sorted(maps.Keys(node)) {
			node[field] = m.value(node[field], inner.into(field))
		}
		return node
	case []any:
		return m.list(node, at)
	case string:
		return m.text(node, at)
	}
	return node
}

// list masks items; after a flag such as --password the next item is secret.
func (m *Masker) list(items []any, at place) any {
	for i, item := range items {
		text, isText := item.(string)
		if previous, ok := before(items, i); isText && ok && isSecretFlag(previous) && !strings.HasPrefix(text, "-") {
			items[i] = m.mark(text)
			continue
		}
		items[i] = m.value(item, at)
	}
	return items
}

func before(items []any, i int) (string, bool) {
	if i == 0 {
		return "", false
	}
	text, ok := items[i-1].(string)
	return text, ok
}

func (m *Masker) text(text string, at place) string {
	switch {
	case text == "" || isMark(text):
		return text
	case at.payload:
		return m.mark(plainOf(text))
	case at.name == lastApplied:
		return m.mark(text)
	case at.field == "value" && !isPlainSetting(text):
		return m.mark(text)
	case isSecretName(at.name) && holdsValue(at.field):
		return m.mark(text)
	}
	return m.within(text)
}

// plainOf is a Secret's value decoded, so that it has the mark that it has where
// it stands plainly.
func plainOf(text string) string {
	if plain, err := base64.StdEncoding.DecodeString(text); err == nil {
		return string(plain)
	}
	return text
}

// within masks the secret parts of a text.
func (m *Masker) within(text string) string {
	for _, secret := range m.known {
		text = strings.ReplaceAll(text, secret, m.mark(secret))
	}
	for _, pattern := range secretParts() {
		text = pattern.ReplaceAllStringFunc(text, func(found string) string {
			parts := pattern.FindStringSubmatch(found)
			if isMark(parts[2]) {
				return found
			}
			return parts[1] + m.mark(parts[2]) + parts[3]
		})
	}
	return text
}
