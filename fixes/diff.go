package fixes

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

// Diff compares the target before and after.
func (t TargetPreview) Diff() Diff { return Diff{} }

// Unified is the diff as text, as diff -u writes it and patch reads it.
func (t TargetPreview) Unified() string { return "" }
