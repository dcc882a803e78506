package fixes

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Diff is what changes in an object's YAML, in hunks with a few lines around.
type Diff struct {
	Hunks []Hunk
	// Added and Removed count lines.
	Added, Removed int
}

// Hunk is a run of lines; lines count from 1.
type Hunk struct {
	BeforeLine, BeforeCount int
	AfterLine, AfterCount   int
	Lines                   []DiffLine
}

// LineKind tells what happened to a line.
type LineKind string

// The kinds, as unified diffs mark them.
const (
	Context LineKind = " "
	Added   LineKind = "+"
	Removed LineKind = "-"
)

// DiffLine is one line without its mark and line break. It is clean for a
// terminal.
type DiffLine struct {
	Kind LineKind
	Text string
	// Spans are the parts of Text that differ from the line's counterpart, as
	// byte offsets; none where the whole line is new or gone.
	Spans []Span
}

// Span is a part of a line: Text[Start:End].
type Span struct{ Start, End int }

// linesAround is how many equal lines a hunk shows before and after a change.
const linesAround = 3

// Diff compares the target before and after.
func (t TargetPreview) Diff() Diff { return newDiff(t.Before, t.After) }

// WholeDiff is Diff with all equal lines: one hunk, or none where nothing
// changes.
func (t TargetPreview) WholeDiff() Diff {
	return diffWith(t.Before, t.After, len(t.Before)+len(t.After))
}

func newDiff(before, after string) Diff { return diffWith(before, after, linesAround) }

// diffWith shows so many equal lines around each change.
func diffWith(before, after string, around int) Diff {
	lines := diffLines(before, after)
	markSpans(lines)
	var diff Diff
	for _, line := range lines {
		switch line.Kind {
		case Added:
			diff.Added++
		case Removed:
			diff.Removed++
		}
	}
	diff.Hunks = cutHunks(lines, around)
	return diff
}

// Unified is the diff as text, as diff -u writes it and patch reads it.
func (t TargetPreview) Unified() string {
	var text strings.Builder
	fmt.Fprintf(&text, "--- live %s\n+++ after %s\n", t.Change.Target, t.Change.Target)
	text.WriteString(t.Diff().unified())
	return text.String()
}

// unified writes the hunks as diff -u does.
func (d Diff) unified() string {
	var text strings.Builder
	for _, hunk := range d.Hunks {
		fmt.Fprintf(&text, "@@ -%d,%d +%d,%d @@\n", hunk.BeforeLine, hunk.BeforeCount, hunk.AfterLine, hunk.AfterCount)
		for _, line := range hunk.Lines {
			fmt.Fprintf(&text, "%s%s\n", line.Kind, line.Text)
		}
	}
	return text.String()
}

func diffLines(before, after string) []DiffLine {
	differ := diffmatchpatch.New()
	a, b, index := differ.DiffLinesToChars(before, after)
	var lines []DiffLine
	for _, part := range differ.DiffCharsToLines(differ.DiffMain(a, b, false), index) {
		kind := map[diffmatchpatch.Operation]LineKind{
			diffmatchpatch.DiffEqual: Context, diffmatchpatch.DiffInsert: Added, diffmatchpatch.DiffDelete: Removed,
		}[part.Type]
		for _, text := range strings.Split(strings.TrimSuffix(part.Text, "\n"), "\n") {
			lines = append(lines, DiffLine{Kind: kind, Text: text})
		}
	}
	return lines
}

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

// cutHunks keeps the changed lines and some around them.
func cutHunks(lines []DiffLine, around int) []Hunk {
	var hunks []Hunk
	before, after := 1, 1
	lastShown := -1
	near := nearChanges(lines, around)
	for i, line := range lines {
		if near[i] {
			if len(hunks) == 0 || lastShown != i-1 {
				hunks = append(hunks, Hunk{BeforeLine: before, AfterLine: after})
			}
			hunks[len(hunks)-1].add(line)
			lastShown = i
		}
		if line.Kind != Added {
			before++
		}
		if line.Kind != Removed {
			after++
		}
	}
	for i := range hunks {
		hunks[i].numberEmptySide()
	}
	return hunks
}

// nearChanges says of each line whether it is changed, or at most so many
// lines away from one that is.
func nearChanges(lines []DiffLine, around int) []bool {
	near := make([]bool, len(lines))
	look := func(at iter.Seq2[int, DiffLine]) {
		seen, since := false, 0
		for i, line := range at {
			since++
			if line.Kind != Context {
				seen, since = true, 0
			}
			near[i] = near[i] || seen && since <= around
		}
	}
	look(slices.All(lines))
	look(slices.Backward(lines))
	return near
}

func (h *Hunk) add(line DiffLine) {
	h.Lines = append(h.Lines, line)
	if line.Kind != Added {
		h.BeforeCount++
	}
	if line.Kind != Removed {
		h.AfterCount++
	}
}

// numberEmptySide follows diff -u: a side without lines counts from the line
// before it.
func (h *Hunk) numberEmptySide() {
	if h.BeforeCount == 0 {
		h.BeforeLine--
	}
	if h.AfterCount == 0 {
		h.AfterLine--
	}
}
