package main

import (
	"strings"
	"testing"
)

// inJobs opens kiln in a shell with job control, as people have it, but without
// a history, which it would write while the test's folders are removed.
func inJobs(t *testing.T, args ...string) *terminal {
	t.Helper()
	term := openTerminal(t, 80, 24, "env", "PS1=$ ", "HISTFILE=", "bash", "--norc", "--noprofile")
	term.waitFor("$")
	term.keys(strings.Join(append([]string{testProgram(t)}, args...), " "), "Enter")
	return term
}

// A stop signal gives a sane shell, and fg brings back the whole screen and
// its keys. So it is after SIGSTOP, which no program can see coming.
func TestStoppedAndBroughtBack(t *testing.T) {
	for _, name := range []string{"TSTP", "STOP"} {
		t.Run(name, func(t *testing.T) {
			testbed := useTestbed(t)
			ns := testbed.Namespace(t, "stopped")
			testbed.Apply(t, strings.ReplaceAll(privileged, "namespace: shop", ""), ns)
			term := inJobs(t, "-n", ns, "--no-live")
			findings := term.scanned()
			for range 2 {
				term.signal(name)
				term.waitFor("Stopped")
				if name == "TSTP" { // nobody gives the screen back before SIGSTOP
					term.hasSaneShell()
				}
				term.keys("fg", "Enter")
				term.waitUntil("is drawn whole again", func(screen string) bool {
					return isWhole(screen, 80, 24) && listOf(screen) == findings
				})
			}
			term.keys("?") // raw again: no Enter is needed
			term.waitFor("shell in the container")
			term.keys("q")
			term.waitUntil("is drawn whole again", func(screen string) bool { return listOf(screen) == findings })
			term.keys("q")
			// Until the screen has gone, kiln reads the keys.
			term.waitUntil("is the shell's", func(screen string) bool { return !strings.Contains(screen, "? help") })
			term.keys(`echo "left with $?"`, "Enter")
			term.waitFor("left with 0")
			term.hasSaneShell()
		})
	}
}
