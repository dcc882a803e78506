package tui

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"kiln/kube/crash"
)

// bomb is a view that breaks where it's told.
type bomb struct {
	app *App
	at  string
}

func (b *bomb) title() string        { return "bomb" }
func (b *bomb) hints() []key.Binding { return nil }
func (b *bomb) help() []keyGroup     { return nil }

func (b *bomb) render(int, int) []string {
	if b.at == "view" {
		panic("broken in view")
	}
	return nil
}

func (b *bomb) update(tea.Msg) tea.Cmd {
	breaks := func() tea.Msg { panic("broken in " + b.at) }
	switch b.at {
	case "update":
		panic("broken in update")
	case "command":
		return breaks
	case "batch":
		return tea.Batch(func() tea.Msg { return nil }, tea.Batch(func() tea.Msg { return nil }, breaks))
	case "task":
		return b.app.start(b, "working", func(context.Context) tea.Msg { return breaks() })
	case "goroutine":
		return b.app.start(b, "working", func(ctx context.Context) tea.Msg {
			go func() {
				defer crash.Catch(ctx)
				breaks()
			}()
			<-ctx.Done()
			return nil
		})
	}
	return nil
}

// However the UI breaks, its program ends in the usual way and tells the first
// panic.
func TestAPanicEndsTheProgramAndIsTold(t *testing.T) {
	for _, at := range []string{"view", "update", "command", "batch", "task", "goroutine"} {
		t.Run(at, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			fall := &fall{stop: cancel}
			app, _ := newTestApp(t, "staging", 80, 24)
			t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "none"))
			app.opts.Flags = genericclioptions.NewConfigFlags(true)
			app.ctx = crash.With(ctx, fall.take)
			app.views = []view{&bomb{app: app, at: at}}
			keys, press := io.Pipe()
			defer press.Close()
			// The arrow down goes to the view.
			go func() { _, _ = press.Write([]byte("\x1b[B")) }()
			err := shielded{app, fall}.run(ctx, tea.WithInput(keys), tea.WithOutput(io.Discard), tea.WithWindowSize(80, 24))
			var p *crash.Panic
			if !errors.As(err, &p) || !strings.HasPrefix(p.Error(), "broken in "+at+" (crash_test.go:") {
				t.Errorf("it tells of %v", err)
			}
		})
	}
}
