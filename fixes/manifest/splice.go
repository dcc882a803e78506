package manifest

import (
	"cmp"
	"slices"
	"strings"
)

// splice replaces text[start:end].
type splice struct {
	start, end int
	text       string
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
