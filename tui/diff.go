package tui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/scanners"
)

// diffView shows what a fix, or an undo, would change, and asks.
type diffView struct {
	app *App
	// verb is what is done, for the crumb: fix, undo, accept, quarantine …
	verb string
	// propose makes the previews, and carryOut writes one of them: without
	// another word, as a fix is applied.
	propose  func(context.Context) []proposal
	carryOut func(context.Context, proposal) (fixes.Entry, error)
	// anew is carryOut with a new plan, for an object that an earlier fix of
	// the batch has changed; nil where that can't be.
	anew func(context.Context, proposal) (fixes.Entry, error)

	// then goes on once all was written; may be nil.
	then func([]fixes.Entry) tea.Cmd
	// begin notes a batch, until its end; nil where it can't be told again.
	begin func(ctx context.Context, group string, findings []scanners.Finding) (end func() error, err error)
	// end is called after the batch's last fix.
	end func() error
	// again previews a proposal with other answers; nil where nothing is asked.
	again func(context.Context, proposal) proposal
	// answering is the question that is open; nil for none.
	answering *answering
	// inputLine is where its text is typed.
	inputLine int

	proposals []proposal
	// opened is when the buttons appeared: keys already in flight don't press.
	opened  time.Time
	buttons buttons
	// group is the batch's in the journal; empty for a single fix.
	group string
	// previewed counts the previews that have come back.
	previewed tally
	// stop ends an apply that is under way.
	stop context.CancelFunc
	// echo hears what is written come back.
	echo *echo

	look diffLook
	pager
	version int
	// buttonLine is where the buttons were drawn.
	buttonLine int
}

// The verbs that make a difference on the page.
const (
	fixVerb    = "fix"
	undoVerb   = "undo"
	acceptVerb = "accept"
)

func newDiffView(a *App, verb string, propose func(context.Context) []proposal) *diffView {
	session := a.session
	return &diffView{
		app: a, verb: verb, propose: propose, pager: newPager(), buttons: buttons{labels: []string{cancelLabel}},
		carryOut: func(ctx context.Context, p proposal) (fixes.Entry, error) {
			return session.fixer.Apply(ctx, p.preview, p.words())
		},
	}
}

func (v *diffView) title() string { return v.verb }

// noun is what one of the proposals is.
func (v *diffView) noun() string {
	if v.verb == acceptVerb {
		return "acceptance"
	}
	return "fix"
}

// proposedMsg brings the previews; appliedMsg what became of one of them.
type proposedMsg struct{ proposals []proposal }
type appliedMsg struct {
	ctx   context.Context
	index int
	entry fixes.Entry
	err   error
}

func (v *diffView) start() tea.Cmd {
	propose := v.propose
	return v.app.start(v, "asking the API server for the diff", func(ctx context.Context) tea.Msg {
		return proposedMsg{propose(ctx)}
	})
}

func (v *diffView) onProposed(msg proposedMsg) {
	v.proposals = msg.proposals
	v.opened = v.app.now()
	v.setButtons()
	v.version++
}

func (v *diffView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case proposedMsg:
		v.onProposed(msg)
	case reproposedMsg:
		v.onReproposed(msg)
	case begunMsg:
		return v.onBegun(msg)
	case appliedMsg:
		return v.onApplied(msg)
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	case tea.MouseClickMsg:
		return v.onClick(msg)
	case tea.KeyPressMsg:
		return v.onKey(msg)
	}
	return nil
}

// close leaves the page unless something is being written: that is stopped
// first, and its end awaited.
func (v *diffView) close() (bool, tea.Cmd) { return v.mayLeave(), nil }

func (v *diffView) mayLeave() bool {
	if v.stop == nil {
		return true
	}
	v.stop()
	v.app.flash(warning, "stopping; what was written already is in the journal")
	return false
}

// passing: a preview is of one moment.
func (v *diffView) passing() {}

// status says what the page waits for.
func (v *diffView) status(width int) string {
	if v.stop != nil {
		text := " writing … esc stops"
		if len(v.proposals) > 1 {
			text = fmt.Sprintf(" writing, %d to go … esc stops", len(v.toWrite()))
		}
		return v.app.styles.warning.Render(clip(text, width))
	}
	return ""
}
