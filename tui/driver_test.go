package tui

import (
	"reflect"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// driver runs an App as Bubble Tea does, but for the terminal: commands run
// side by side, their messages come back one by one. It counts the commands
// that are under way, so that a test waits for exactly their end.
type driver struct {
	t        *testing.T
	app      *App
	clock    *clock
	messages chan tea.Msg
	busy     int
	// keepsMarks leaves rows that changed marked: on a slow machine their time
	// may be over before the test looks.
	keepsMarks bool
}

func newDriver(t *testing.T, a *App) *driver {
	return &driver{t: t, app: a, messages: make(chan tea.Msg)}
}

// run starts a command.
func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	d.busy++
	go func() { d.messages <- cmd() }()
}

// step handles the next message that comes back.
func (d *driver) step(deadline <-chan time.Time) {
	d.t.Helper()
	select {
	case msg := <-d.messages:
		d.busy--
		d.handle(msg)
	case <-time.After(time.Millisecond): // one may have begun to wait
	case <-deadline:
		d.t.Fatalf("%d commands are still under way: %s\n%s", d.busy, d.app.doing(), screenText(d.app))
	}
}

func (d *driver) handle(msg tea.Msg) {
	if done, ok := msg.(taskDoneMsg); ok && d.keepsMarks {
		if _, over := done.result.(marksOverMsg); over {
			done.result = nil
			msg = done
		}
	}
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.run(cmd)
		}
	default:
		if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
			d.t.Fatalf("a sequence of commands isn't expected: %T", msg)
		}
		_, cmd := d.app.Update(msg)
		d.run(cmd)
	}
	d.app.View()
}

// idle waits until nothing is under way any more but what waits for the world.
func (d *driver) idle() {
	d.t.Helper()
	deadline := time.After(time.Minute)
	for d.busy > d.app.awaiting() {
		d.step(deadline)
	}
}

// until handles what the world sends until something holds.
func (d *driver) until(what string, holds func() bool) {
	d.t.Helper()
	deadline := time.After(time.Minute)
	for !holds() {
		select {
		case msg := <-d.messages:
			d.busy--
			d.handle(msg)
		case <-deadline:
			d.t.Fatalf("waited in vain until %s:\n%s", what, screenText(d.app))
		}
	}
	d.idle()
}

// keys presses keys one by one, each after the effects of the one before, and
// slowly enough for dialogs to listen.
func (d *driver) keys(names ...string) {
	d.t.Helper()
	for _, name := range names {
		d.press(keyOf(name))
	}
}

// write types letters.
func (d *driver) write(text string) {
	d.t.Helper()
	for _, r := range text {
		d.press(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func (d *driver) press(msg tea.KeyPressMsg) {
	d.t.Helper()
	d.clock.now = d.clock.now.Add(time.Second)
	_, cmd := d.app.Update(msg)
	d.run(cmd)
	d.idle()
}

func (d *driver) command(text string) {
	d.t.Helper()
	d.keys(":")
	d.write(text)
	d.keys("enter")
}

// settle runs a command and all that follows, in order, without waiting for
// the clock: the spinner is left standing.
func settle(a *App, cmd tea.Cmd) {
	if cmd == nil || reflect.ValueOf(cmd).Pointer() == reflect.ValueOf(a.spinner.Tick).Pointer() {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			settle(a, c)
		}
	default:
		_, next := a.Update(msg)
		settle(a, next)
	}
}
