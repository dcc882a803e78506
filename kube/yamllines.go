package kube

import (
	"fmt"
	"strings"

	yaml "go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// YAML is an object as a person would read it: without managedFields, and
// with text made safe for a terminal. Secret values are the caller's to mask.
func YAML(obj *unstructured.Unstructured) (string, error) {
	shown := obj.DeepCopy()
	shown.SetManagedFields(nil)
	text, err := MarshalYAML(shown.Object)
	if err != nil {
		return "", fmt.Errorf("writing %s %s as YAML: %w", obj.GetKind(), obj.GetName(), err)
	}
	return CleanBlock(string(text)), nil
}

// LinesOf finds the field at path in YAML text: the first line and the line
// after its last, counted from 0. Where the field is missing, it is the
// nearest parent's first line.
func LinesOf(text, path string) (from, to int) {
	var root yaml.Node
	if yaml.Unmarshal([]byte(text), &root) != nil || len(root.Content) == 0 {
		return 0, 0
	}
	node, steps := root.Content[0], splitPath(path)
	for i, step := range steps {
		key, value := child(node, step)
		if value == nil {
			return from, from + 1
		}
		from, node = key.Line-1, value
		if i == len(steps)-1 {
			return from, endOf(value, from, strings.Count(text, "\n"))
		}
	}
	return from, from + 1
}

// endOf is the line after a node's last: its deepest last child's.
func endOf(n *yaml.Node, from, lines int) int {
	for len(n.Content) > 0 {
		n = n.Content[len(n.Content)-1]
	}
	end := n.Line
	if n.Style == yaml.LiteralStyle || n.Style == yaml.FoldedStyle {
		end += strings.Count(n.Value, "\n")
	}
	return min(max(end, from+1), lines)
}
