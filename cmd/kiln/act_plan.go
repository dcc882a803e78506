package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"kiln/fixes"
	"kiln/kube"
)

// consent is what the user says about what would be written.
type consent struct {
	dryRun, yes bool
	words       fixes.Options
}

func (c *consent) addFlags(f *pflag.FlagSet) {
	f.BoolVar(&c.dryRun, "dry-run", false, "only show what would change")
	f.BoolVarP(&c.yes, "yes", "y", false, "apply without asking")
	f.BoolVar(&c.words.TakeOver, "force-conflicts", false, "take over all fields that other managers have declared")
	f.BoolVar(&c.words.Stopgap, "stopgap", false, "change objects that Helm, Argo CD or Flux own, until the owner puts its values back")
}

// carryOut previews a plan, asks, and applies it. The entry is nil where
// nothing was to be written.
func (a *app) carryOut(ctx context.Context, fixer *fixes.Fixer, plan fixes.Plan, c consent) (*fixes.Entry, error) {
	preview, err := fixer.Preview(ctx, plan)
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(a.err, plan.Title)
	showPreview(a.out, a.err, preview)
	if err := preview.Err(); err != nil || c.dryRun {
		return nil, err
	}
	if !c.yes {
		if err := a.ask(ctx, "Apply it?"); err != nil {
			return nil, err
		}
	}
	entry, err := fixer.Apply(ctx, preview, c.words)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(a.err, "%s as %s", entry.State, entry.ID)
	if entry.Undoable() {
		fmt.Fprintf(a.err, "; 'kiln undo %s' takes it back", entry.ID)
	}
	fmt.Fprintln(a.err)
	return &entry, nil
}

// explainManual adds the steps to an error that a person has to act on.
func explainManual(err error) error {
	if steps := stepsOf(err); steps != "" {
		return &outcomeError{exitError, kube.Clean(err.Error()) + "\n" + steps}
	}
	return err
}
