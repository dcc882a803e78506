package tui

import (
	"context"
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
)

// recoveredMsg brings what an earlier kiln left half-done.
type recoveredMsg struct {
	pending []fixes.Recovery
	batches []fixes.BrokenOff
	err     error
}

// recoverJournal looks for interrupted fixes of this cluster.
func (a *App) recoverJournal() tea.Cmd {
	a.recoveries, a.brokenOff = nil, nil // those of another cluster
	if a.session.fixer == nil {
		a.flash(failure, "nothing can be fixed without the journal: "+kube.Explain(a.session.fixerErr))
		return nil
	}
	fixer := a.session.fixer
	return a.start(nil, "", func(ctx context.Context) tea.Msg {
		pending, err := fixer.Recover(ctx)
		if err != nil {
			return recoveredMsg{err: err}
		}
		batches, err := fixer.BrokenOff(ctx)
		return recoveredMsg{pending, batches, err}
	})
}

// onRecovered announces interrupted fixes, and offers to decide. What is left
// of a batch comes after them.
func (a *App) onRecovered(msg recoveredMsg) tea.Cmd {
	a.brokenOff = msg.batches
	a.announce(msg)
	return a.offerLeft()
}

func (a *App) announce(msg recoveredMsg) {
	if msg.err != nil {
		a.flash(failure, "the journal could not be checked for interrupted fixes: "+kube.Explain(msg.err))
	}
	a.recoveries = nil
	for _, r := range msg.pending {
		if r.Entry.State == fixes.Failed { // there is nothing to decide
			a.flash(info, fmt.Sprintf("%s was interrupted: %s", r.Entry.Title, r.Found))
			continue
		}
		a.recoveries = append(a.recoveries, r)
	}
	if len(a.recoveries) == 0 {
		return
	}
	first := a.recoveries[0]
	a.flash(warning, fmt.Sprintf("%d interrupted: :journal finishes or takes back", len(a.recoveries)))
	text := kube.Clean(first.Entry.Title) + ": " + kube.Clean(first.Found)
	if more := len(a.recoveries) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	a.ask(question{
		title: "A fix was interrupted", text: text, accept: "Decide now",
		confirm: func() tea.Cmd {
			a.push(newRecoveryView(a, first))
			return nil
		},
	})
}

// interrupted returns what is known of an entry that was interrupted, or nil.
func (a *App) interrupted(id string) *fixes.Recovery {
	for i := range a.recoveries {
		if a.recoveries[i].Entry.ID == id {
			return &a.recoveries[i]
		}
	}
	return nil
}

// recoveryView asks whether an interrupted fix is to be finished or taken back.
type recoveryView struct {
	app      *App
	recovery fixes.Recovery
	opened   time.Time
	buttons  buttons
	running  bool
	// buttonLine is where the buttons were drawn.
	buttonLine int
}

const (
	finishLabel   = "Finish"
	takeBackLabel = "Take back"
)

func newRecoveryView(a *App, r fixes.Recovery) *recoveryView {
	v := &recoveryView{app: a, recovery: r, opened: a.now(), buttons: buttons{labels: []string{cancelLabel}}}
	if r.CanFinish {
		v.buttons.labels = append(v.buttons.labels, finishLabel)
	}
	if r.CanTakeBack {
		v.buttons.labels = append(v.buttons.labels, takeBackLabel)
	}
	return v
}

func (v *recoveryView) title() string { return "interrupted" }

// passing: what was found may be settled by now.
func (v *recoveryView) passing() {}

// settledMsg is how finishing or taking back ends.
type settledMsg struct {
	entry fixes.Entry
	err   error
}

func (v *recoveryView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case settledMsg:
		return v.onSettled(msg)
	case tea.MouseClickMsg:
		if msg.Y == v.buttonLine && !v.running && !v.app.settling(v.opened) && v.buttons.click(v.app.styles, msg.X-2, v.app.width-3) {
			return v.press()
		}
	case tea.KeyPressMsg:
		keys := v.app.keys
		switch {
		case v.running || v.app.settling(v.opened):
		case key.Matches(msg, keys.NextButton):
			v.buttons.move(1)
		case key.Matches(msg, keys.PreviousButton):
			v.buttons.move(-1)
		case key.Matches(msg, keys.Press):
			return v.press()
		}
	}
	return nil
}

func (v *recoveryView) press() tea.Cmd {
	label := v.buttons.labels[v.buttons.focus]
	if label == cancelLabel {
		return v.app.back()
	}
	if !v.app.mayWrite() {
		return nil
	}
	settle := func() tea.Cmd { return v.settle(label) }
	var namespaces []string
	for _, o := range v.recovery.Entry.Objects {
		namespaces = append(namespaces, namespaceOfRef(o.Ref))
	}
	return v.app.confirmHere(label, label, namespaces, settle)
}

func (v *recoveryView) settle(label string) tea.Cmd {
	v.running = true
	fixer, id := v.app.session.fixer, v.recovery.Entry.ID
	return v.app.start(v, "writing", func(ctx context.Context) tea.Msg {
		act := fixer.TakeBack
		if label == finishLabel {
			act = fixer.Finish
		}
		entry, err := act(ctx, id)
		return settledMsg{entry, err}
	})
}

func (v *recoveryView) onSettled(msg settledMsg) tea.Cmd {
	v.running = false
	if msg.err != nil {
		why, _ := whyNot(msg.err)
		v.app.flash(failure, why)
		return nil
	}
	v.app.flash(info, fmt.Sprintf("%s: %s", msg.entry.State, msg.entry.Title))
	v.app.pop()
	return tea.Batch(v.app.rescan(), v.app.recoverJournal())
}

func (v *recoveryView) render(width, height int) []string {
	s, e := v.app.styles, v.recovery.Entry
	lines := []string{""}
	lines = append(lines, indent(wrapStyled(s.bold, cleanOr(e.Title, e.ID), width-4), 2)...)
	lines = append(lines, "  "+s.muted.Render(clip(e.Time.Format("2006-01-02 15:04")+" by "+kube.Clean(e.User), width-4)), "")
	lines = append(lines, indent(wrapStyled(s.text, kube.Clean(v.recovery.Found), width-4), 2)...)
	lines = append(lines, "")
	for _, o := range e.Objects {
		lines = append(lines, bullet(s.accent, s.text, "•", fmt.Sprintf("%s: %s", o.Ref, o.State), width)...)
	}
	v.buttonLine = height - 1
	return append(fill(lines, v.buttonLine), "  "+v.buttons.render(s, width-3))
}

func (v *recoveryView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.NextButton, k.Press, k.Back}
}

func (v *recoveryView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Interrupted fix", []key.Binding{k.NextButton, k.PreviousButton, k.Press, k.Back}}}
}
