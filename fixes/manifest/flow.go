package manifest

import (
	"maps"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// element is one part of a flow collection: an item, or a key with its value.
type element struct{ start, end int }

// flowMapping takes keys out of {a: 1, b: 2} and writes new ones.
func (e *editor) flowMapping(n *yaml.Node, kept []bool, fresh map[string]any) error {
	elements := make([]element, 0, len(kept))
	for i := range kept {
		end, err := e.end(n.Content[2*i+1], 0)
		if err != nil {
			return e.refuse(n.Content[2*i], err.Error()+": edit it by hand")
		}
		elements = append(elements, element{e.offset(n.Content[2*i]), end})
	}
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(fresh)) {
		text, err := e.flowPair(n, name, fresh[name])
		if err != nil {
			return err
		}
		texts = append(texts, text)
	}
	if last := lastOf(kept); len(texts) > 0 && last >= 0 {
		if at := e.content(n); at >= len(e.text) || e.text[at] != '{' {
			return e.refuse(n, "it is a single pair within a list: edit it by hand")
		}
		e.insertFlow(elements, last, texts)
	}
	return e.removeFlow(n, elements, kept)
}

// flowSequence takes items out of [a, b] and writes new ones.
func (e *editor) flowSequence(n *yaml.Node, stays []bool, partner []int, after []any) error {
	elements := make([]element, 0, len(stays))
	for _, item := range n.Content {
		end, err := e.end(item, 0)
		if err != nil {
			return e.refuse(item, err.Error()+": edit it by hand")
		}
		elements = append(elements, element{e.offset(item), end})
	}
	previous, texts := -1, []string(nil)
	for j, from := range partner {
		if from >= 0 {
			if len(texts) > 0 {
				e.insertFlow(elements, previous, texts)
			}
			previous, texts = from, nil
			continue
		}
		text, err := e.flowText(after[j], elements)
		if err != nil {
			return err
		}
		texts = append(texts, text)
	}
	if len(texts) > 0 {
		e.insertFlow(elements, previous, texts)
	}
	return e.removeFlow(n, elements, stays)
}

// insertFlow writes elements behind the one at previous; -1 for the start.
func (e *editor) insertFlow(elements []element, previous int, texts []string) {
	separator := ", "
	switch at := elements[0].start; {
	case e.blanksBefore(at):
		separator = "," + e.style.newline + e.indentAt(at)
	case len(elements) > 1 && e.text[elements[0].end:elements[1].start] == ",", e.json && e.style.unit == "":
		separator = ","
	}
	text := strings.Join(texts, separator)
	if previous < 0 {
		e.splice(elements[0].start, elements[0].start, text+separator)
		return
	}
	end := elements[previous].end
	e.splice(end, end, separator+text)
}

// removeFlow takes elements away, each with one comma.
func (e *editor) removeFlow(n *yaml.Node, elements []element, kept []bool) error {
	for i := range elements {
		if kept[i] {
			continue
		}
		next := i + 1
		for next < len(elements) && !kept[next] {
			next++
		}
		switch {
		case i > 0 && kept[i-1]:
			e.splice(elements[i-1].end, elements[next-1].end, "")
		case i == 0 && next < len(elements):
			e.splice(elements[0].start, elements[next].start, "")
		case i == 0:
			return e.refuse(n, "nothing of it would stay: edit it by hand")
		}
	}
	return nil
}

// flowPair writes a key with its value as its neighbours are written.
func (e *editor) flowPair(n *yaml.Node, name string, value any) (string, error) {
	key, err := e.style.flow(name)
	if quoted := n.Content[0].Style & yaml.DoubleQuotedStyle; e.json || quoted != 0 {
		key, err = e.style.inJSON(name, "")
	}
	if err != nil {
		return "", err
	}
	colon := ": "
	if after, err := e.colonEnd(n.Content[0]); err == nil && e.json && after == e.offset(n.Content[1]) {
		colon = ":"
	}
	text, err := e.flowText(value, []element{{start: e.offset(n.Content[0])}})
	return key + colon + text, err
}

// flowText writes a value within brackets.
func (e *editor) flowText(value any, elements []element) (string, error) {
	if !e.json {
		return e.style.flow(value)
	}
	s, indent := e.style, ""
	if first := elements[0].start; e.blanksBefore(first) {
		indent = e.indentAt(first)
	} else {
		s.unit = "" // its neighbours stand in one line
	}
	return s.inJSON(value, indent)
}

func lastOf(kept []bool) int {
	for i, stays := range slices.Backward(kept) {
		if stays {
			return i
		}
	}
	return -1
}
