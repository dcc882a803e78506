package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/util/exec"
	"k8s.io/kubectl/pkg/util/interrupt"
	"k8s.io/kubectl/pkg/util/term"

	"kiln/kube"
)

// bestShell is bash where there is one.
var bestShell = []string{"sh", "-c", "command -v bash >/dev/null 2>&1 && exec bash; exec sh"}

// shell runs a command in a container, or a shell without one. On a terminal
// it takes the terminal over, and gives it back as it was.
func (a *app) shell(ctx context.Context, cluster *kube.Cluster, pod kube.Ref, container string, command []string) error {
	interactive := a.interactive() && len(command) == 0
	e := kube.Exec{Pod: pod, Container: container, Command: command, In: a.in, Out: a.out, Err: a.err}
	if len(command) == 0 {
		e.Command = bestShell
	} else if a.interactive() {
		e.In = nil // it would swallow what is typed after the command
	}
	var err error
	if interactive {
		err = a.onTerminal(ctx, cluster, e)
	} else {
		err = cluster.Exec(ctx, e)
	}
	return a.shellOutcome(ctx, container, err, interactive)
}

// onTerminal runs the command on a raw terminal: ctrl-c and ctrl-d, too, go to
// the command.
func (a *app) onTerminal(ctx context.Context, cluster *kube.Cluster, e kube.Exec) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	tty := term.TTY{
		In: a.in, Out: a.out, Raw: true,
		// Without it a signal would end this process at once, and leave the
		// debug container behind.
		Parent: interrupt.New(func(os.Signal) {}, cancel),
	}
	e.Terminal, e.Sizes = true, terminalSizes{tty.MonitorSize(tty.GetSize())}
	fmt.Fprintf(a.err, "a shell in %s of %s; exit or ctrl-d leaves it\r\n", e.Container, e.Pod)
	return tty.Safe(func() error { return cluster.Exec(ctx, e) })
}

// terminalSizes hands kubectl's sizes on as client-go's, until there are no
// more.
type terminalSizes struct{ term.TerminalSizeQueue }

// Next waits for the terminal's next size.
func (s terminalSizes) Next() *remotecommand.TerminalSize {
	next := s.TerminalSizeQueue.Next()
	if next == nil {
		return nil
	}
	return &remotecommand.TerminalSize{Width: next.Width, Height: next.Height}
}

// shellOutcome turns the end of a command into kiln's. What the last command
// of an interactive shell ended with says nothing about kiln.
func (a *app) shellOutcome(ctx context.Context, container string, err error, interactive bool) error {
	var code exec.CodeExitError
	switch {
	case err == nil, ctx.Err() != nil:
		return ctx.Err()
	case isNoShell(err):
		return fmt.Errorf("%s has no such program: look into it with a debug container instead", container)
	case errors.As(err, &code) && interactive:
		return nil
	case errors.As(err, &code):
		return &outcomeError{exitError, fmt.Sprintf("the command ended with exit code %d", code.Code)}
	}
	return fmt.Errorf("running a command in %s: %w", container, err)
}

// isNoShell recognizes how container runtimes say that the program is missing.
func isNoShell(err error) bool {
	text := err.Error()
	return strings.Contains(text, "executable file not found") || strings.Contains(text, "no such file or directory: unknown")
}
