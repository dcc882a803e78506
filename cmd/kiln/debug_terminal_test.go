package main

import (
	"context"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
)

// runningSessions are kiln's debug containers that run in the namespace.
func runningSessions(t *testing.T, ns string) string {
	t.Helper()
	return kiln(t, "", "debug", "--list", "-n", ns).out
}

func waitForNoSession(t *testing.T, ns string) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 200*time.Millisecond, patience, true, func(context.Context) (bool, error) {
		return runningSessions(t, ns) == "", nil
	})
	if err != nil {
		t.Errorf("a debug container runs on:\n%s", runningSessions(t, ns))
	}
}

// A pod without a shell, in a namespace that enforces the restricted level, is
// looked into by keys: a real shell, and the screen is back afterwards.
func TestShellFromTheTerminalUI(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "terminal")
	enforce(t, testbed, ns, "restricted")
	runPod(t, testbed, ns, harden(helloPod()))

	term := inTerminal(t, "-n", ns, "-c", "workloads")
	term.waitFor("Pod/hello")
	term.keys("D")
	term.waitFor("enforces Pod Security restricted")
	time.Sleep(time.Second) // keys in flight don't count
	term.keys("Enter")
	term.waitFor("enter adds it and opens a shell")
	time.Sleep(time.Second)
	term.keys("Enter")
	term.waitFor("exit or ctrl-d leaves it")
	term.waitFor("/ $")
	time.Sleep(time.Second) // the shell asks the terminal where its cursor is
	term.keys("echo user $(id -u); ps; stty size", "Enter")
	screen := term.waitFor("40 120")
	if !strings.Contains(screen, "user 1000") || !strings.Contains(screen, "/hello") {
		t.Errorf("the shell isn't the target's user's, or doesn't see its processes:\n%s", screen)
	}
	term.keys("C-c")
	term.keys("echo still $((6*7))", "Enter")
	term.waitFor("still 42")
	term.keys("C-d")
	term.waitFor("the shell has ended")
	waitForNoSession(t, ns)
	term.keys("Escape")
	term.keys("Escape")
	time.Sleep(500 * time.Millisecond)
	term.keys("q")
}

// Whoever closes the terminal leaves nothing running: neither on the command
// line nor in the terminal UI.
func TestTerminalClosedWhileAttached(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "closed")
	runPod(t, testbed, ns, helloPod())

	line := inTerminal(t, "debug", "hello", "-n", ns, "--yes")
	line.waitFor("exit or ctrl-d leaves it")
	if runningSessions(t, ns) == "" {
		t.Fatal("there is no session to be left behind")
	}
	line.tmux("kill-server")
	waitForNoSession(t, ns)

	ui := inTerminal(t, "-n", ns, "-c", "workloads")
	ui.waitFor("Pod/hello")
	ui.keys("D")
	ui.waitFor("Profile")
	time.Sleep(time.Second)
	ui.keys("Enter")
	ui.waitFor("enter adds it and opens a shell")
	time.Sleep(time.Second)
	ui.keys("Enter")
	ui.waitFor("exit or ctrl-d leaves it")
	ui.tmux("kill-server")
	waitForNoSession(t, ns)
}

// A pod that goes while somebody is inside ends the shell with a word, and
// gives the terminal back.
func TestPodDeletedWhileAttached(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "gone")
	runPod(t, testbed, ns, helloPod())
	term := inTerminal(t, "-n", ns, "-c", "workloads")
	term.waitFor("Pod/hello")
	term.keys("D")
	term.waitFor("Profile")
	time.Sleep(time.Second)
	term.keys("Enter")
	term.waitFor("enter adds it and opens a shell")
	time.Sleep(time.Second)
	term.keys("Enter")
	term.waitFor("exit or ctrl-d leaves it")
	if err := testbed.Client().CoreV1().Pods(ns).Delete(t.Context(), "hello", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	term.waitFor("workloads ›") // the screen is back
	term.waitFor("hello")
}

// On a terminal, what stands for several pods asks which one.
func TestTheTerminalAsksWhichPod(t *testing.T) {
	_, ns := useScenes(t)
	term := inTerminal(t, "debug", "svc/web", "-n", ns)
	term.tmux("set-option", "remain-on-exit", "on")
	term.waitFor("svc/web has 2 pods:")
	term.waitFor("Which one? [1]")
	term.keys("2", "Enter")
	term.waitFor("its node runs Windows")
}
