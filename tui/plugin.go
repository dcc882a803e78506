package tui

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"
	"k8s.io/client-go/rest"

	"kiln/kube"
)

// plugin hears what the kubeconfig's credential plugin says. It would write
// across the screen, and read the keys that are meant for kiln.
type plugin struct {
	// terminal is what standard error was.
	terminal, pipe *os.File
	lines          chan string
	last           atomic.Value // of string
}

// pluginMsg is a line that the plugin has said.
type pluginMsg struct{ line string }

// hearPlugin takes standard error over, as client-go gives it to plugins, until
// hangUp.
func hearPlugin() (*plugin, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe for credential plugins: %w", err)
	}
	p := &plugin{terminal: os.Stderr, pipe: write, lines: make(chan string, 100)}
	os.Stderr = write
	go func() {
		defer func() { _ = read.Close() }()
		for lines := bufio.NewScanner(read); lines.Scan(); {
			line := strings.TrimSpace(kube.Clean(lines.Text()))
			if line == "" {
				continue
			}
			p.last.Store(line)
			select {
			case p.lines <- line:
			default: // nobody reads so fast
			}
		}
		_, _ = io.Copy(io.Discard, read) // after a line without end: a plugin that can't write dies
	}()
	return p, nil
}

func (p *plugin) hangUp() {
	os.Stderr = p.terminal
	_ = p.pipe.Close()
}

// listen waits for the next line.
func (p *plugin) listen() tea.Msg { return pluginMsg{<-p.lines} }

func (a *App) onPlugin(msg pluginMsg) tea.Cmd {
	if a.connectFailure != nil { // its last words may come after its end
		a.connectFailure = a.plugin.withWords(a.connectFailure)
		a.connectErr = kube.Explain(a.connectFailure)
	}
	a.flash(warning, "the credential plugin says: "+msg.line)
	return a.plugin.listen
}

// withWords adds to a failure of the plugin what it has said itself.
func (p *plugin) withWords(err error) error {
	const said = "; it said: "
	if p == nil || !kube.PluginFailed(err) || strings.Contains(err.Error(), said) {
		return err
	}
	if last, ok := p.last.Load().(string); ok {
		return fmt.Errorf("%w%s%s", err, said, last)
	}
	return err
}

// withoutTerminal has plugins do without asking the user.
func withoutTerminal(wrap func(*rest.Config) *rest.Config) func(*rest.Config) *rest.Config {
	return func(config *rest.Config) *rest.Config {
		if config.ExecProvider != nil {
			config.ExecProvider.StdinUnavailable = true
			config.ExecProvider.StdinUnavailableMessage = "kiln's screen has the terminal; log in first, as kubectl version does, then ctrl-r"
		}
		if wrap != nil {
			config = wrap(config)
		}
		return config
	}
}
