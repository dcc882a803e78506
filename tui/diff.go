package tui

import (
	"context"
	"fmt"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
)

// diffView shows what a fix, or an undo, would change, and asks.
type diffView struct {
	app  *App
	verb string // fix or undo
	// propose makes the previews, and carryOut writes one of them.
	propose  func(context.Context) []proposal
	carryOut func(context.Context, proposal) (fixes.Entry, error)
	// anew is carryOut with a new plan, for an object that an earlier fix of
	// the batch has changed; nil where that can't be.
	anew func(context.Context, proposal) (fixes.Entry, error)

	// then goes on once all was written; may be nil.
	then func([]fixes.Entry) tea.Cmd
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
	// stop ends an apply that is under way.
	stop context.CancelFunc
	// echo hears what is written come back.
	echo *echo

	look diffLook
	pager
	drawn   drawnFor
	version int
	// buttonLine is where the buttons were drawn.
	buttonLine int
}

func newDiffView(a *App, verb string, propose func(context.Context) []proposal) *diffView {
	return &diffView{app: a, verb: verb, propose: propose, pager: newPager(), buttons: buttons{labels: []string{cancelLabel}}}
}

const (
	cancelLabel = "Cancel"
	exportLabel = "Export"
)

func (v *diffView) title() string { return v.verb }

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

// setButtons offers what can be done now. Cancel is first, and the default.
func (v *diffView) setButtons() {
	v.buttons = buttons{labels: []string{cancelLabel}}
	ready := v.ready()
	if len(ready) == 0 {
		return
	}
	apply := v.applyLabel(ready)
	switch {
	case v.verb == "undo":
		v.buttons.labels = append(v.buttons.labels, apply)
	case len(v.proposals[ready[0]].preview.Stopgap()) > 0:
		v.buttons.labels = append(v.buttons.labels, exportLabel, apply)
	default:
		v.buttons.labels = append(v.buttons.labels, apply, exportLabel)
	}
}

// ready are the indexes of the proposals that can be applied.
func (v *diffView) ready() []int {
	var all []int
	for i, p := range v.proposals {
		if p.ready() {
			all = append(all, i)
		}
	}
	return all
}

// applyLabel says what pressing the button means.
func (v *diffView) applyLabel(ready []int) string {
	conflicts, owned := false, false
	for _, i := range ready {
		conflicts = conflicts || len(v.proposals[i].preview.Conflicts()) > 0
		owned = owned || len(v.proposals[i].preview.Stopgap()) > 0
	}
	label := "Apply"
	if v.verb == "undo" {
		label = "Undo"
	}
	if len(v.proposals) > 1 {
		label = fmt.Sprintf("%s %d of %d", label, len(ready), len(v.proposals))
	}
	switch {
	case conflicts && owned:
		return "Take over and apply as stopgap"
	case conflicts:
		return "Take over and apply"
	case owned && v.verb != "undo":
		return label + " as stopgap"
	}
	return label
}

func (v *diffView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case proposedMsg:
		v.onProposed(msg)
	case reproposedMsg:
		v.onReproposed(msg)
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

// settling says that the page has only just appeared.
func (v *diffView) settling() bool { return v.app.now().Sub(v.opened) < settleTime }

func (v *diffView) onClick(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Y != v.buttonLine || v.settling() {
		return nil
	}
	if i := v.buttons.at(v.app.styles, msg.X-2); i >= 0 {
		v.buttons.focus = i
		return v.press()
	}
	return nil
}

func (v *diffView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case v.answering != nil:
		return v.onAnswerKey(msg)
	case key.Matches(msg, keys.Answer):
		v.answerNext()
	case key.Matches(msg, keys.Copy):
		return v.copyCommands()
	case v.settling():
	case key.Matches(msg, keys.NextButton):
		v.buttons.move(1)
	case key.Matches(msg, keys.PreviousButton):
		v.buttons.move(-1)
	case key.Matches(msg, keys.Press):
		return v.press()
	case v.look.onKey(msg, keys):
		v.version++
	default:
		v.pager.onKey(msg, keys)
	}
	return nil
}

func (v *diffView) press() tea.Cmd {
	switch v.buttons.labels[v.buttons.focus] {
	case cancelLabel:
		return v.app.back()
	case exportLabel:
		return v.export()
	}
	return v.confirmApply()
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

func (v *diffView) hints() []key.Binding {
	k := v.app.keys
	if v.answering != nil {
		return []key.Binding{helped(k.Press, "choose"), helped(k.NextButton, "next question"), helped(k.Back, "done")}
	}
	if len(v.commands()) > 0 {
		return []key.Binding{helped(k.Copy, "copy the commands"), k.NextButton, k.Press, k.Down, k.Back}
	}
	hints := []key.Binding{k.NextButton, k.Press, k.Answer, k.Down, k.Split, k.Whole, k.Back}
	if !v.asks() {
		hints = slices.Delete(hints, 2, 3)
	}
	return hints
}

func (v *diffView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Preview", []key.Binding{k.NextButton, k.PreviousButton, k.Press, k.Answer, helped(k.Copy, "copy the commands of the steps"), k.Split, k.Whole, k.Wrap, k.Back}}, k.reading()}
}

// status says what the page waits for.
func (v *diffView) status(width int) string {
	if v.stop != nil {
		return v.app.styles.warning.Render(clip(" writing … esc stops", width))
	}
	return ""
}

// problem is why one proposal can't be applied, for people.
func (p proposal) problem() (why, steps string) {
	switch {
	case p.pending:
		return "asking the API server what would change …", ""
	case p.later:
		return "the newer fixes of the batch go back first, then this one", ""
	case p.err != nil:
		return whyNot(p.err)
	case p.preview.Err() != nil:
		return kube.Explain(p.preview.Err()), ""
	case len(p.preview.Targets) == 0:
		return "nothing would change", ""
	}
	return "", ""
}
