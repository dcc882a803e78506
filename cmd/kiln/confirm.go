package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// confirm asks on a terminal; elsewhere --yes is the only word that counts.
func (a *app) confirm(ctx context.Context, o fixOptions, proposals []proposal) error {
	ready := countReady(proposals)
	if o.yes || ready == 0 {
		return nil
	}
	return a.ask(ctx, fmt.Sprintf("Apply %d fix(es)?", ready))
}

var errNotConfirmed = errors.New("nothing was changed: say --yes to apply, or --dry-run to only look")

func (a *app) ask(ctx context.Context, question string) error {
	if !a.interactive() {
		return errNotConfirmed
	}
	fmt.Fprintf(a.err, "%s [y/N] ", question)
	answer, err := a.input(ctx).ReadString('\n')
	if err != nil && err != io.EOF {
		return fmt.Errorf("reading the answer: %w", err)
	}
	if !slices.Contains([]string{"y", "yes"}, strings.ToLower(strings.TrimSpace(answer))) {
		return errNotConfirmed
	}
	return nil
}
