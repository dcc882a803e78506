package main

import (
	"context"
	"fmt"
	"slices"

	"kiln/fixes"
	"kiln/kube"
)

// undoBatch takes the fixes of a batch back, the newest first, and names those
// that stay.
func (a *app) undoBatch(ctx context.Context, fixer *fixes.Fixer, id string, batch []fixes.Entry, dryRun, yes bool) error {
	fmt.Fprintf(a.err, "batch %s, the newest first:\n", id)
	for _, entry := range slices.Backward(batch) {
		fmt.Fprintf(a.err, "  %s %s (%s)\n", entry.ID, kube.Clean(entry.Title), entry.State)
		for _, o := range entry.Objects {
			fmt.Fprintf(a.err, "      %s\n", kube.Clean(o.Ref.String()))
		}
	}
	if dryRun {
		return nil
	}
	if !yes && a.interactive() {
		if err := a.ask(ctx, fmt.Sprintf("Take %d fixes back?", len(batch))); err != nil {
			return err
		}
	}
	outcomes, err := fixer.UndoGroup(ctx, id)
	if len(outcomes) == 0 {
		return err
	}
	stayed := 0
	for _, o := range outcomes {
		if o.Err != nil {
			stayed++
			fmt.Fprintf(a.err, "kiln: %s stays (%s): %s\n", o.Entry.ID, kube.Clean(o.Entry.Title), kube.Explain(o.Err))
			continue
		}
		fmt.Fprintf(a.err, "%s: %s\n", o.Entry.ID, o.Entry.State)
	}
	if stayed > 0 {
		return fmt.Errorf("%d of %d fixes could not be taken back", stayed, len(outcomes))
	}
	return nil
}
