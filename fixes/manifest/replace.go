package manifest

import (
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

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
