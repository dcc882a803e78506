package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
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
	// attempts are what the server said to the bad object; nil before.
	attempts []attempt

	pager
	drawn   drawnFor
	version int
}

func newPathStopView(a *App, stop pathStop) *pathStopView {
	v := &pathStopView{app: a, stop: stop, pager: newPager()}
	v.step, _ = stop.next(a.path)
	if v.step == "" {
		v.step = readIt
	}
	v.enter()
	return v
}

func (v *pathStopView) title() string { return clip(v.stop.key(), 30) }

// enter prepares the step that is now in front.
func (v *pathStopView) enter() {
	v.version++
	v.pager.toTop()
	if v.form = nil; v.step == findIt {
		v.form = newForm(v.app, [3]string{"Object", "KIND/NAME -n NAMESPACE; enter alone gives a hint", ""})
	}
}

// move goes to the next or the previous step, or back to the path at the end.
func (v *pathStopView) move(by int) {
	steps := v.stop.steps()
	to := slices.Index(steps, v.step) + by
	switch {
	case to >= len(steps):
		v.app.pop()
		if path, ok := v.app.top().(*pathView); ok {
			path.list()
			path.toNext()
		}
	case to >= 0:
		v.step = steps[to]
		v.enter()
	}
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
type triedMsg struct{ attempts []attempt }

func (v *pathStopView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case badMsg:
		v.bad = msg.object
	case triedMsg:
		v.attempts = msg.attempts
		v.version++
		if refused(v.attempts) {
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
		v.move(1)
	case key.Matches(msg, keys.Previous):
		v.move(-1)
	default:
		v.pager.onKey(msg, keys)
	}
	return nil
}

// onTyped answers, asks for a hint, or leaves the search.
func (v *pathStopView) onTyped(msg tea.KeyPressMsg) tea.Cmd {
	if key.Matches(msg, v.app.keys.Back) {
		v.move(-1)
		return nil
	}
	handedIn, cmd := v.form.onKey(msg)
	if !handedIn {
		return cmd
	}
	v.version++
	if v.form.value(0) == "" {
		v.hint()
		return nil
	}
	return v.answer(v.form.value(0))
}

func (v *pathStopView) hint() {
	if len(v.stop.findings) == 0 {
		v.said = "There is nothing left to find: it has been fixed."
		return
	}
	hints := hintsFor(v.stop.findings[0])
	v.said = "Hint: " + hints[min(v.hinted, len(hints)-1)]
	v.hinted++
}

// answer judges what was named; the right object is read, so that it can be
// sent once more when it has been fixed.
func (v *pathStopView) answer(text string) tea.Cmd {
	s := v.app.snapshot
	j := judge(parseAnswer(text), v.stop.findings, s.findings, s.inventory)
	v.said = j.words
	if j.right == nil {
		return nil
	}
	v.found = j.right
	if more := len(v.stop.findings) - 1; more > 0 {
		v.said += fmt.Sprintf(" (and there are %d more)", more)
	}
	v.step = fixIt
	v.form = nil
	v.pager.toTop()
	return tea.Batch(v.app.passStep(v.stop, findIt), v.readBad())
}

// readBad keeps the object at fault as it is before the fix.
func (v *pathStopView) readBad() tea.Cmd {
	session, ref := v.app.session, v.found.Object
	if session == nil || ref.Name == "" {
		return nil
	}
	return v.app.start(v, "", func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, requestTimeout)
		defer cancel()
		live, err := session.cluster.Read(ctx, ref)
		if err != nil {
			return badMsg{} // the last step says that there is nothing to send
		}
		return badMsg{live}
	})
}

// act does what the step in front is for.
func (v *pathStopView) act() tea.Cmd {
	switch v.step {
	case readIt:
		cmd := v.app.passStep(v.stop, readIt)
		v.move(1)
		return cmd
	case fixIt:
		return v.fix()
	}
	if v.attempts != nil {
		v.move(1)
		return nil
	}
	return v.try()
}

// fix opens the preview of the fix, or goes on where it is done.
func (v *pathStopView) fix() tea.Cmd {
	f := v.found
	if f == nil && len(v.stop.findings) > 0 {
		f = v.stop.findings[0]
	}
	switch {
	case v.fixed(), f == nil:
		v.move(1)
		return nil
	case f.Fix == scanners.Manual:
		v.app.push(newLessonView(v.app, *v.stop.check))
		return v.app.passStep(v.stop, fixIt) // what a person does by hand, kiln can't wait for
	}
	v.found = f
	return tea.Batch(v.readBadOnce(), v.app.openFix([]*scanners.Finding{f}))
}

func (v *pathStopView) readBadOnce() tea.Cmd {
	if v.bad != nil {
		return nil
	}
	return v.readBad()
}

func (v *pathStopView) hints() []key.Binding {
	k := v.app.keys
	if v.form != nil {
		return []key.Binding{helped(k.Press, "answer"), helped(k.Back, "the lesson again")}
	}
	words := map[pathStep]string{readIt: "go on", fixIt: "preview the fix", keepOut: "try it"}
	if v.step == keepOut && v.attempts != nil || v.step == fixIt && v.fixed() {
		words[v.step] = "go on"
	}
	return []key.Binding{helped(k.Open, words[v.step]), helped(k.Next, "next step"), helped(k.Previous, "previous step"), k.Back}
}

func (v *pathStopView) help() []keyGroup {
	return []keyGroup{{"Stop", v.hints()}, v.app.keys.moving()}
}

// look is how one looks for the objects without kiln's help.
func (v *pathStopView) look() []string {
	if v.stop.check == nil {
		return nil
	}
	if lines := lookYourself(v.stop.check.Lesson); lines != nil {
		return lines
	}
	if len(v.stop.findings) == 0 {
		return nil
	}
	ref := v.stop.findings[0].Object
	command := "kubectl get " + strings.ToLower(ref.Kind) + " -o yaml"
	if ref.Namespace != "" {
		command += " -A"
	}
	return []string{kube.Clean(command)}
}
