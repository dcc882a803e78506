package manifest

import (
	"errors"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v3"
)

// source is a document's text, and where the nodes of its tree stand in it.
type source struct {
	file, text string
	// line is the number of its first line in the file.
	line int
	// starts are the offsets of its lines.
	starts []int
	// users are the aliases of each anchored node.
	users map[*yaml.Node][]*yaml.Node
	style style
	// json says that it is JSON, and has to stay so.
	json bool
}

func newSource(file, text string, line int) source {
	s := source{file: file, text: text, line: line, starts: []int{0}, style: styleOfText(text)}
	for i := 0; i < len(text); {
		width := breakAt(text, i)
		if width == 0 {
			i++
			continue
		}
		i += width
		s.starts = append(s.starts, i)
	}
	return s
}

// breakAt is the length of the line break at an offset; 0 where there is none.
// YAML's scanner counts more of them than \n.
func breakAt(text string, at int) int {
	switch {
	case at >= len(text):
		return 0
	case strings.HasPrefix(text[at:], "\r\n"):
		return 2
	case text[at] == '\n' || text[at] == '\r':
		return 1
	}
	for _, mark := range []string{"\u0085", "\u2028", "\u2029"} {
		if strings.HasPrefix(text[at:], mark) {
			return len(mark)
		}
	}
	return 0
}

// lineOf is a node's line in the file.
func (s source) lineOf(n *yaml.Node) int { return s.line + n.Line - 1 }

// refuse says why a node can't be edited.
func (s source) refuse(n *yaml.Node, why string) error {
	return &Refusal{File: s.file, Line: s.lineOf(n), Why: why}
}

// offset is where a node begins; its column counts characters.
func (s source) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(s.starts) {
		return len(s.text)
	}
	at := s.starts[n.Line-1]
	for range n.Column - 1 {
		if at >= len(s.text) {
			break
		}
		_, width := utf8.DecodeRuneInString(s.text[at:])
		at += width
	}
	return at
}

// lineStart and lineEnd are the ends of the line that an offset is in, without
// its line break.
func (s source) lineStart(at int) int {
	for at > 0 && s.text[at-1] != '\n' {
		at--
	}
	return at
}

func (s source) lineEnd(at int) int {
	for at < len(s.text) && breakAt(s.text, at) == 0 {
		at++
	}
	return at
}

// nextLine is where the line after that of an offset begins.
func (s source) nextLine(at int) int {
	end := s.lineEnd(at)
	return end + breakAt(s.text, end)
}

// blanksBefore says that only blanks stand before an offset in its line.
func (s source) blanksBefore(at int) bool {
	return strings.Trim(s.text[s.lineStart(at):at], " \t") == ""
}

// indentAt is how a line begins.
func (s source) indentAt(at int) string {
	line := s.text[s.lineStart(at):]
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// skipBlank goes over white space, line breaks and comments.
func (s source) skipBlank(at int) int {
	for at < len(s.text) {
		switch c := s.text[at]; {
		case c == ' ' || c == '\t' || breakAt(s.text, at) > 0:
			at += max(breakAt(s.text, at), 1)
		case c == '#' && (at == 0 || strings.ContainsRune(" \t\r\n", rune(s.text[at-1]))):
			at = s.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

// content is where a node's own text begins, behind its anchor and tag.
func (s source) content(n *yaml.Node) int {
	at := s.offset(n)
	if n.Anchor == "" && n.Style&yaml.TaggedStyle == 0 {
		return at
	}
	for at < len(s.text) && (s.text[at] == '&' || s.text[at] == '!') {
		for at < len(s.text) && !strings.ContainsRune(" \t\r\n,]}", rune(s.text[at])) {
			at++
		}
		at = s.skipBlank(at)
	}
	return at
}

var errNoEnd = errors.New("the end of a value can't be found")

// colonEnd is the offset behind the colon that follows a key.
func (s source) colonEnd(key *yaml.Node) (int, error) {
	end, err := s.end(key, 0)
	if err != nil {
		return 0, err
	}
	end = s.skipBlank(end)
	if end >= len(s.text) || s.text[end] != ':' {
		return 0, errors.New("a key is written in a way that isn't known")
	}
	return end + 1, nil
}
