package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/scanners"
)

// pathStopView is one stop of the guided path: the lesson, the search, the
// fix, and the proof that it doesn't come back.
type pathStopView struct {
	app  *App
	stop pathStop
	step pathStep

	form *form
	said string
	// found is what the reader named, and bad that object as it was then, to
	// be refused later; nil until it has been read.
	found  *scanners.Finding
	bad    *unstructured.Unstructured
	hinted int
	// plan is what a fix of it would do, and seen says that the page of one that
	// can't be made here was shown.
	plan planMsg
	seen bool
	// attempts are what the server said to the bad object; nil before. lost says
	// that nothing is known any more to send.
	attempts []attempt
	lost     bool

	pager
	version int
}

func newPathStopView(a *App, stop pathStop) *pathStopView {
	v := &pathStopView{app: a, stop: stop, pager: newPager()}
	v.step, _ = stop.next(a.path)
	if v.step == "" {
		v.step = readIt
	}
	return v
}

func (v *pathStopView) title() string { return clip(v.stop.key(), 30) }

// enter prepares the step that is now in front.
func (v *pathStopView) enter() tea.Cmd {
	v.version++
	v.pager.toTop()
	v.form = nil
	switch v.step {
	case findIt:
		v.form = newForm(v.app, [3]string{"Object", "KIND/NAME -n NAMESPACE; enter alone gives a hint", ""})
	case fixIt:
		return v.outline()
	}
	return nil
}

// move goes to the next or the previous step, or back to the path at the end.
func (v *pathStopView) move(by int) tea.Cmd {
	steps := v.stop.steps()
	to := slices.Index(steps, v.step) + by
	switch {
	case to >= len(steps):
		v.app.pop()
		if path, ok := v.app.top().(*pathView); ok {
			path.list()
			path.toNext(path.table.cursor + 1)
		}
	case to >= 0:
		v.step = steps[to]
		return v.enter()
	}
	return nil
}

// onSnapshot notices that what was found has been fixed.
func (v *pathStopView) onSnapshot() tea.Cmd {
	v.version++
	if v.stop.check == nil {
		return nil
	}
	v.stop.findings = nil
	for _, f := range toDo(v.app.snapshot) {
		if f.Check == v.stop.check.ID {
			v.stop.findings = append(v.stop.findings, f)
		}
	}
	if len(v.stop.findings) > 0 {
		v.lost = false // what was fixed is back
	}
	if v.fixed() {
		return v.app.passStep(v.stop, fixIt)
	}
	return nil
}

// fixed says that the latest scan doesn't find any more what the reader named.
func (v *pathStopView) fixed() bool {
	s := v.app.snapshot
	return v.found != nil && s != nil && s.complete && s.find(v.found.ID) == nil
}

// badMsg brings the object that is at fault.
type badMsg struct{ object *unstructured.Unstructured }

// triedMsg brings what the server said to its coming back.
type triedMsg struct {
	attempts []attempt
	bad      *unstructured.Unstructured
}

func (v *pathStopView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case badMsg:
		v.bad = msg.object
	case planMsg:
		v.plan = msg
		v.version++
	case triedMsg:
		v.attempts, v.bad = msg.attempts, msg.bad
		v.version++
		if triedOut(v.attempts, v.guardable()) {
			return v.app.passStep(v.stop, keepOut)
		}
	case tea.PasteMsg:
		if v.form != nil {
			return v.form.onPaste(msg)
		}
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	case tea.KeyPressMsg:
		return v.onKey(msg)
	}
	return nil
}

func (v *pathStopView) typing() bool { return v.form != nil }

func (v *pathStopView) cursor() *tea.Cursor {
	c := v.form.cursor()
	if c != nil {
		c.Y += pathFormLine
	}
	return c
}

func (v *pathStopView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case v.form != nil:
		return v.onTyped(msg)
	case key.Matches(msg, keys.Open):
		return v.act()
	case key.Matches(msg, keys.Next):
		return v.move(1)
	case key.Matches(msg, keys.Previous):
		return v.move(-1)
	default:
		v.pager.onKey(msg, keys)
	}
	return nil
}

// act does what the step in front is for.
func (v *pathStopView) act() tea.Cmd {
	switch v.step {
	case readIt:
		return tea.Batch(v.app.passStep(v.stop, readIt), v.move(1))
	case fixIt:
		return v.fix()
	}
	return v.keepItOut()
}

func (v *pathStopView) hints() []key.Binding {
	k := v.app.keys
	if v.form != nil {
		return []key.Binding{helped(k.Press, "answer"), helped(k.Back, "the lesson again")}
	}
	return []key.Binding{helped(k.Open, v.nextAct()), helped(k.Next, "next step"), helped(k.Previous, "previous step"), k.Back}
}

// nextAct says what enter does now.
func (v *pathStopView) nextAct() string {
	switch {
	case v.step == fixIt && (v.fixed() || v.seen || v.toFix() == nil):
		return "go on"
	case v.step == fixIt:
		if why, _ := obstacle(*v.toFix(), v.plan); why != "" {
			return "show what is to be done"
		}
		return "preview the fix"
	case v.step == keepOut && v.attempts == nil && !v.unguarded() && !v.lost:
		return "try it"
	case v.step == keepOut && v.wantsGuard():
		return "preview the guardrail"
	}
	return "go on"
}

func (v *pathStopView) help() []keyGroup {
	return []keyGroup{{"Stop", v.hints()}, v.app.keys.moving()}
}
