package scanners

import (
	"regexp"
	"strconv"

	yaml "go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"
)

// The errors of a configuration name a line, if YAML is to blame, or begin with
// the part that is meant: "exceptions[3]: …".
var (
	namesLine = regexp.MustCompile(`\bline (\d+):`)
	namesPart = regexp.MustCompile(`^(\w+)(?:\[([^\]]+)\])?: `)
)

// ConfigLine is the line of a kiln.yaml that an error of ReadConfig or Apply is
// about, counted from 1; 0 if that can't be told.
func ConfigLine(text []byte, problem error) int {
	if m := namesLine.FindStringSubmatch(problem.Error()); m != nil {
		line, _ := strconv.Atoi(m[1])
		return line
	}
	var file yaml.Node
	if yaml.Unmarshal(text, &file) != nil || len(file.Content) == 0 {
		return 0
	}
	if m := namesPart.FindStringSubmatch(problem.Error()); m != nil {
		return lineOfPart(file.Content[0], m[1], m[2])
	}
	return lineOfMisfit(file.Content[0], func(n *yaml.Node) *yaml.Node { return n })
}

// lineOfPart finds the part of a mapping that is called so, and in it what has
// this number or key.
func lineOfPart(top *yaml.Node, name, inner string) int {
	line := 0
	for _, p := range partsOf(top) {
		if p.key.Value != name {
			continue
		}
		line = p.key.Line
		for i, q := range partsOf(p.value) {
			if q.key.Value == inner || p.value.Kind == yaml.SequenceNode && strconv.Itoa(i) == inner {
				line = q.key.Line
			}
		}
	}
	return line
}

// lineOfMisfit finds the smallest part of node that doesn't fit into a Config
// by itself. whole puts what it is given into node's place in the file.
func lineOfMisfit(node *yaml.Node, whole func(*yaml.Node) *yaml.Node) int {
	for _, p := range partsOf(node) {
		alone := func(value *yaml.Node) *yaml.Node {
			n := &yaml.Node{Kind: node.Kind, Content: []*yaml.Node{value}}
			if node.Kind == yaml.MappingNode {
				n.Content = []*yaml.Node{p.key, value}
			}
			return whole(n)
		}
		text, err := yaml.Marshal(alone(p.value))
		if err != nil || sigsyaml.UnmarshalStrict(text, &Config{}) == nil {
			continue
		}
		if line := lineOfMisfit(p.value, alone); line > 0 {
			return line
		}
		return p.key.Line
	}
	return 0
}

// part is an entry of a mapping, or an element of a list, which is then its own
// key.
type part struct{ key, value *yaml.Node }

func partsOf(n *yaml.Node) []part {
	var parts []part
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, part{n.Content[i], n.Content[i+1]})
		}
	case yaml.SequenceNode:
		for _, e := range n.Content {
			parts = append(parts, part{e, e})
		}
	}
	return parts
}
