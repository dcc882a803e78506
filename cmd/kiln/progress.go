package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"kiln/kube"
)

// progress is a line on a terminal that counts what has been read; elsewhere
// it is silent.
type progress struct {
	w     io.Writer
	shown bool
}

func newProgress(w io.Writer) *progress {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return &progress{w: w}
	}
	return &progress{w: io.Discard}
}

const clearLine = "\r\x1b[K"

func (p *progress) show(at kube.Progress) {
	fmt.Fprintf(p.w, clearLine+"reading %s (%d), %d of %d kinds", at.Resource, at.Count, at.Done, at.Total)
	p.shown = true
}

func (p *progress) done() {
	if p.shown {
		fmt.Fprint(p.w, clearLine)
	}
}
