package fixes

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Span is a part of a line: Text[Start:End].
type Span struct{ Start, End int }

// markSpans finds runs of as many removed as added lines, which are the same
// lines changed, and marks what differs in each pair.
func markSpans(lines []DiffLine) {
	for start := 0; start < len(lines); start++ {
		if lines[start].Kind != Removed {
			continue
		}
		middle := endOfRun(lines, start)
		end := endOfRun(lines, middle)
		if end-middle == middle-start && lines[middle].Kind == Added {
			for i := range middle - start {
				markPair(&lines[start+i], &lines[middle+i])
			}
		}
		start = middle - 1
	}
}

// endOfRun is behind the last line of the same kind as the one at start.
func endOfRun(lines []DiffLine, start int) int {
	end := start
	for end < len(lines) && lines[end].Kind == lines[start].Kind {
		end++
	}
	return end
}

func markPair(removed, added *DiffLine) {
	differ := diffmatchpatch.New()
	parts := differ.DiffCleanupSemantic(differ.DiffMain(removed.Text, added.Text, false))
	if !slices.ContainsFunc(parts, func(p diffmatchpatch.Diff) bool {
		return p.Type == diffmatchpatch.DiffEqual && strings.TrimSpace(p.Text) != ""
	}) {
		return // nothing in common: the whole lines differ
	}
	before, after := 0, 0
	for _, part := range parts {
		length := len(part.Text)
		switch part.Type {
		case diffmatchpatch.DiffDelete:
			removed.Spans = append(removed.Spans, Span{before, before + length})
			before += length
		case diffmatchpatch.DiffInsert:
			added.Spans = append(added.Spans, Span{after, after + length})
			after += length
		default:
			before, after = before+length, after+length
		}
	}
	removed.Spans = wholeWords(removed.Text, removed.Spans)
	added.Spans = wholeWords(added.Text, added.Spans)
}

// wholeWords widens spans to the words that they cut: people read true and
// false, not the letter that both end with.
func wholeWords(text string, spans []Span) []Span {
	var wide []Span
	for _, s := range spans {
		for s.Start > 0 && isWord(text[s.Start-1]) && isWord(text[s.Start]) {
			s.Start--
		}
		for s.End < len(text) && isWord(text[s.End-1]) && isWord(text[s.End]) {
			s.End++
		}
		if last := len(wide) - 1; last >= 0 && s.Start <= wide[last].End {
			wide[last].End = max(wide[last].End, s.End)
			continue
		}
		wide = append(wide, s)
	}
	return wide
}

// isWord holds for the bytes of any letter beyond ASCII too, so that none is
// cut in the middle.
func isWord(b byte) bool {
	return b >= utf8.RuneSelf || b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
