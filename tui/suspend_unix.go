//go:build unix

package tui

import (
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
)

// obeyJobControl has SIGTSTP give the terminal to the shell before kiln stops,
// and kiln take it again, with raw mode and the whole screen, when it goes on,
// whatever has stopped it. end stops listening.
func obeyJobControl(program *tea.Program) (end func()) {
	signals, done := make(chan os.Signal, 2), make(chan struct{})
	signal.Notify(signals, syscall.SIGTSTP, syscall.SIGCONT)
	go func() {
		for {
			select {
			case s := <-signals:
				away := hiatus{begun: make(chan struct{}), over: make(chan struct{})}
				program.Send(tea.Exec(away, func(error) tea.Msg { return tea.ClearScreen() })())
				select {
				case <-away.begun:
				case <-done:
					return
				}
				if s == syscall.SIGTSTP {
					stop(signals)
				}
				close(away.over)
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}

// stop stops kiln and what was started with it, as ctrl-z does, until it is
// brought back. Go can't let SIGTSTP do it once it has been listened to.
func stop(signals <-chan os.Signal) {
	if err := syscall.Kill(0, syscall.SIGSTOP); err != nil {
		return
	}
	for s := range signals {
		if s == syscall.SIGCONT {
			return
		}
	}
}

// hiatus is the command that has the terminal while kiln doesn't. It neither
// reads nor writes.
type hiatus struct{ begun, over chan struct{} }

// afterRelease is time for Bubble Tea to come to rest. Its renderer is told to
// stop, and stops the ticker that it shares with the next one a little later: if
// the next had begun by then, the screen would never be drawn again.
const afterRelease = 300 * time.Millisecond

// Run lasts until the hiatus is over.
func (h hiatus) Run() error {
	close(h.begun)
	<-h.over
	time.Sleep(afterRelease)
	return nil
}

// SetStdin does nothing.
func (hiatus) SetStdin(io.Reader) {}

// SetStdout does nothing.
func (hiatus) SetStdout(io.Writer) {}

// SetStderr does nothing.
func (hiatus) SetStderr(io.Writer) {}
