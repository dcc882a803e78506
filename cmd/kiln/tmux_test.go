package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"k8s.io/apimachinery/pkg/util/wait"
)

// asKiln, set in the environment, has the test program be kiln.
const asKiln = "KILN_TEST_AS_KILN"

// terminal is a program in a terminal of its own.
type terminal struct {
	t      *testing.T
	socket string
}

// inTerminal starts kiln with the arguments. Where there is no tmux to make
// terminals, the test is skipped.
func inTerminal(t *testing.T, args ...string) *terminal {
	t.Helper()
	return openTerminal(t, 120, 40, append([]string{testProgram(t)}, args...)...)
}

// inShell starts kiln with the arguments from a shell, which then tells its
// exit code: "left with 0".
func inShell(t *testing.T, args ...string) *terminal {
	t.Helper()
	term := openTerminal(t, 80, 24, "env", "PS1=$ ", "sh")
	term.waitFor("$")
	term.keys(strings.Join(append([]string{testProgram(t)}, args...), " ")+`; echo "left with $?"`, "Enter")
	return term
}

// testProgram is the program that is running, which asKiln turns into kiln.
func testProgram(t *testing.T) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

func openTerminal(t *testing.T, width, height int, command ...string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("no terminal can be made without tmux")
	}
	dir, err := os.MkdirTemp("", "tmux-") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, socket: filepath.Join(dir, "s")}
	session := append([]string{"new-session", "-d"}, size(width, height)...)
	session = append(session, "-e", asKiln+"=1")
	for _, name := range []string{"KUBECONFIG", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HOME", asPanicking} {
		session = append(session, "-e", name+"="+os.Getenv(name))
	}
	t.Cleanup(func() {
		_ = exec.Command("tmux", "-S", term.socket, "kill-server").Run() // it may be gone
		_ = os.RemoveAll(dir)
	})
	term.tmux(slices.Concat(session, command)...)
	return term
}

func (term *terminal) tmux(args ...string) string {
	term.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", term.socket}, args...)...).CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

// keys presses keys by tmux' names.
func (term *terminal) keys(names ...string) {
	term.t.Helper()
	term.tmux(append([]string{"send-keys"}, names...)...)
}

// paste pastes a text as it is, in brackets if the program has asked for them.
func (term *terminal) paste(text string) {
	term.t.Helper()
	term.tmux("set-buffer", text)
	term.tmux("paste-buffer", "-p", "-r")
}

func (term *terminal) resize(width, height int) {
	term.t.Helper()
	term.tmux(append([]string{"resize-window"}, size(width, height)...)...)
}

func (term *terminal) screen() string {
	term.t.Helper()
	return term.tmux("capture-pane", "-p")
}

// waitFor waits for a text on the screen.
func (term *terminal) waitFor(text string) string {
	term.t.Helper()
	return term.waitUntil("shows "+text, func(screen string) bool { return strings.Contains(screen, text) })
}

// patience is for machines that do much else.
const patience = time.Minute

// waitUntil waits for the screen to be as told.
func (term *terminal) waitUntil(what string, is func(screen string) bool) string {
	term.t.Helper()
	var screen string
	err := wait.PollUntilContextTimeout(term.t.Context(), 100*time.Millisecond, patience, true, func(context.Context) (bool, error) {
		screen = term.screen()
		return is(screen), nil
	})
	if err != nil {
		term.t.Fatalf("never was so: the screen %s. It is:\n%s", what, screen)
	}
	return screen
}

// hasSaneShell fails the test unless the shell is in front as it was before
// kiln: it echoes, and the cursor is there.
func (term *terminal) hasSaneShell() {
	term.t.Helper()
	term.keys("echo $((6*7))", "Enter")
	term.waitUntil("echoes and answers", func(screen string) bool {
		return strings.Contains(screen, "echo $((6*7))") && strings.Contains(screen, "\n42\n")
	})
	modes := term.tmux("display-message", "-p", "alternate #{alternate_on} cursor #{cursor_flag} mouse #{mouse_any_flag} keypad #{keypad_flag}")
	if want := "alternate 0 cursor 1 mouse 0 keypad 0\n"; modes != want {
		term.t.Errorf("the terminal is left with %s, want %s", modes, want)
	}
}

// widest is the width of the screen's longest line, in cells.
func widest(screen string) int {
	width := 0
	for line := range strings.Lines(screen) {
		width = max(width, ansi.StringWidth(strings.TrimRight(line, "\n")))
	}
	return width
}

func size(width, height int) []string {
	return []string{"-x", strconv.Itoa(width), "-y", strconv.Itoa(height)}
}
