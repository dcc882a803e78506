package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// pseudoTerminal opens a terminal, and what its keyboard is.
func pseudoTerminal(t *testing.T) (keyboard, terminal *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("there are no terminals here:", err)
	}
	t.Cleanup(func() { keyboard.Close() })
	if err := unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close() })
	return keyboard, terminal
}

func TestOnlyYesIsYes(t *testing.T) {
	tests := []struct {
		name, typed string
		want        error
	}{
		{"a letter", "y\n", nil},
		{"a word, loud", " YES \n", nil},
		{"no", "n\n", errNotConfirmed},
		{"nothing", "\n", errNotConfirmed},
		{"something else", "yesterday\n", errNotConfirmed},
		{"the end", "\x04", errNotConfirmed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			keyboard, terminal := pseudoTerminal(t)
			if _, err := keyboard.WriteString(tt.typed); err != nil {
				t.Fatal(err)
			}
			a := &app{streams: streams{in: terminal, out: io.Discard, err: io.Discard}}
			if err := a.ask(context.Background(), "Apply 1 fix(es)?"); !errors.Is(err, tt.want) {
				t.Errorf("the answer %q: %v, want %v", tt.typed, err, tt.want)
			}
		})
	}
}
