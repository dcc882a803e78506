package manifest

import (
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// end is the offset behind a node's last byte. The parser tells only where
// nodes begin. indent is the column of the block that the node is in.
func (s source) end(n *yaml.Node, indent int) (int, error) {
	switch n.Kind {
	case yaml.AliasNode:
		return s.offset(n) + len("*") + len(n.Value), nil
	case yaml.ScalarNode:
		return s.endOfScalar(n, indent)
	case yaml.MappingNode, yaml.SequenceNode:
		if n.Style&yaml.FlowStyle != 0 {
			return s.endOfFlow(n)
		}
		if len(n.Content) == 0 {
			return 0, errNoEnd
		}
		return s.end(n.Content[len(n.Content)-1], s.column(n))
	}
	return 0, errNoEnd
}

// column is that of a block's keys or dashes, counted from 0.
func (s source) column(n *yaml.Node) int {
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 {
		return n.Content[0].Column - 1
	}
	return n.Column - 1
}

func (s source) endOfScalar(n *yaml.Node, indent int) (int, error) {
	start := s.content(n)
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return s.endOfQuoted(start, '"')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return s.endOfQuoted(start, '\'')
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return s.endOfBlock(start, indent), nil
	}
	return s.endOfPlain(n, start)
}

func (s source) endOfQuoted(start int, quote byte) (int, error) {
	if start >= len(s.text) || s.text[start] != quote {
		return 0, errNoEnd
	}
	for at := start + 1; at < len(s.text); at++ {
		switch {
		case quote == '"' && s.text[at] == '\\':
			at++
		case s.text[at] != quote:
		case quote == '\'' && strings.HasPrefix(s.text[at:], "''"):
			at++
		default:
			return at + 1, nil
		}
	}
	return 0, errNoEnd
}

// endOfBlock is behind the last line of a literal or folded text, the empty
// ones at its end only if they count (keep).
func (s source) endOfBlock(start, indent int) int {
	end := s.lineEnd(start)
	header, _, _ := strings.Cut(s.text[start:end], "#")
	keep := strings.Contains(header, "+")
	least, known := indent+1, false
	if digit := strings.IndexAny(header, "123456789"); digit >= 0 {
		least, known = indent+int(header[digit]-'0'), true
	}
	for at := s.nextLine(start); at < len(s.text); at = s.nextLine(at) {
		line := s.text[at:s.lineEnd(at)]
		depth := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case depth == len(line):
			if keep {
				end = s.lineEnd(at)
			}
			continue
		case depth < least || depth == 0 && (strings.HasPrefix(line, "---") || strings.HasPrefix(line, "...")):
			return end
		}
		if !known {
			least, known = depth, true
		}
		end = s.lineEnd(at)
	}
	return end
}

// endOfPlain finds the end of a plain scalar, which may be folded over lines.
func (s source) endOfPlain(n *yaml.Node, start int) (int, error) {
	if strings.HasPrefix(s.text[start:], n.Value) {
		return start + len(n.Value), nil
	}
	rest, at := n.Value, start
	for rest != "" {
		switch {
		case at >= len(s.text):
			return 0, errNoEnd
		case strings.HasPrefix(rest, s.text[at:at+1]) && rest[0] != ' ' && rest[0] != '\n':
			rest, at = rest[1:], at+1
		case strings.ContainsRune(" \t\r\n", rune(s.text[at])):
			space := at
			for at < len(s.text) && strings.ContainsRune(" \t\r\n", rune(s.text[at])) {
				at++
			}
			var ok bool
			if rest, ok = strings.CutPrefix(rest, folded(s.text[space:at])); !ok {
				return 0, errNoEnd
			}
		default:
			return 0, errNoEnd
		}
	}
	return at, nil
}

// folded is what white space in a plain scalar is read as: one line break as a
// blank, each further one as itself.
func folded(space string) string {
	breaks := strings.Count(space, "\n")
	switch breaks {
	case 0:
		return space
	case 1:
		return " "
	}
	return strings.Repeat("\n", breaks-1)
}

// endOfFlow is behind the closing bracket.
func (s source) endOfFlow(n *yaml.Node) (int, error) {
	at := s.content(n)
	open, shut := byte('{'), byte('}')
	if n.Kind == yaml.SequenceNode {
		open, shut = '[', ']'
	}
	bracketed := at < len(s.text) && s.text[at] == open
	if bracketed {
		at++
	}
	if last := len(n.Content) - 1; last >= 0 {
		var err error
		if at, err = s.end(n.Content[last], 0); err != nil {
			return 0, err
		}
	}
	if !bracketed { // a single pair within a list: [a: b]
		return at, nil
	}
	for at = s.skipBlank(at); at < len(s.text) && (s.text[at] == ',' || s.text[at] == ':'); {
		at = s.skipBlank(at + 1)
	}
	if at >= len(s.text) || s.text[at] != shut {
		return 0, errNoEnd
	}
	return at + 1, nil
}
