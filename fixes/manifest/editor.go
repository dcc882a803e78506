package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// editor collects the splices that make a document say something else.
type editor struct {
	source
	splices []splice
}

// splice replaces text[start:end].
type splice struct {
	start, end int
	text       string
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

func (e *editor) splice(start, end int, text string) {
	e.splices = append(e.splices, splice{start, end, text})
}

// spliced is the text with all splices, which must not touch each other.
func (e *editor) spliced() (string, error) {
	slices.SortStableFunc(e.splices, func(a, b splice) int { return cmp.Or(a.start-b.start, a.end-b.end) })
	var out strings.Builder
	at := 0
	for _, s := range e.splices {
		if s.start < at || s.end < s.start {
			return "", &Refusal{File: e.file, Line: e.line, Why: "two changes meet in the same line: edit it by hand"}
		}
		out.WriteString(e.text[at:s.start])
		out.WriteString(s.text)
		at = s.end
	}
	out.WriteString(e.text[at:])
	return out.String(), nil
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

// replace writes a whole value anew.
func (e *editor) replace(n *yaml.Node, after any, at place) error {
	start := e.offset(n)
	end, err := e.end(n, at.indent)
	if err != nil {
		return e.refuse(n, err.Error()+": edit it by hand")
	}
	if e.json || at.flow || isFlat(after) && (start == end || e.lineStart(start) == e.lineStart(at.after)) {
		text, err := e.inline(n, after, at)
		if err != nil {
			return e.refuse(n, err.Error())
		}
		e.splice(start, end, blankBefore(e.text, start)+text)
		return nil
	}
	if isFlat(after) {
		text, err := e.inline(n, after, at)
		// The block below the key goes, with the comments in it.
		e.splice(at.after, at.after, " "+text)
		e.splice(e.lineEnd(at.after), e.lineEnd(end), "")
		return err
	}
	return e.replaceByBlock(n, after, at, start, end)
}

// replaceByBlock writes a mapping or a list below its key.
func (e *editor) replaceByBlock(n *yaml.Node, after any, at place, start, end int) error {
	if at.key == nil {
		if e.column(n) < 0 || n.Kind == yaml.ScalarNode || n.Kind == yaml.AliasNode || n.Style&yaml.FlowStyle != 0 {
			text, err := e.style.flow(after)
			e.splice(start, end, blankBefore(e.text, start)+text)
			return err
		}
		text, err := e.style.block(after, e.column(n))
		e.splice(start, end, text)
		return err
	}
	indent := e.indentBelow(at.indent, after)
	text, err := e.style.block(after, indent)
	if err != nil {
		return err
	}
	text = e.style.newline + strings.Repeat(" ", indent) + text
	switch {
	case start == end || e.lineStart(start) == e.lineStart(at.after):
		// A comment behind the old value stays behind the key.
		e.splice(at.after, end, "")
		e.splice(e.lineEnd(end), e.lineEnd(end), text)
	default:
		e.splice(e.lineEnd(at.after), e.lineEnd(end), text)
	}
	return nil
}

// indentBelow is the column of a new block below a key.
func (e *editor) indentBelow(indent int, value any) int {
	if _, isList := value.([]any); isList && !e.style.indented {
		return indent
	}
	return indent + e.style.step
}

// inline writes a value for the middle of a line.
func (e *editor) inline(n *yaml.Node, after any, at place) (string, error) {
	if e.json {
		return e.style.inJSON(after, e.indentAt(e.offset(n)))
	}
	if text, ok := after.(string); ok && n.Kind == yaml.ScalarNode {
		switch {
		case n.Style&yaml.DoubleQuotedStyle != 0, strings.ContainsAny(text, "\n\r\t"):
			return e.style.inJSON(text, "")
		case n.Style&yaml.SingleQuotedStyle != 0:
			return "'" + strings.ReplaceAll(text, "'", "''") + "'", nil
		}
	}
	return e.style.flow(after)
}

// isFlat says that a value is written in one line.
func isFlat(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return len(value) == 0
	case []any:
		return len(value) == 0
	}
	return true
}

// blankBefore is the blank that has to go between a key's colon, or a dash, and
// a value where there was none.
func blankBefore(text string, at int) string {
	if at > 0 && (text[at-1] == ':' || text[at-1] == '-') {
		return " "
	}
	return ""
}

var errInline = errors.New("it begins in the line of another value: edit it by hand")
