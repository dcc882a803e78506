package tui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
	"kiln/scanners/tracing"
)

// path lists the stops of the guided path, or goes to one of them.
func (p *plain) path(ctx context.Context, arg string) error {
	done, err := readPathProgress()
	if err != nil {
		return err
	}
	if arg == "reset" {
		p.say("The path begins anew.")
		return newPathProgress().write(ctx)
	}
	stops := pathStops(p.current(), done, fixes.Guarded(p.opts.Settings))
	if arg == "" {
		for i, stop := range stops {
			p.say("%d. %s: %s.", i+1, stopLine(stop), nextWords(stop, done))
		}
		p.say("Type path and a number to go there, path next to go on, path reset to begin anew.")
		return nil
	}
	n, err := strconv.Atoi(arg)
	if arg == "next" {
		n, err = 1+slices.IndexFunc(stops, func(s pathStop) bool { _, more := s.next(done); return more }), nil
		if n == 0 {
			p.say("The whole path is done.")
			return nil
		}
	}
	if err != nil || n < 1 || n > len(stops) {
		return fmt.Errorf("%q is no stop of the path: there are 1 to %d, next and reset", arg, len(stops))
	}
	return (&plainStop{plain: p, stop: stops[n-1], number: n, of: len(stops), done: done}).walk(ctx)
}

func stopLine(stop pathStop) string {
	if stop.check == nil {
		return string(stop.layer) + ", what it is and how it is attacked"
	}
	return fmt.Sprintf("%s, %s, %s", stop.check.ID, stop.check.Severity, plural(len(stop.findings), "finding"))
}

func nextWords(stop pathStop, done pathProgress) string {
	if step, more := stop.next(done); more {
		return "next is " + stepWords(step)
	}
	return "done"
}

// plainStop is a stop of the guided path, while somebody is at it.
type plainStop struct {
	*plain
	stop pathStop
	// number is the stop's, of so many.
	number, of int
	done       pathProgress
	found      *scanners.Finding
	// bad is the object at fault as it was before the fix, once it is read.
	bad *unstructured.Unstructured
}

// back is what leaves a stop.
const back = "leave"

// walk takes the steps that aren't done, until the reader leaves.
func (w *plainStop) walk(ctx context.Context) error {
	steps := w.stop.steps()
	next, more := w.stop.next(w.done)
	if !more {
		next = readIt
	}
	for _, step := range steps[slices.Index(steps, next):] {
		w.say("Step %d of %d: %s.", slices.Index(steps, step)+1, len(steps), stepWords(step))
		passed, stay, err := w.take(ctx, step)
		if err != nil || !stay {
			return err
		}
		if key := w.stop.key(); passed && !slices.Contains(w.done.Done[key], string(step)) {
			w.done.Done[key] = append(w.done.Done[key], string(step))
			if err := w.done.keep(ctx); err != nil {
				return err
			}
		}
	}
	if step, more := w.stop.next(w.done); more && w.number < w.of {
		w.say("That was %s. Left here: %s. Type path %d to come back to it, path %d for what follows.", stopLine(w.stop), stepWords(step), w.number, w.number+1)
		return nil
	}
	w.say("That was %s. Type path next to go on.", stopLine(w.stop))
	return nil
}

// take does one step; it isn't passed where something remains to be done.
func (w *plainStop) take(ctx context.Context, step pathStep) (passed, stay bool, err error) {
	switch step {
	case readIt:
		if w.stop.check == nil {
			w.block(PlainLesson(w.out, catalogue.Introduction(w.stop.layer)))
			if words := whyNoStops(w.current(), w.stop.layer); words != "" {
				w.say("%s", words)
			}
			return true, true, nil
		}
		w.block(PlainLesson(w.out, w.stop.check.Lesson))
		answer, ok := w.ask(ctx, "Enter goes on, leave goes back: ")
		return true, ok && answer != back, nil
	case findIt:
		stay = w.search(ctx)
		return w.found != nil, stay, nil
	case fixIt:
		passed, err = w.mendFound(ctx)
		return passed, true, err
	}
	return w.tryAgain(ctx), true, nil
}

// search asks for an object until one is named; false where the reader leaves.
func (w *plainStop) search(ctx context.Context) bool {
	if len(w.stop.findings) == 0 {
		w.say("There is nothing left to find: what this check found has been fixed.")
		return true
	}
	w.say("%s. In this cluster that is so in %s. Find such an object and name it, as KIND/NAME -n NAMESPACE.", w.stop.check.Title, plural(len(w.stop.findings), "place"))
	if look := lookYourself(w.stop.check.Lesson); look != nil {
		w.say("To look for yourself:")
		w.block("    " + strings.Join(look, "\n    "))
	}
	hints, s := hintsFor(easiest(w.stop.findings)), w.current()
	for {
		text, ok := w.ask(ctx, "Which object is it? Enter alone gives a hint, leave goes back: ")
		switch {
		case !ok || text == back:
			return false
		case text == "":
			w.say("Hint: %s", kube.Clean(hints[0]))
			hints = hints[min(1, len(hints)-1):]
			continue
		}
		j := judge(parseAnswer(text), w.stop.findings, s.findings, s.inventory)
		w.say("%s", kube.Clean(j.words))
		if w.found = j.right; w.found != nil {
			return true
		}
	}
}

// mendFound previews the fix of what was named. Steps by hand count as taken:
// kiln can't wait for them.
func (w *plainStop) mendFound(ctx context.Context) (bool, error) {
	if w.found == nil && len(w.stop.findings) > 0 {
		w.found = easiest(w.stop.findings)
	}
	if w.found == nil {
		w.say("Nothing is left to fix here.")
		return false, nil
	}
	w.readBad(ctx, w.found.Object)
	plan, _ := w.session.outline(ctx, *w.found, w.current().inventory).(planMsg)
	why, _ := obstacle(*w.found, plan)
	if why != "" {
		w.say("%s", why)
	}
	done, err := w.mend(ctx, w.found, fixes.Answers{})
	return done || why != "", err
}

// readBad keeps the object as it is, to send it once more later.
func (w *plainStop) readBad(ctx context.Context, ref kube.Ref) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	if live, err := w.session.cluster.Read(ctx, ref); err == nil {
		w.bad = live // what can't be read can't be tried either, which tryAgain says
	}
}

// tryAgain sends the object once more, as a dry run. True means that nothing
// more can be done to keep it out.
func (w *plainStop) tryAgain(ctx context.Context) bool {
	f := w.found
	if f == nil && len(w.stop.findings) > 0 {
		f = easiest(w.stop.findings)
	}
	if unguarded(f) {
		w.say("No admission stands before this: it is a setting of a machine or of the control plane. What remains is to look again, every night: kiln scan --check %s --fail-on low.", w.stop.check.ID)
		return true
	}
	if w.bad == nil && f != nil {
		w.readBad(ctx, f.Object)
	}
	if w.bad == nil {
		w.say("The object as it was before the fix isn't known any more. undo takes the fix back; then it can be tried.")
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	attempts := w.session.attempts(ctx, w.bad)
	for _, a := range attempts {
		w.say("%s", attemptLine(a))
		for _, warning := range a.warnings {
			w.say("The server warns: %s", kube.Clean(warning))
		}
	}
	guardable := slices.Contains(fixes.Guarded(w.opts.Settings), w.stop.check.ID)
	switch {
	case refused(attempts):
		w.say("So it doesn't come back.")
	case barred(attempts):
		w.say(barredWords)
	case !admitted(attempts):
		w.say("So it isn't known whether anything would refuse it.")
	case guardable:
		w.say("A guardrail keeps it out. On the command line: %s", kube.Clean(guardCommand(w.stop.check.ID, w.bad, attempts)))
	default:
		w.say("kiln has no guardrail for this. Scan manifests before they get here: kiln scan -f DIR --fail-on low.")
	}
	return triedOut(attempts, guardable)
}

// attemptLine is what the server said to an object, in a line.
func attemptLine(a attempt) string {
	switch {
	case a.problem != "":
		return fmt.Sprintf("%s could not be tried: %s.", a.what, a.problem)
	case a.refusal != nil:
		return kube.Clean(fmt.Sprintf("%s is %s: %s.", a.what, tracing.Refuser(*a.refusal), a.refusal.Says))
	}
	return a.what + " would be let in."
}
