package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners"
)

// findingsView is the table of findings, in tabs by layer.
type findingsView struct {
	app *App
	// name is set for a list of some findings only, whatever the namespace.
	name  string
	query query
	table table
	// arranged is the answer to query over arrangedOf. While a newer answer is
	// being made, the table shows this one.
	arranged   arrangement
	arrangedOf *snapshot
	arranging  context.CancelFunc
	// selected is the ID under the cursor: it is found again after a rescan.
	selected  string
	lastMark  int
	tabRegion tabRegion
}

func newFindingsView(a *App) *findingsView {
	v := &findingsView{app: a, query: query{marked: map[string]bool{}}}
	v.table = table{cell: v.cell, marked: func(row int) bool { return v.query.marked[v.finding(row).ID] }}
	v.table.sign = func(row int) (cell, bool) { return a.signCell(v.finding(row)) }
	return v
}

func (v *findingsView) title() string {
	if v.name != "" {
		return v.name
	}
	if v.query.layer != "" {
		return string(v.query.layer)
	}
	return "findings"
}

// finding is the one in a row of the table.
func (v *findingsView) finding(row int) *scanners.Finding {
	return v.arrangedOf.at(v.arranged.rows[row])
}

// current is the finding under the cursor, or nil.
func (v *findingsView) current() *scanners.Finding {
	if v.table.rows == 0 {
		return nil
	}
	return v.finding(v.table.cursor)
}

// listed are the findings in the table, from the top, but for those that are
// gone.
func (v *findingsView) listed() []*scanners.Finding {
	findings := make([]*scanners.Finding, 0, v.table.rows)
	for row := range v.table.rows {
		if f := v.finding(row); !v.app.live.marks.isGone(f) {
			findings = append(findings, f)
		}
	}
	return findings
}

func (v *findingsView) onSnapshot() tea.Cmd {
	s := v.app.snapshot
	if s.complete && len(v.query.marked) > 0 {
		v.forgetMarks()
	}
	if s.delta != nil && v.arranging == nil && s.sameFindings(v.arrangedOf) && slices.Equal(s.fading, v.arrangedOf.fading) && v.query.filter.labels == nil {
		v.arrangedOf = s
		return nil
	}
	return v.arrange()
}

// arrangeAtOnce is how many findings are put in order without leaving the
// screen's thread: few milliseconds' worth.
const arrangeAtOnce = 2000

// arrangedMsg is the answer to a query.
type arrangedMsg struct {
	of     *snapshot
	answer arrangement
}

// arrange answers the query anew: at once where that is quick, else beside
// the screen. An older question is dropped.
func (v *findingsView) arrange() tea.Cmd {
	s := v.app.snapshot
	if v.arranging != nil {
		v.arranging()
		v.arranging = nil
	}
	if s == nil {
		return nil
	}
	q := v.query
	if v.name == "" {
		q.namespace = v.app.namespace
	}
	if len(s.findings) <= arrangeAtOnce {
		answer, _ := arrange(context.Background(), s, q)
		v.onArranged(arrangedMsg{s, answer})
		return nil
	}
	q.marked = maps.Clone(q.marked)
	ctx, cancel := context.WithCancel(v.app.ctx)
	v.arranging = cancel
	return v.app.start(v, "", func(context.Context) tea.Msg {
		answer, err := arrange(ctx, s, q)
		if err != nil {
			return nil
		}
		return arrangedMsg{s, answer}
	})
}

// onArranged shows the answer and finds the selected row again.
func (v *findingsView) onArranged(msg arrangedMsg) {
	line, fresh := v.table.cursor-v.table.offset, v.arrangedOf != msg.of
	v.arranged, v.arrangedOf = msg.answer, msg.of
	v.table.columns = findingColumns(msg.of.widths)
	v.table.setRows(len(msg.answer.rows))
	if v.selected != "" {
		if row := slices.IndexFunc(msg.answer.rows, func(i int32) bool { return msg.of.at(i).ID == v.selected }); row >= 0 {
			v.table.moveTo(row)
			if fresh {
				v.table.show(line)
			}
		}
	}
	v.remember()
}

func (v *findingsView) remember() {
	if f := v.current(); f != nil {
		v.selected = f.ID
	}
}

func (v *findingsView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case arrangedMsg:
		if v.app.snapshot.sameFindings(msg.of) {
			v.arranging = nil
			v.onArranged(msg)
		}
	case tea.KeyPressMsg:
		return v.onKey(msg)
	case tea.MouseWheelMsg:
		v.table.onWheel(msg)
		v.remember()
	case tea.MouseClickMsg:
		return v.onClick(msg)
	}
	return nil
}

// neighbour is the layer some tabs on; after the last comes the first.
func (v *findingsView) neighbour(by int) scanners.Layer {
	all := append([]scanners.Layer{""}, scanners.Layers()...)
	return all[(slices.Index(all, v.query.layer)+by+len(all))%len(all)]
}

func (v *findingsView) setLayer(layer scanners.Layer) tea.Cmd {
	v.query.layer = layer
	return v.arrange()
}

func (v *findingsView) setFilter(text string) (tea.Cmd, error) {
	f, err := parseFindingsFilter(text)
	v.query.filter = f
	return v.arrange(), err
}

func (v *findingsView) filterText() string { return v.query.filter.text }

// close takes the filter away before the view.
func (v *findingsView) close() (bool, tea.Cmd) {
	if v.query.filter.text != "" {
		cmd, _ := v.setFilter("")
		return false, cmd
	}
	if v.query.faults {
		v.query.faults = false
		return false, v.arrange()
	}
	return true, nil
}

// status tells the whole message of the selected finding.
func (v *findingsView) status(width int) string {
	f, s := v.current(), v.app.styles
	if f == nil {
		return ""
	}
	text := " " + kube.Clean(f.Message)
	if f.Accepted != nil {
		text = " " + acceptanceText(f.Accepted) + " · " + kube.Clean(f.Message)
	}
	right := s.faint.Render(v.leftOutShort(width))
	if n := len(v.query.marked); n > 0 {
		right += s.accent.Render(fmt.Sprintf(" %d marked ", n))
	}
	return spread(s.muted.Render(clip(text, width)), right, width)
}
