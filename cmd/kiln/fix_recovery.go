package main

import (
	"context"
	"fmt"
	"io"

	"kiln/fixes"
)

// tellRecoveries says what interrupted fixes and undos have left behind, and
// what can be done about it. Where nothing was written there is nothing to say.
func tellRecoveries(w io.Writer, recoveries []fixes.Recovery) {
	for _, r := range recoveries {
		id := r.Entry.ID
		if r.Entry.State == fixes.Failed {
			continue
		}
		fmt.Fprintf(w, "kiln: fix %s was interrupted: %s.", id, r.Found)
		switch {
		case r.Entry.State == fixes.Undoing:
			fmt.Fprintf(w, " 'kiln undo %s' finishes it.", id)
		case r.CanFinish && r.CanTakeBack:
			fmt.Fprintf(w, " 'kiln undo --finish %s' writes the rest, 'kiln undo %s' takes it back.", id, id)
		case r.CanFinish:
			fmt.Fprintf(w, " 'kiln undo --finish %s' writes the rest.", id)
		case r.CanTakeBack:
			fmt.Fprintf(w, " 'kiln undo %s' takes it back.", id)
		}
		fmt.Fprintln(w)
	}
}

// finish carries an interrupted fix, or undo, to its end.
func (a *app) finish(ctx context.Context, id string) error {
	fixer, err := a.fixer(ctx)
	if err != nil {
		return err
	}
	entry, err := fixer.Finish(ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.err, "%s: %s\n", entry.ID, entry.State)
	return nil
}
