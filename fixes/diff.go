package fixes

import (
	"fmt"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Diff is what changes in an object's YAML, in hunks with a few lines around.
type Diff struct {
	Hunks []Hunk
	// Added and Removed count lines.
	Added, Removed int
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
