package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners"
)

// markTime is how long a row that changed stays marked.
const markTime = 5 * time.Second

// liveMarks are what has happened to findings in the last seconds, by ID.
type liveMarks struct {
	batch int
	signs map[string]liveSign
	// gone are the findings with the sign −.
	gone []*scanners.Finding
}

// mostFading is how many findings that went are shown for a while.
const mostFading = 200

// isGone says that a finding went a moment ago.
func (m *liveMarks) isGone(f *scanners.Finding) bool { return m.signs[f.ID].sign == "−" }

// goneCell draws a finding that went: struck out.
func (v *findingsView) goneCell(f *scanners.Finding, col, width int) cell {
	c := v.acceptedCell(f, col, width)
	if col == severityColumn {
		c.text = severityWord(f.Severity, width)
	}
	if col == messageColumn {
		c.text = "gone · " + kube.Clean(f.Message)
	}
	c.style = c.style.Strikethrough(col != messageColumn)
	return c
}

// fade lists what went, on a copy of the snapshot.
func (a *App) fade() {
	m := &a.live.marks
	m.gone = slices.DeleteFunc(m.gone, func(f *scanners.Finding) bool { return !m.isGone(f) })
	shown := *a.snapshot
	shown.fading = slices.Clone(m.gone[max(0, len(m.gone)-mostFading):])
	a.snapshot = &shown
}

// liveSign is + for a finding that appeared, ~ for one that is different, −
// for one that is gone. It belongs to the batch that it goes with.
type liveSign struct {
	sign  string
	batch int
}

// marksOverMsg says that a batch of marks has been there for long enough.
type marksOverMsg struct{ run, batch int }

// mark marks what a delta tells of, for some seconds.
func (a *App) mark(d *delta) tea.Cmd {
	if len(d.appeared)+len(d.altered)+len(d.gone) == 0 {
		return nil
	}
	m := &a.live.marks
	m.batch++
	if m.signs == nil {
		m.signs = map[string]liveSign{}
	}
	for _, f := range d.gone {
		m.signs[f.ID] = liveSign{"−", m.batch}
		m.gone = append(m.gone, f)
	}
	for _, f := range d.altered {
		m.signs[f.ID] = liveSign{"~", m.batch}
	}
	for _, f := range d.appeared {
		m.signs[f.ID] = liveSign{"+", m.batch}
	}
	over := marksOverMsg{a.live.id, m.batch}
	return a.await(nil, func(ctx context.Context) tea.Msg {
		timer := time.NewTimer(markTime)
		defer timer.Stop()
		select {
		case <-timer.C:
			return over
		case <-ctx.Done():
			return nil
		}
	})
}

func (a *App) onMarksOver(msg marksOverMsg) tea.Cmd {
	if msg.run != a.live.id {
		return nil
	}
	for id, sign := range a.live.marks.signs {
		if sign.batch <= msg.batch {
			delete(a.live.marks.signs, id)
		}
	}
	if len(a.snapshot.fading) == 0 {
		return nil
	}
	a.fade()
	var cmds []tea.Cmd
	for _, v := range a.views {
		if list, ok := v.(*findingsView); ok {
			cmds = append(cmds, list.onSnapshot())
		}
	}
	return tea.Batch(cmds...)
}

// counts is how many findings appeared and went: "+2 −1".
func (m *liveMarks) counts() string {
	n := map[string]int{}
	for _, sign := range m.signs {
		n[sign.sign]++
	}
	var parts []string
	for _, sign := range []string{"+", "~", "−"} {
		if n[sign] > 0 {
			parts = append(parts, sign+groupDigits(n[sign]))
		}
	}
	return strings.Join(parts, " ")
}

// signCell is the mark of a finding's row.
func (a *App) signCell(f *scanners.Finding) (cell, bool) {
	sign, ok := a.live.marks.signs[f.ID]
	switch sign.sign {
	case "+":
		return cell{sign.sign, a.styles.alarm}, ok
	case "−":
		return cell{sign.sign, a.styles.good}, ok
	}
	return cell{sign.sign, a.styles.warning}, ok
}

// add takes a delta into the changes since the last scan.
func (c changes) add(d *delta) changes {
	return changes{
		appeared: append(less(c.appeared, d.gone), less(d.appeared, c.gone)...),
		gone:     append(less(c.gone, d.appeared), less(d.gone, c.appeared)...),
	}
}

// less is a list without those of another, by ID.
func less(all, others []*scanners.Finding) []*scanners.Finding {
	taken := map[string]bool{}
	for _, f := range others {
		taken[f.ID] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(f *scanners.Finding) bool { return taken[f.ID] })
}
