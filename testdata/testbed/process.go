package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// processes are the running components of a cluster.
type processes struct {
	self    string // this program
	logs    string // the folder for their logs
	exits   chan error
	started []*exec.Cmd
	waiting sync.WaitGroup
}

func newProcesses(logs string) (*processes, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program, to run the components: %w", err)
	}
	if err := os.MkdirAll(logs, 0o700); err != nil {
		return nil, fmt.Errorf("creating the folder for logs: %w", err)
	}
	return &processes{self: self, logs: logs, exits: make(chan error, len(components))}, nil
}

// start runs a component. Only the main goroutine may call it: the kernel kills
// the component as soon as the thread that started it ends, by whatever cause.
func (p *processes) start(component string, flags []string) error {
	path := filepath.Join(p.logs, component+".log")
	log, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("starting %s: %w", component, err)
	}
	defer log.Close() // the component has its own descriptor
	cmd := exec.Command(p.self, append([]string{component}, flags...)...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Pdeathsig: syscall.SIGKILL,
		Setpgid:   true, // a Ctrl-C is for this process alone to act on
	}
	if component == "node" {
		nodeAttributes(cmd.SysProcAttr)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", component, err)
	}
	p.started = append(p.started, cmd)
	p.waiting.Go(func() {
		_ = cmd.Wait() // what it says is in ProcessState too
		p.exits <- fmt.Errorf("%s ended by itself (%s); its log %s ends with:\n%s", component, cmd.ProcessState, path, tail(path))
	})
	return nil
}

// until polls the probe till it succeeds. It fails when ctx ends first or any
// component does.
func (p *processes) until(ctx context.Context, what string, probe func(context.Context) error) error {
	for {
		err := probe(ctx)
		if err == nil {
			return nil
		}
		select {
		case exit := <-p.exits:
			return exit
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w (last answer: %w; logs are in %s)", what, context.Cause(ctx), err, p.logs)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// kill ends all components and returns once they are gone. It doesn't ask them
// to stop in good order: no state of theirs is used again.
func (p *processes) kill() {
	for _, cmd := range p.started {
		_ = cmd.Process.Kill() // fails only if it has ended
	}
	p.waiting.Wait()
}

// tail is the last few lines of a log, indented.
func tail(path string) string {
	const lines = 15
	data, err := os.ReadFile(path)
	if err != nil {
		return "  " + err.Error()
	}
	all := strings.Split(string(bytes.TrimSpace(data)), "\n")
	return "  " + strings.Join(all[max(0, len(all)-lines):], "\n  ")
}
