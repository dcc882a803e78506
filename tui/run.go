// Package tui is the terminal UI: one root model (App) with a stack of views,
// one file each. Everything that takes time runs beside it and comes back as
// a message.
package tui

import (
	"context"
	"errors"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"kiln/kube/crash"
	"kiln/scanners"
)

// Options are what the command line says.
type Options struct {
	Flags *genericclioptions.ConfigFlags
	// Namespace limits the scan; empty means all namespaces.
	Namespace string
	ReadOnly  bool
	// Theme names a theme; empty means by the terminal's background.
	Theme string
	// Settings are the user's configuration.
	Settings scanners.Config
	// Command is run as if typed after ":" once the UI is up.
	Command string
	Checks  []scanners.Check
	// Live follows the cluster after the scan.
	Live bool
	// Mouse takes the wheel and clicks; without it they are the terminal's, which
	// selects text with them.
	Mouse bool
	// Version is kiln's own.
	Version string
}

// framesPerSecond is enough for the eye, and half the work of the default.
const framesPerSecond = 30

// noticeSilence has a dead connection found in 15 seconds instead of 45, which
// client-go takes: so long the screen would say that it's live. What the user
// has set stays.
func noticeSilence() {
	for name, seconds := range map[string]string{"HTTP2_READ_IDLE_TIMEOUT_SECONDS": "10", "HTTP2_PING_TIMEOUT_SECONDS": "5"} {
		if _, set := os.LookupEnv(name); !set {
			_ = os.Setenv(name, seconds)
		}
	}
}

// Run shows the UI until the user quits or ctx ends. Quitting without a
// cluster is an error that says why there was none. A panic comes back as a
// *crash.Panic, after the terminal has been given back.
func Run(ctx context.Context, opts Options) error {
	noticeSilence()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	fall := &fall{stop: cancel}
	fall.takeClients()
	if opts.Flags != nil {
		opts.Flags.WrapConfigFn = withoutTerminal(opts.Flags.WrapConfigFn)
	}
	app, err := newApp(crash.With(ctx, fall.take), opts, time.Now)
	if err != nil {
		return err
	}
	if app.plugin, err = hearPlugin(); err != nil {
		return err
	}
	defer app.plugin.hangUp()
	err = shielded{app, fall}.run(ctx, tea.WithFPS(framesPerSecond))
	if errors.Is(err, tea.ErrInterrupted) {
		return nil
	}
	if err == nil && ctx.Err() == nil && app.connectErr != "" {
		return app.connectFailure // stays readable after the screen is gone
	}
	return err
}
