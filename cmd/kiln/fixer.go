package main

import (
	"context"
	"fmt"

	"kiln/fixes"
)

// fixer opens the cluster and the journal, and tells of what an interrupted
// kiln has left behind.
func (a *app) fixer(ctx context.Context) (*fixes.Fixer, error) {
	cluster, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	fixer, err := fixes.Open(cluster)
	if err != nil {
		return nil, err
	}
	open, err := fixer.Recover(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking through the journal: %w", err)
	}
	tellRecoveries(a.err, open)
	return fixer, nil
}

func openJournal() (*fixes.Journal, error) {
	dir, err := fixes.JournalDir()
	if err != nil {
		return nil, err
	}
	return fixes.OpenJournal(dir)
}
