package manifest

import (
	"fmt"
	"reflect"

	yaml "go.yaml.in/yaml/v3"
)

// editor collects the splices that make a document say something else.
type editor struct {
	source
	splices []splice
}

// place is where a value stands.
type place struct {
	// key is that of its mapping; nil for a list's item and for the root.
	key *yaml.Node
	// after is behind the key's colon, or the item's dash.
	after int
	// indent is the column of the block that it's in.
	indent int
	// flow is within brackets.
	flow bool
}

// value makes a node say after where it says before.
func (e *editor) value(n *yaml.Node, before, after any, at place) error {
	if reflect.DeepEqual(before, after) {
		return nil
	}
	if err := e.shared(n, after); err != nil {
		return err
	}
	switch after := after.(type) {
	case map[string]any:
		before, ok := before.(map[string]any)
		if ok && n.Kind == yaml.MappingNode && len(n.Content) > 0 && keeps(before, after) {
			return e.mapping(n, before, after)
		}
	case []any:
		before, ok := before.([]any)
		if ok && n.Kind == yaml.SequenceNode && len(n.Content) == len(before) && len(before) > 0 {
			pairs := align(before, after)
			if len(after) > 0 && (len(pairs) > 0 || len(before) == len(after)) {
				return e.sequence(n, before, after, pairs)
			}
		}
	}
	return e.replace(n, after, at)
}

// keeps says that a mapping keeps one of its keys at least.
func keeps(before, after map[string]any) bool {
	for key := range before {
		if _, ok := after[key]; ok {
			return true
		}
	}
	return false
}

// shared refuses to change what others use: an anchored value, or a part of
// one by its alias.
func (e *editor) shared(n *yaml.Node, after any) error {
	if users := e.users[n]; len(users) > 0 {
		return e.refuse(n, fmt.Sprintf("the value has the anchor &%s, which line %d uses, too: write that out first, or edit both by hand", n.Anchor, e.lineOf(users[0])))
	}
	if n.Kind != yaml.AliasNode {
		return nil
	}
	switch after.(type) {
	case map[string]any, []any:
		return e.refuse(n, fmt.Sprintf("the value is the alias *%s of line %d, which others may share: change it there, or write it out here first", n.Value, e.lineOf(n.Alias)))
	}
	return nil // a plain value in the alias's place changes nobody else
}

// mapping changes the keys of a mapping one by one.
func (e *editor) mapping(n *yaml.Node, before, after map[string]any) error {
	flow := n.Style&yaml.FlowStyle != 0
	written := map[string]bool{}
	kept := make([]bool, len(n.Content)/2)
	for i := range kept {
		key, child := n.Content[2*i], n.Content[2*i+1]
		name := keyName(key)
		written[name] = true
		value, stays := after[name]
		_, known := before[name] // not so merge keys, and keys that are numbers
		if kept[i] = stays || !known; !stays || reflect.DeepEqual(before[name], value) {
			continue
		}
		colon, err := e.colonEnd(key)
		if err != nil {
			return e.refuse(key, err.Error()+": edit it by hand")
		}
		if err := e.value(child, before[name], value, place{key: key, after: colon, indent: e.column(n), flow: flow}); err != nil {
			return err
		}
	}
	fresh := map[string]any{}
	for name, value := range after {
		if written[name] || before[name] != nil && reflect.DeepEqual(before[name], value) {
			continue
		}
		if err := e.merged(n, name, before[name]); err != nil {
			return err
		}
		fresh[name] = value
	}
	if flow {
		return e.flowMapping(n, kept, fresh)
	}
	return e.blockMapping(n, kept, fresh)
}

// merged refuses to change what a merge key (<<) brings in. A key of its own
// beside it would win, but strict readers take it for a key given twice.
func (e *editor) merged(n *yaml.Node, name string, before any) error {
	if before == nil {
		return nil
	}
	return e.refuse(n, fmt.Sprintf("%s comes in by a merge key (<<), which others may share: change it there, or write it out here first", name))
}
