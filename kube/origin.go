package kube

import (
	yaml "go.yaml.in/yaml/v3"
)

// Origin is where an object stands in a manifest.
type Origin struct {
	File string
	// Line is the first line of the object, counted from 1.
	Line int
	node *yaml.Node
}

// LineOf is the line of the field at path, or of the nearest parent that is
// written in the manifest.
func (o Origin) LineOf(path string) int {
	if n := nearestNode(o.node, path); n != nil {
		return n.Line
	}
	return o.Line
}
