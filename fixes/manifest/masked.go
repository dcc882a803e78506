package manifest

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// Masked is the file's text as it was read, for people: where mask gives a
// value of an object another text, that text stands in its place. Each line
// stays a line. Comments are not looked at, and documents that can't be read
// are not shown.
func (f *File) Masked(mask func(object map[string]any) map[string]any) string {
	var out strings.Builder
	out.WriteString(f.text[:f.docs[0].start])
	for _, d := range f.docs {
		out.WriteString(d.masked(mask))
	}
	return out.String()
}

func (d *document) masked(mask func(map[string]any) map[string]any) string {
	if d.err != nil {
		return d.hidden()
	}
	if len(d.objects) == 0 {
		return d.text
	}
	e := editor{source: d.source}
	for _, o := range d.objects {
		node := d.root
		if o.item >= 0 {
			node = childOf(d.root, "items").Content[o.item]
		}
		plain := &Object{doc: &document{after: d.before}, item: o.item, apiVersion: o.apiVersion, kind: o.kind}
		e.mask(node, o.of(d.before), mask(plain.Value()), -1)
	}
	// The same value may be reached twice, by its anchor.
	slices.SortFunc(e.splices, func(a, b splice) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	end := 0
	e.splices = slices.DeleteFunc(e.splices, func(s splice) bool {
		inside := s.start < end
		end = max(end, s.end)
		return inside
	})
	text, err := e.spliced()
	if err != nil {
		return d.hidden()
	}
	return text
}

// hidden keeps the separator and the number of lines.
func (d *document) hidden() string {
	lines := strings.SplitAfter(d.text, "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) == "" || i == 0 && strings.HasPrefix(line, "---") {
			continue
		}
		lines[i] = "(not shown: it can't be read)" + line[len(strings.TrimRight(line, "\r\n")):]
	}
	return strings.Join(lines, "")
}

// mask replaces the text of a value that has a mask.
func (e *editor) mask(n *yaml.Node, value, masked any, indent int) {
	if n == nil || reflect.DeepEqual(value, masked) {
		return
	}
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch value := value.(type) {
	case map[string]any:
		if masked, ok := masked.(map[string]any); ok && n.Kind == yaml.MappingNode {
			for key := range value {
				child := writtenAs(n, key)
				if child == nil && !reflect.DeepEqual(value[key], masked[key]) {
					e.maskWhole(n, "(masked)", indent) // it's there, but where can't be told
					return
				}
				e.mask(child, value[key], masked[key], e.column(n))
			}
			return
		}
	case []any:
		if masked, ok := masked.([]any); ok && n.Kind == yaml.SequenceNode && len(n.Content) == len(value) && len(masked) == len(value) {
			for i := range value {
				e.mask(n.Content[i], value[i], masked[i], e.column(n))
			}
			return
		}
	}
	e.maskWhole(n, fmt.Sprint(masked), indent)
}

// maskWhole replaces each line of a value.
func (e *editor) maskWhole(n *yaml.Node, mark string, indent int) {
	start := e.offset(n)
	end, err := e.end(n, indent)
	if err != nil {
		end = len(e.text) // rather too much than too little
	}
	lines := strings.SplitAfter(e.text[start:end], "\n")
	for i, line := range lines {
		body := strings.TrimSpace(line)
		if body != "" {
			lines[i] = strings.Replace(line, body, mark, 1)
		}
	}
	e.splice(start, end, strings.Join(lines, ""))
}

// writtenAs finds the value of a key, also where a merge key brings it in.
func writtenAs(n *yaml.Node, key string) *yaml.Node {
	if found := childOf(n, key); found != nil {
		return found
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag != "!!merge" {
			continue
		}
		merged := n.Content[i+1]
		for _, from := range append([]*yaml.Node{merged}, merged.Content...) {
			if from.Kind == yaml.AliasNode {
				from = from.Alias
			}
			if found := childOf(from, key); found != nil {
				return found
			}
		}
	}
	return nil
}
