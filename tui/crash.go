package tui

import (
	"context"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"kiln/kube/crash"
)

// shielded is the App with a net under all that it runs. The first panic ends
// the program in its usual way, which gives the terminal back.
type shielded struct {
	app  *App
	fall *fall
}

// fall is the first panic, if there was one.
type fall struct {
	first atomic.Pointer[crash.Panic]
	stop  context.CancelFunc
}

func (f *fall) take(p *crash.Panic) {
	f.first.CompareAndSwap(nil, p)
	f.stop()
}

// takeClients has client-go's own goroutines, which catch panics only to raise
// them again, hand them over and wait for the end.
func (f *fall) takeClients() {
	utilruntime.PanicHandlers = append(utilruntime.PanicHandlers, func(_ context.Context, value any) {
		f.take(crash.New(value))
		select {}
	})
}

// run shows the App until the user quits or ctx ends, as it does with the first
// panic, which comes back as the error.
func (s shielded) run(ctx context.Context, options ...tea.ProgramOption) error {
	// A signal ends ctx. The program would hang if it also got it by itself.
	program := tea.NewProgram(s, append(options, tea.WithoutSignalHandler())...)
	// A program that is killed doesn't wait for its reader of keys.
	defer context.AfterFunc(ctx, program.Quit)()
	defer obeyJobControl(program)()
	_, err := program.Run()
	if p := s.fall.first.Load(); p != nil {
		return p
	}
	return err
}

// catch is deferred where the program runs the App's code.
func (s shielded) catch() {
	if value := recover(); value != nil {
		s.fall.take(crash.New(value))
	}
}

// Init begins the App.
func (s shielded) Init() tea.Cmd {
	defer s.catch()
	return s.shield(s.app.Init())
}

// Update hands a message to the App.
func (s shielded) Update(msg tea.Msg) (model tea.Model, cmd tea.Cmd) {
	model = s
	defer s.catch()
	_, cmd = s.app.Update(msg)
	return s, s.shield(cmd)
}

// View draws the App.
func (s shielded) View() tea.View {
	defer s.catch()
	return s.app.View()
}

// shield puts the net under a command and those that it brings.
func (s shielded) shield(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		defer s.catch()
		msg := cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			net := make(tea.BatchMsg, len(batch))
			for i, c := range batch {
				net[i] = s.shield(c)
			}
			return net
		}
		return msg
	}
}
