package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/term"
)

// hasScreen says whether there is a screen to draw on.
func (a *app) hasScreen() bool {
	out, ok := a.out.(*os.File)
	return ok && term.IsTerminal(int(out.Fd()))
}

// canDraw says whether the terminal moves its cursor where it is told. One that
// says nothing about itself, or that it is dumb, shows such orders as text.
func canDraw() bool {
	kind := os.Getenv("TERM")
	return runtime.GOOS == "windows" || kind != "" && kind != "dumb"
}

// interactive says whether somebody can be asked.
func (a *app) interactive() bool {
	in, ok := a.in.(*os.File)
	return ok && term.IsTerminal(int(in.Fd()))
}

// noTerminal is why the terminal UI can't start. A cluster that can't be
// reached is named first, since that would be next.
func (a *app) noTerminal(ctx context.Context) error {
	if _, err := a.connect(ctx); err != nil {
		return err
	}
	return errors.New("the terminal UI needs a terminal. Try: kiln scan prints the findings, kiln --help lists the commands")
}

// dumbTerminal is why the terminal UI can't start on a terminal.
func dumbTerminal() error {
	return fmt.Errorf("the terminal UI can't draw here: TERM is %q. Try: kiln --plain talks in lines; or TERM=xterm kiln, if the terminal is a better one", os.Getenv("TERM"))
}
