package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// style is how a document is written, for what is new in it to look the same.
type style struct {
	newline string
	// step is the indentation of a mapping in a mapping.
	step int
	// indented says that lists stand to the right of their key.
	indented bool
	// unit indents JSON; empty where it is all in one line.
	unit string
}

func styleOfText(text string) style {
	s := style{newline: "\n", step: 2}
	if end := strings.IndexByte(text, '\n'); end > 0 && text[end-1] == '\r' {
		s.newline = "\r\n"
	}
	return s
}

// styleOf looks at the whole document: the majority decides.
func (s source) styleOf(root *yaml.Node) style {
	steps, indented := map[int]int{}, 0
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		for i, child := range n.Content {
			walk(child)
			if n.Kind != yaml.MappingNode || i%2 == 0 || n.Style&yaml.FlowStyle != 0 || child.Style&yaml.FlowStyle != 0 || len(child.Content) == 0 {
				continue
			}
			deeper := s.column(child) - s.column(n)
			switch {
			case child.Kind == yaml.MappingNode && deeper > 0:
				steps[deeper]++
			case child.Kind == yaml.SequenceNode && deeper > 0:
				indented++
			case child.Kind == yaml.SequenceNode:
				indented--
			}
		}
	}
	walk(root)
	found := s.style
	most := 0
	for step := range 17 {
		if steps[step] > most {
			found.step, most = step, steps[step]
		}
	}
	found.indented = indented > 0
	if s.json && len(root.Content) > 0 {
		if first := s.offset(root.Content[0]); s.blanksBefore(first) {
			found.unit = strings.TrimPrefix(s.indentAt(first), s.indentAt(s.offset(root)))
		}
	}
	return found
}

// block writes a value as lines of YAML, the first without indentation.
func (s style) block(value any, indent int) (string, error) {
	text, err := s.encode(value, 0)
	if err != nil {
		return "", err
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		if i > 0 && line != "" {
			lines[i] = strings.Repeat(" ", indent) + line
		}
	}
	return strings.Join(lines, s.newline), nil
}

// document writes an object as a document.
func (s style) document(fields map[string]any) (string, error) {
	text, err := s.block(fields, 0)
	return text + s.newline, err
}

// flow writes a value in one line of YAML, as it may stand within brackets.
func (s style) flow(value any) (string, error) {
	text, err := s.encode([]any{value}, yaml.FlowStyle)
	text = strings.TrimSuffix(text, "\n")
	if err != nil || !strings.HasPrefix(text, "[") || !strings.HasSuffix(text, "]") || strings.Contains(text, "\n") {
		return "", fmt.Errorf("a value can't be written in one line: %w", err)
	}
	return text[1 : len(text)-1], nil
}

func (s style) encode(value any, flow yaml.Style) (string, error) {
	var node yaml.Node
	if err := node.Encode(value); err != nil {
		return "", fmt.Errorf("writing a value: %w", err)
	}
	arrange(&node)
	node.Style |= flow
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(max(s.step, 2))
	if !s.indented {
		encoder.CompactSeqIndent()
	}
	if err := encoder.Encode(&node); err != nil {
		return "", fmt.Errorf("writing a value: %w", err)
	}
	return out.String(), encoder.Close()
}

// inJSON writes a value as JSON; lines after the first begin with indent.
func (s style) inJSON(value any, indent string) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if s.unit != "" {
		encoder.SetIndent(indent, s.unit)
	}
	if err := encoder.Encode(value); err != nil {
		return "", fmt.Errorf("writing a value: %w", err)
	}
	text := strings.TrimSuffix(out.String(), "\n")
	return strings.ReplaceAll(text, "\n", s.newline), nil
}

// first are the keys that people write before all others.
var first = []string{"apiVersion", "kind", "metadata", "name"}

// arrange orders mappings as people do.
func arrange(n *yaml.Node) {
	for _, child := range n.Content {
		arrange(child)
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	type pair struct{ key, value *yaml.Node }
	var pairs []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		pairs = append(pairs, pair{n.Content[i], n.Content[i+1]})
	}
	rank := func(p pair) int {
		if i := slices.Index(first, p.key.Value); i >= 0 {
			return i
		}
		return len(first)
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return rank(a) - rank(b) })
	n.Content = n.Content[:0]
	for _, p := range pairs {
		n.Content = append(n.Content, p.key, p.value)
	}
}
