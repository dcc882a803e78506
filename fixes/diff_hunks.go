package fixes

import (
	"iter"
	"slices"
)

// Hunk is a run of lines; lines count from 1.
type Hunk struct {
	BeforeLine, BeforeCount int
	AfterLine, AfterCount   int
	Lines                   []DiffLine
}

// linesAround is how many equal lines a hunk shows before and after a change.
const linesAround = 3

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
