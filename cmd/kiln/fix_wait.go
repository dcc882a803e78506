package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"kiln/fixes"
	"kiln/kube"
)

// rolloutTime is how long --wait waits where nobody says how long.
const rolloutTime = 2 * time.Minute

// rolloutWait is how long to wait for pods to be replaced.
type rolloutWait struct {
	time time.Duration
	set  bool
}

func (w *rolloutWait) addFlag(f *pflag.FlagSet) {
	f.Var(w, "wait", "how long to wait until the pods that a fix restarts are up, such as 5m; 0 doesn't wait. On a terminal it waits without the flag")
	f.Lookup("wait").NoOptDefVal = rolloutTime.String()
}

// String, Set and Type make it a flag.
func (w *rolloutWait) String() string {
	if !w.set {
		return ""
	}
	return w.time.String()
}

func (w *rolloutWait) Set(text string) error {
	d, err := time.ParseDuration(text)
	if text == "0" {
		d, err = 0, nil
	}
	if err != nil || d < 0 {
		return errors.New("write a duration such as 30s or 2m; 0 doesn't wait")
	}
	w.time, w.set = d, true
	return nil
}

func (*rolloutWait) Type() string { return "duration" }

// limit is how long to wait: a person at a terminal wants to see the end.
func (w rolloutWait) limit(out io.Writer) time.Duration {
	if w.set {
		return w.time
	}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return rolloutTime
	}
	return 0
}

// entriesOf are the journal's entries of what was applied.
func entriesOf(proposals []proposal) []fixes.Entry {
	var entries []fixes.Entry
	for _, p := range proposals {
		if p.entry != nil {
			entries = append(entries, *p.entry)
		}
	}
	return entries
}

// awaitRollouts follows the workloads whose pods the entries replace. Where one
// doesn't come up it says why, and offers to take the fixes back.
func (a *app) awaitRollouts(ctx context.Context, fixer *fixes.Fixer, entries []fixes.Entry, wait rolloutWait) error {
	limit := wait.limit(a.err)
	if limit == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for _, entry := range entries {
		for _, ref := range fixes.Rollouts(entry) {
			if err := fixer.Cluster.AwaitRollout(ctx, ref, a.tellRollout); err != nil {
				return a.offerUndo(context.WithoutCancel(ctx), fixer, entry, err)
			}
			fmt.Fprintf(a.err, "%s is rolled out\n", kube.Clean(ref.String()))
		}
	}
	return nil
}

func (a *app) tellRollout(r kube.Rollout) {
	fmt.Fprintf(a.err, "%s: %s\n", kube.Clean(r.Ref.String()), r.Progress)
	for _, problem := range r.Problems {
		fmt.Fprintf(a.err, "  %s\n", problem)
	}
}

// offerUndo asks, on a terminal, whether a fix that doesn't come up goes; else
// it names the command.
func (a *app) offerUndo(ctx context.Context, fixer *fixes.Fixer, entry fixes.Entry, cause error) error {
	if !entry.Undoable() {
		return cause
	}
	if !a.interactive() {
		return fmt.Errorf("%w\n'kiln undo %s' takes the fix back", cause, entry.ID)
	}
	fmt.Fprintln(a.err, kube.Explain(cause))
	if err := a.ask(ctx, "Take the fix back?"); err != nil {
		return fmt.Errorf("%w; the fix stays, and 'kiln undo %s' takes it back", cause, entry.ID)
	}
	undone, err := fixer.Undo(ctx, entry.ID)
	if err != nil {
		return fmt.Errorf("%w; and taking it back: %w", cause, err)
	}
	fmt.Fprintf(a.err, "%s: %s\n", undone.ID, undone.State)
	return cause
}
