package main

import (
	"context"
	"fmt"

	"kiln/fixes"
	"kiln/kube"
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

// fixerAndInventory opens the fixer and reads the namespace that is asked for.
func (a *app) fixerAndInventory(ctx context.Context) (*fixes.Fixer, *kube.Inventory, error) {
	fixer, err := a.fixer(ctx)
	if err != nil {
		return nil, nil, err
	}
	inv, err := kube.Collect(ctx, fixer.Cluster, kube.CollectOptions{Namespace: a.namespace()}, nil)
	if err != nil {
		return nil, nil, err
	}
	return fixer, inv, a.checkNamespace(inv)
}
