package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"kiln/scanners"
)

// scanRun is the scan that is under way, if any.
type scanRun struct {
	// id tells a scan's messages from those of one that was stopped.
	id      int
	running bool
	cancel  context.CancelFunc
}

// stop ends the scan; late messages of it will be ignored.
func (r *scanRun) stop() {
	if r.cancel != nil {
		r.cancel()
	}
	r.running = false
	r.id++
}

// scanMsg is the next snapshot of a scan, or its end without one.
type scanMsg struct {
	id       int
	snapshot *snapshot
	next     tea.Cmd
}

// rescan starts a scan; the one under way ends.
func (a *App) rescan() tea.Cmd {
	a.scan.stop()
	a.live.stop()
	ctx, cancel := context.WithCancel(a.ctx)
	a.scan.cancel, a.scan.running = cancel, true
	return tea.Batch(readOn(ctx, a.scan.id, a.session.read(ctx, a.collectOptions(), a.snapshot)), a.spin())
}

// readOn waits for the scan's next snapshot.
func readOn(ctx context.Context, id int, r *reading) tea.Cmd {
	return func() tea.Msg { return scanMsg{id, r.next(ctx), readOn(ctx, id, r)} }
}

func (a *App) onScan(msg scanMsg) tea.Cmd {
	if msg.id != a.scan.id {
		return nil
	}
	if msg.snapshot == nil {
		a.scan.running = false
		return nil
	}
	a.snapshot = msg.snapshot
	if msg.snapshot.complete {
		a.noteChanges()
	}
	views := a.tellViews()
	if msg.snapshot.complete {
		a.scan.stop()
		return tea.Batch(views, a.goLive(), a.offerLeft())
	}
	return tea.Batch(views, msg.next)
}

// stopScan is the user's wish.
func (a *App) stopScan() {
	a.scan.stop()
	a.flash(info, "scan stopped; what was read so far is shown, the rest is unknown")
}

// noteChanges compares a complete scan with the one before.
func (a *App) noteChanges() {
	if a.judged != nil {
		c := compareFindings(a.judged, a.snapshot)
		a.changes = &c
	}
	a.judged = a.snapshot.findings
	if a.judged == nil {
		a.judged = []*scanners.Finding{}
	}
}
