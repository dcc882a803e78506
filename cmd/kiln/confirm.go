package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// confirm asks on a terminal; elsewhere --yes is the only word that counts.
func (a *app) confirm(o fixOptions, proposals []proposal) error {
	ready := countReady(proposals)
	if o.yes || ready == 0 {
		return nil
	}
	return a.ask(fmt.Sprintf("Apply %d fix(es)?", ready))
}

var errNotConfirmed = errors.New("nothing was changed: say --yes to apply, or --dry-run to only look")

func (a *app) ask(question string) error {
	if !a.interactive() {
		return errNotConfirmed
	}
	fmt.Fprintf(a.err, "%s [y/N] ", question)
	answer, err := a.lines().ReadString('\n')
	if err != nil && err != io.EOF {
		return fmt.Errorf("reading the answer: %w", err)
	}
	if !slices.Contains([]string{"y", "yes"}, strings.ToLower(strings.TrimSpace(answer))) {
		return errNotConfirmed
	}
	return nil
}

// lines reads the input by lines, always through the same buffer: it may hold
// the answers to later questions already.
func (a *app) lines() *bufio.Reader {
	if a.input == nil {
		a.input = bufio.NewReader(a.in)
	}
	return a.input
}
