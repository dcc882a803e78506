package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	sigsyaml "sigs.k8s.io/yaml"

	"kiln/kube"
)

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

// newDocument reads one document: for its values as the API server does, for
// its places as a tree of nodes.
func newDocument(file string, d kube.Document, start int) *document {
	doc := &document{start: start}
	doc.source = newSource(file, d.Text, d.Line)
	var root yaml.Node
	err := yaml.Unmarshal([]byte(d.Text), &root)
	if err == nil && (len(root.Content) == 0 || root.Content[0].Tag == "!!null") {
		return doc // only comments
	}
	raw := []byte(nil)
	if err == nil {
		raw, err = sigsyaml.YAMLToJSONStrict([]byte(d.Text))
	}
	if err == nil {
		err = utiljson.Unmarshal(raw, &doc.before)
	}
	if err == nil {
		err = utiljson.Unmarshal(raw, &doc.after)
	}
	if err != nil {
		doc.err = doc.unreadable(err)
		return doc
	}
	doc.root = root.Content[0]
	doc.json = json.Valid([]byte(strings.TrimSpace(d.Text)))
	doc.style = doc.styleOf(doc.root)
	doc.users = usersOfAnchors(doc.root)
	doc.findObjects()
	return doc
}

var lineNumber = regexp.MustCompile(`line (\d+):? ?`)

// unreadable says why a document can't be edited.
func (d *document) unreadable(err error) error {
	why, line := err.Error(), 0
	if found := lineNumber.FindStringSubmatch(why); found != nil {
		line, _ = strconv.Atoi(found[1])
		line-- // counted from 1, and to be added to the document's
	}
	switch {
	case strings.Contains(d.text, "{{"):
		line = strings.Count(d.text[:strings.Index(d.text, "{{")], "\n")
		why = "it is a template, which can't be edited: change the template, or the values it takes"
	case strings.Contains(why, "already set in map") || strings.Contains(why, "already defined"):
		why = "a key is given twice, which the API server refuses: take one away first"
	default:
		why = "not valid YAML or JSON: " + strings.TrimPrefix(lineNumber.ReplaceAllString(why, ""), "yaml: ")
	}
	return &Refusal{File: d.file, Line: d.line + max(line, 0), Why: kube.Clean(why)}
}

// findObjects lists the document's object, or the items of a List.
func (d *document) findObjects() {
	fields, ok := d.before.(map[string]any)
	if !ok {
		return
	}
	kind, _ := fields["kind"].(string)
	apiVersion, _ := fields["apiVersion"].(string)
	items, isList := fields["items"].([]any)
	nodes := childOf(d.root, "items")
	if !strings.HasSuffix(kind, "List") || !isList || nodes == nil {
		if kind != "" && apiVersion != "" {
			d.objects = []*Object{{Line: d.lineOf(d.root), doc: d, item: -1}}
		}
		return
	}
	for i, item := range items {
		if _, ok := item.(map[string]any); !ok || i >= len(nodes.Content) {
			continue
		}
		o := &Object{Line: d.lineOf(nodes.Content[i]), doc: d, item: i}
		if o.kind = strings.TrimSuffix(kind, "List"); o.kind != "" {
			o.apiVersion = apiVersion
		}
		d.objects = append(d.objects, o)
	}
}

// edited is the document's text with its new values.
func (d *document) edited() (string, error) {
	if !d.changed() {
		return d.text, nil
	}
	if d.err != nil || d.removed {
		return "", d.err
	}
	e := editor{source: d.source}
	if err := e.value(d.root, d.before, d.after, place{indent: -1}); err != nil {
		var refusal *Refusal
		if errors.As(err, &refusal) {
			return "", err
		}
		return "", &Refusal{File: d.file, Line: d.line, Why: fmt.Sprintf("%v: edit it by hand", err)}
	}
	return e.spliced()
}

// childOf finds the value of a mapping's key; nil if it isn't written there.
func childOf(node *yaml.Node, key string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if keyName(node.Content[i]) == key {
			return node.Content[i+1]
		}
	}
	return nil
}

// keyName is a key as the API server reads it: some words are booleans to it.
func keyName(key *yaml.Node) string {
	if key.Style != 0 || key.Kind != yaml.ScalarNode {
		return key.Value
	}
	switch key.Value {
	case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "True", "TRUE":
		return "true"
	case "n", "N", "no", "No", "NO", "off", "Off", "OFF", "False", "FALSE":
		return "false"
	}
	return key.Value
}

// usersOfAnchors are the aliases of each anchored node.
func usersOfAnchors(root *yaml.Node) map[*yaml.Node][]*yaml.Node {
	users := map[*yaml.Node][]*yaml.Node{}
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.AliasNode {
			users[n.Alias] = append(users[n.Alias], n)
		}
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(root)
	return users
}

// normal is a value as JSON reads it, so that values of other origins compare.
func normal(value any) any {
	raw, err := json.Marshal(value)
	if err != nil {
		return value
	}
	var read any
	if err := utiljson.Unmarshal(raw, &read); err != nil {
		return value
	}
	return read
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

func (d *document) changed() bool { return d.removed || !reflect.DeepEqual(d.before, d.after) }

// empty documents hold nothing but comments.
func (d *document) empty() bool { return d.root == nil && d.err == nil }
