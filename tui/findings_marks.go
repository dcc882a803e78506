package tui

import (
	"kiln/scanners"
)

// forgetMarks takes the marks from findings that are gone.
func (v *findingsView) forgetMarks() {
	kept := map[string]bool{}
	for _, f := range v.app.snapshot.findings {
		if v.query.marked[f.ID] {
			kept[f.ID] = true
		}
	}
	v.query.marked = kept
}

// toggleMark marks a finding, or takes the mark away, and goes on one row.
func (v *findingsView) toggleMark(id string) {
	if v.query.marked[id] {
		delete(v.query.marked, id)
	} else {
		v.query.marked[id] = true
	}
	v.lastMark = v.table.cursor
	v.table.moveTo(v.table.cursor + 1)
	v.remember()
}

// markRange marks every row from the last mark to the cursor.
func (v *findingsView) markRange() {
	from, to := v.lastMark, v.table.cursor
	if from > to {
		from, to = to, from
	}
	for row := from; row <= min(to, v.table.rows-1); row++ {
		v.query.marked[v.finding(row).ID] = true
	}
	v.lastMark = v.table.cursor
}

// targets are the marked findings, in the order of the table and then those
// that the filter hides; without marks the one under the cursor.
func (v *findingsView) targets() []*scanners.Finding {
	var marked []*scanners.Finding
	shown := map[string]bool{}
	for row := range v.table.rows {
		if f := v.finding(row); v.query.marked[f.ID] && !shown[f.ID] && !v.app.live.marks.isGone(f) {
			marked = append(marked, f)
			shown[f.ID] = true
		}
	}
	for _, f := range v.app.snapshot.findings {
		if v.query.marked[f.ID] && !shown[f.ID] {
			marked = append(marked, f)
		}
	}
	if len(marked) == 0 {
		return []*scanners.Finding{v.current()}
	}
	return marked
}
