// Command kiln hardens Kubernetes clusters by hand: it finds what is wrong,
// explains it, shows the fix as the API server's own diff, applies it, and
// takes it back.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"

	"kiln/kube/crash"
)

// version is stamped by the Makefile.
var version = "dev"

func main() {
	collectOften()
	// client-go logs through klog, which would write across the screen; what
	// matters comes back as errors and warnings.
	klog.SetLogger(logr.Discard())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends even what doesn't listen, such as reading a pipe that nobody writes to
	ctx, forget := untilHangup(ctx)
	defer forget()
	ctx = crash.With(ctx, func(p *crash.Panic) { os.Exit(tellCrash(os.Stderr, p)) })
	defer crash.Catch(ctx)
	os.Exit(run(ctx, streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}, os.Args[1:]))
}

// untilHangup ends with the terminal, unless nohup has started kiln. The shell
// and the kernel send a signal each then: no later one cuts the end short.
func untilHangup(ctx context.Context) (context.Context, context.CancelFunc) {
	if signal.Ignored(syscall.SIGHUP) {
		return ctx, func() {}
	}
	return signal.NotifyContext(ctx, syscall.SIGHUP)
}

// collectOften trades some processor time for a third less memory, on the
// laptops and jump hosts where kiln runs. GOGC has the last word.
func collectOften() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(45)
	}
}

// run carries out one command line and returns its exit code.
func run(ctx context.Context, io streams, args []string) int {
	root := newRoot(io)
	root.SetArgs(args)
	return conclude(ctx, io, root.ExecuteContext(ctx))
}

// conclude tells how a command has ended and returns its exit code.
func conclude(ctx context.Context, io streams, err error) int {
	if err == nil {
		return exitDone
	}
	var outcome *outcomeError
	var panicked *crash.Panic
	switch {
	case errors.As(err, &panicked):
		return tellCrash(io.err, panicked)
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(io.err, "kiln: interrupted")
		return exitError
	case errors.As(err, &outcome):
		fmt.Fprintln(io.err, "kiln: "+outcome.Error())
		return outcome.code
	}
	tell(io.err, err)
	return exitError
}
