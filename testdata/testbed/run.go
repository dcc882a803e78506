package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// runOptions say what "run" runs, and in what kind of cluster.
type runOptions struct {
	cluster options
	upFlags []string // those of the cluster's that were given, for "up"
	load    []string
	command []string
}

func parseRunOptions(args []string) (runOptions, error) {
	var o runOptions
	flags := flag.NewFlagSet("testbed run", flag.ContinueOnError)
	flags.Func("load", "a `folder` of manifests to load first; may be given more than once", func(path string) error {
		o.load = append(o.load, path)
		_, err := os.Stat(path)
		return err
	})
	o.cluster.addClusterFlags(flags)
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	flags.Visit(func(f *flag.Flag) {
		if f.Name != "load" {
			o.upFlags = append(o.upFlags, "--"+f.Name+"="+f.Value.String())
		}
	})
	if o.command = flags.Args(); len(o.command) == 0 {
		return o, errors.New("run needs a command, after --")
	}
	return o, nil
}

// runCommand starts a cluster in a temporary folder, loads it, and hands the
// terminal over to the command. When the command ends, the cluster and its
// folder go, and its exit code is returned.
func runCommand(o runOptions) (code int, err error) {
	program, err := exec.LookPath(o.command[0])
	if err != nil {
		return 127, fmt.Errorf("finding the command: %w", err)
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)

	dir, err := os.MkdirTemp("", "kiln-demo-")
	if err != nil {
		return 0, fmt.Errorf("making a folder for the cluster: %w", err)
	}
	defer os.RemoveAll(dir) // the cluster has done it already, if it ended well
	cluster, err := startGuarded(dir, o.upFlags)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, cluster.stop()) }()
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil) // before the cluster stops, for those who still talk to it

	prepared := make(chan error, 1)
	go func() { prepared <- cluster.prepare(ctx, o) }()
	select {
	case err = <-prepared:
	case s := <-signals:
		stopped := stopSignal{s.(syscall.Signal)}
		cancel(stopped)
		<-prepared
		return stopped.exitCode(), nil
	}
	if err != nil {
		return 0, err
	}
	cluster.stderr.hold()
	return cluster.handOver(program, o.command, signals)
}

// stopSignal is a signal that ended the command, or "run" before the command
// had begun.
type stopSignal struct{ syscall.Signal }

func (s stopSignal) Error() string { return "stopped by a signal: " + s.String() }

// exitCode is the one that shells give to a program that a signal ended.
func (s stopSignal) exitCode() int { return 128 + int(s.Signal) }
