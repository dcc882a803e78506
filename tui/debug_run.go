package tui

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"

	tea "charm.land/bubbletea/v2"
	"github.com/spf13/pflag"
)

// kilnDoneMsg says how a kiln that had the terminal has ended, and its last
// words.
type kilnDoneMsg struct {
	err  error
	last string
}

// runKiln hands the terminal to another kiln, for a shell in a container. In
// this one, what reads the keys for a container would go on to do so.
func (a *App) runKiln(args ...string) tea.Cmd {
	self, err := os.Executable()
	if err != nil {
		a.flash(failure, "finding kiln's own program: "+err.Error())
		return nil
	}
	words := &lastWords{}
	cmd := exec.CommandContext(a.ctx, self, append(args, a.connectionFlags()...)...)
	cmd.Stderr = io.MultiWriter(a.terminalError(), words)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // it ends its debug container
	cmd.WaitDelay = requestTimeout
	return tea.ExecProcess(cmd, func(err error) tea.Msg { return kilnDoneMsg{err, words.String()} })
}

// terminalError is standard error, from which the screen keeps credential
// plugins away.
func (a *App) terminalError() io.Writer {
	if a.plugin != nil {
		return a.plugin.terminal
	}
	return os.Stderr
}

// connectionFlags lead another kiln to the same cluster, as the same user.
func (a *App) connectionFlags() []string {
	flags := flagsFor(a.opts.Flags, a.contextName, a.elsewhere)
	var args []string
	all := pflag.NewFlagSet("kiln", pflag.ContinueOnError)
	flags.AddFlags(all)
	all.VisitAll(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, value := range values {
			if value != "" && value != "false" && value != "0" && f.Name != "namespace" && f.Name != "cache-dir" {
				args = append(args, "--"+f.Name+"="+value)
			}
		}
	})
	if a.readOnly {
		args = append(args, "--readonly")
	}
	return args
}

func (a *App) onKilnDone(msg kilnDoneMsg) tea.Cmd {
	if msg.err == nil {
		a.flash(info, "the shell has ended")
	} else {
		a.flash(failure, strings.TrimPrefix(cleanOr(msg.last, fmt.Sprint(msg.err)), "kiln: "))
	}
	if v, ok := a.top().(*debugView); ok {
		return v.start() // what it shows has been added, and can't be twice
	}
	return nil
}

// openShell opens a shell in a container itself.
func (a *App) openShell(t target) tea.Cmd {
	pods := logPods(t.ref, a.inventory())
	switch {
	case len(pods) == 0:
		a.flash(info, "no pod of "+t.ref.String()+" is known: there is nothing to look into")
		return nil
	case a.readOnly:
		a.flash(info, "read-only: a shell could change things; "+shownKey(a.keys.ReadOnly)+" allows it")
		return nil
	}
	args := []string{"debug", pods[0], "-n", t.ref.Namespace, "--existing"}
	if t.container != "" {
		args = append(args, "-c", t.container)
	}
	return a.shellHere(t.ref.Namespace, pods[0], t.container, func() tea.Cmd { return a.runKiln(args...) })
}

// lastWords keeps the last line that was written.
type lastWords struct{ line bytes.Buffer }

func (w *lastWords) Write(data []byte) (int, error) {
	for _, b := range data {
		if w.line.Len() > 0 && w.line.Bytes()[w.line.Len()-1] == '\n' {
			w.line.Reset()
		}
		if w.line.Len() < 4096 {
			w.line.WriteByte(b)
		}
	}
	return len(data), nil
}

func (w *lastWords) String() string { return strings.TrimSpace(w.line.String()) }
