package kube

import (
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"
)

// documents reads all documents of one file.
func (r *manifestReader) documents(file, text string, named bool) {
	for _, d := range SplitDocuments(text) {
		for _, part := range jsonLines(d) {
			r.document(file, part, named)
		}
	}
}

// Document is a part of a file, and the number of its first line.
type Document struct {
	Text string
	Line int
}

// SplitDocuments cuts at lines that begin with "---", as kubectl does, so that
// a broken document doesn't take the others with it. Together the documents
// are the text, but for a byte order mark.
func SplitDocuments(text string) []Document {
	text = strings.TrimPrefix(text, "\ufeff")
	docs := []Document{{Line: 1}}
	start, line := 0, 1
	for pos := 0; pos < len(text); line++ {
		end := len(text)
		if i := strings.IndexByte(text[pos:], '\n'); i >= 0 {
			end = pos + i + 1
		}
		if isSeparator(text[pos:end]) && pos > start {
			docs[len(docs)-1].Text = text[start:pos]
			docs = append(docs, Document{Line: line})
			start = pos
		}
		pos = end
	}
	docs[len(docs)-1].Text = text[start:]
	return docs
}

func isSeparator(line string) bool {
	rest, ok := strings.CutPrefix(line, "---")
	return ok && (rest == "" || strings.ContainsRune(" \t\r\n", rune(rest[0])))
}

// document reads one document: an object, a list of objects, or nothing.
func (r *manifestReader) document(file string, d Document, named bool) {
	var root, next yaml.Node
	reader := yaml.NewDecoder(strings.NewReader(d.Text))
	err := reader.Decode(&root)
	if errors.Is(err, io.EOF) || err == nil && (len(root.Content) == 0 || root.Content[0].Tag == "!!null") {
		return // only comments
	}
	if err == nil {
		if more := reader.Decode(&next); !errors.Is(more, io.EOF) {
			line := next.Line
			if more != nil {
				line = lineIn(more.Error())
			}
			r.problem(Problem{File: file, Line: d.Line + line - 1, Message: "more follows the first object: put a line of --- between them", Lost: true})
		}
	}
	raw := []byte(nil)
	if err == nil {
		raw, err = toJSON(d.Text)
	}
	if dup := (*duplicateKeyError)(nil); errors.As(err, &dup) {
		r.problem(Problem{File: file, Line: d.Line + dup.line - 1, Message: dup.Error()})
		err = nil
	}
	if err != nil {
		r.problem(r.syntaxProblem(file, d, err))
		return
	}
	shiftLines(&root, d.Line-1)
	r.object(Origin{File: file, Line: root.Content[0].Line, node: root.Content[0]}, raw, named)
}

// toJSON reads YAML as the API server does. A key that occurs twice is an
// error, but the value that wins comes with it.
func toJSON(text string) ([]byte, error) {
	raw, err := sigsyaml.YAMLToJSONStrict([]byte(text))
	if err == nil {
		return raw, nil
	}
	loose, looseErr := sigsyaml.YAMLToJSON([]byte(text))
	if looseErr != nil {
		return nil, err
	}
	return loose, &duplicateKeyError{line: lineIn(err.Error()), text: err.Error()}
}

type duplicateKeyError struct {
	line int
	text string
}

func (e *duplicateKeyError) Error() string {
	text := e.text
	if i := strings.LastIndex(text, "key "); i >= 0 {
		text = strings.TrimSpace(text[i:])
	}
	return text + ": a key is given twice, the last one counts; the API server refuses it"
}

var lineNumber = regexp.MustCompile(`line (\d+)`)

// lineIn finds the line that a YAML error talks of; 1 if it names none.
func lineIn(message string) int {
	if m := lineNumber.FindStringSubmatch(message); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n
		}
	}
	return 1
}

func (r *manifestReader) syntaxProblem(file string, d Document, err error) Problem {
	message := strings.TrimPrefix(lineNumber.ReplaceAllString(err.Error(), ""), "yaml: ")
	message = "not valid YAML or JSON: " + strings.TrimLeft(message, ": ")
	if strings.Contains(d.Text, "{{") {
		message += " (it looks like a template: render it first, for example with helm template)"
	}
	line := lineIn(err.Error())
	if lines := strings.Split(d.Text, "\n"); line <= len(lines) && strings.HasPrefix(strings.TrimLeft(lines[line-1], " "), "\t") {
		message += " (the line begins with a tab, YAML takes blanks alone)"
	}
	return Problem{File: file, Line: d.Line + line - 1, Message: message, Lost: true}
}

// shiftLines makes line numbers count from the start of the file.
func shiftLines(n *yaml.Node, by int) {
	n.Line += by
	for _, c := range n.Content {
		shiftLines(c, by)
	}
}
