package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// untilDone reads from a terminal or a pipe, where nothing else would end a
// read that waits: ctrl-c does.
type untilDone struct {
	ctx context.Context
	in  io.Reader
}

type readResult struct {
	n   int
	err error
}

// Read leaves a read behind that waits on when the context ends; nobody reads
// after that.
func (r untilDone) Read(p []byte) (int, error) {
	own := make([]byte, len(p))
	done := make(chan readResult, 1)
	go func() {
		n, err := r.in.Read(own)
		done <- readResult{n, err}
	}()
	select {
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	case result := <-done:
		return copy(p, own[:result.n]), result.err
	}
}

// input reads what comes in, always through the same buffer: it may hold the
// answers to later questions already.
func (a *app) input(ctx context.Context) *bufio.Reader {
	if a.buffered == nil {
		a.buffered = bufio.NewReader(untilDone{ctx, a.in})
	}
	return a.buffered
}

// checkFileNames refuses what -f can't mean.
func checkFileNames(files []string) error {
	for _, name := range files {
		switch {
		case name == "":
			return usageErrorf("-f names no file: it takes a manifest, a folder, or - for standard input")
		case strings.HasPrefix(name, "https://"), strings.HasPrefix(name, "http://"):
			return usageErrorf("-f %s: kiln downloads nothing; curl -fsSL %s | kiln … -f -", name, name)
		}
	}
	return nil
}

// standardInput is all that comes in, where the files name it. Nothing at all
// is an error: what was to write it has failed, and would seem clean.
func (a *app) standardInput(ctx context.Context, files []string) ([]byte, error) {
	if !slices.Contains(files, "-") {
		return nil, nil
	}
	text, err := io.ReadAll(a.input(ctx))
	if err != nil {
		return nil, fmt.Errorf("reading standard input: %w", err)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("standard input is empty: -f - takes manifests from there; did the command before it fail?")
	}
	return text, nil
}
