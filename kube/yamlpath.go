package kube

import (
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// nearestNode walks path ("spec.containers[0].image") down from a mapping and
// returns the deepest key that exists. nil means that not even the first does.
func nearestNode(node *yaml.Node, path string) *yaml.Node {
	var found *yaml.Node
	for _, step := range splitPath(path) {
		key, value := child(node, step)
		if value == nil {
			break
		}
		found, node = key, value
	}
	return found
}

// child finds a mapping's key or a sequence's element. key is the node to
// point at: the key itself, or the element.
func child(node *yaml.Node, step string) (key, value *yaml.Node) {
	if node == nil {
		return nil, nil
	}
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i], node.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i], node.Content[i]
		}
	}
	return nil, nil
}

// splitPath cuts "spec.containers[0].image" into its steps. A key with dots
// of its own is written in brackets: metadata.labels[app.kubernetes.io/name].
func splitPath(path string) []string {
	var steps []string
	for path != "" {
		switch {
		case path[0] == '.':
			path = path[1:]
		case path[0] == '[':
			end := strings.IndexByte(path, ']')
			if end < 0 {
				return append(steps, path[1:])
			}
			steps = append(steps, path[1:end])
			path = path[end+1:]
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			steps = append(steps, path[:end])
			path = path[end:]
		}
	}
	return steps
}
