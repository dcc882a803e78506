package tui

import (
	"slices"
	"strings"
)

// twoColumns is the width from which the page has two columns.
const twoColumns = 100

// widestPosture is as wide as the page gets.
const widestPosture = 150

func (v *postureView) render(width, height int) []string {
	if v.pager.outdated(v.app, width, [3]any{v.app.snapshot, v.sum, v.selected}) {
		v.pager.setLines(v.draw(min(width-1, widestPosture)))
	}
	if v.reveal {
		v.pager.port.SetHeight(height)
		v.scrollToStop(height)
		v.reveal = false
	}
	return v.pager.render(v.app.styles, width, height)
}

// scrollToStop brings the line under the cursor onto the screen, and with the
// first and the last of a column what stands above and below them.
func (v *postureView) scrollToStop(height int) {
	line := v.stops[v.at].line
	first := v.at == 0 || v.stops[v.at-1].column != v.stops[v.at].column
	last := v.at == len(v.stops)-1 || v.stops[v.at+1].column != v.stops[v.at].column
	switch {
	case first && line < height:
		v.pager.toTop()
	case last && line >= len(v.pager.content)-height:
		v.pager.toBottom()
	case line < v.pager.at:
		v.pager.toLine(line)
	case line >= v.pager.at+height:
		v.pager.toLine(line - height + 1)
	}
}

// draw lays the page out, and finds out where the cursor can stand.
func (v *postureView) draw(width int) []string {
	switch {
	case v.app.snapshot == nil:
		return []string{"", "  " + v.app.styles.muted.Render("Nothing is known of the cluster yet.")}
	case v.sum == nil:
		return []string{"", "  " + v.app.styles.muted.Render("Summing up …")}
	}
	columns := v.columns(width)
	v.findCursor(stopsOf(columns))
	var lines []string
	for i := range max(len(columns[0]), len(columns[len(columns)-1])) {
		text := ""
		for _, column := range columns {
			line := postureLine{}
			if i < len(column) {
				line = column[i]
			}
			selected := line.leads != nil && line.leads.id == v.selected
			text += line.draw(v.app.styles, v.columnWidth-2*gutter, selected) + strings.Repeat(" ", gutter)
		}
		lines = append(lines, text)
	}
	return lines
}

// columns are the sections of the page, in two columns where there is room.
func (v *postureView) columns(width int) [][]postureLine {
	sections := func(w int, parts ...func(int) []postureLine) []postureLine {
		var lines []postureLine
		for _, part := range parts {
			lines = append(lines, part(w)...)
		}
		return lines
	}
	standing := []func(int) []postureLine{v.drawScores, v.drawSeverities, v.drawGains, v.drawChanges}
	if width < twoColumns {
		v.columnWidth = width
		return [][]postureLine{sections(width-2*gutter, append(standing, v.drawOffenders)...)}
	}
	v.columnWidth = width / 2
	w := v.columnWidth - 2*gutter
	return [][]postureLine{sections(w, standing...), sections(w, v.drawOffenders)}
}

// findCursor finds the line under the cursor again on a new page: by what it
// leads to, else the one nearest to its place.
func (v *postureView) findCursor(stops []postureStop) {
	line, column := 0, 0
	if v.at < len(v.stops) {
		line, column = v.stops[v.at].line, v.stops[v.at].column
	}
	v.stops = stops
	if len(stops) == 0 {
		return
	}
	v.at = slices.IndexFunc(stops, func(s postureStop) bool { return s.lead.id == v.selected })
	if v.at < 0 {
		v.at = max(nearestStop(stops, column, line), 0)
	}
	v.selected = stops[v.at].lead.id
}
