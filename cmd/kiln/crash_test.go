package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"

	"kiln/kube"
	"kiln/kube/crash"
	"kiln/scanners"
	"kiln/tui"
)

// asPanicking, set in the environment, has the test program be a terminal UI
// that panics at its first request whose address holds the value. At "check",
// one of its checks does.
const asPanicking = "KILN_TEST_AS_PANICKING"

// panicking is a transport that breaks.
type panicking struct {
	at   string
	next http.RoundTripper
}

func (p panicking) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.Contains(r.URL.String(), p.at) {
		time.Sleep(time.Second) // the screen is up by then
		panic("broken at " + p.at + " with https://me:hunter2hunter2@registry")
	}
	return p.next.RoundTrip(r)
}

func panicInTerminal() {
	at := os.Getenv(asPanicking)
	flags := genericclioptions.NewConfigFlags(true).WithWrapConfigFn(func(config *rest.Config) *rest.Config {
		config.Wrap(func(next http.RoundTripper) http.RoundTripper { return panicking{at, next} })
		return config
	})
	check := func(id string, find func(*kube.Inventory) scanners.Result) scanners.Check {
		return scanners.Check{ID: id, Layer: scanners.Pod, Severity: scanners.High, Title: id, Needs: []kube.Resource{kube.Namespaces}, Find: find}
	}
	err := tui.Run(context.Background(), tui.Options{
		Flags: flags, Theme: "dark", Live: true, Command: "checks",
		Checks: []scanners.Check{
			check("pod/breaks", func(*kube.Inventory) scanners.Result { panic("the check is broken") }),
			check("pod/sound", func(inv *kube.Inventory) scanners.Result {
				return scanners.Found([]scanners.Hit{{Object: inv.Namespaces[0], Message: "found"}})
			}),
		},
	})
	io := streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	os.Exit(conclude(context.Background(), io, err))
}

// Wherever kiln breaks, the user gets the terminal back, and a report for
// those who mend it.
func TestPanicGivesTheTerminalBack(t *testing.T) {
	for name, at := range map[string]string{"connecting": "/version", "in a scan": "/pods?limit", "in a watch": "watch=true"} {
		t.Run(name, func(t *testing.T) {
			useTestbed(t)
			t.Setenv(asPanicking, at)
			term := inShell(t)
			term.waitFor("left with 1")
			history := strings.ReplaceAll(term.tmux("capture-pane", "-p", "-J", "-S", "-"), "\n", " ")
			for _, want := range []string{"kiln: crashed, which is a bug in kiln: broken at " + at, "(crash_test.go:", "kiln dev wrote a report", "kiln journal lists all changes"} {
				if !strings.Contains(history, want) {
					t.Errorf("the last words lack %q:\n%s", want, history)
				}
			}
			if strings.Contains(history, "goroutine") || strings.Contains(history, "hunter2") {
				t.Errorf("the last words are too many:\n%s", history)
			}
			term.hasSaneShell()
			reports, _ := filepath.Glob(filepath.Join(os.Getenv("XDG_STATE_HOME"), "kiln", "crashes", "crash-*.txt"))
			if len(reports) != 1 {
				t.Fatalf("the reports are %v", reports)
			}
			report, err := os.ReadFile(reports[0])
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(reports[0]); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
			}
			if !strings.Contains(string(report), "panicking.RoundTrip") || strings.Contains(string(report), "hunter2") {
				t.Errorf("the report is:\n%s", report)
			}
		})
	}
}

// A broken check is unknown, and the UI and the other checks go on.
func TestPanicOfACheckIsShown(t *testing.T) {
	useTestbed(t)
	t.Setenv(asPanicking, "check")
	term := inShell(t)
	screen := term.waitUntil("has both checks' results", func(screen string) bool {
		return strings.Contains(screen, "pod/sound") && strings.Contains(screen, "unknown") && strings.Contains(screen, "fail")
	})
	if !strings.Contains(screen, "pod/breaks") {
		t.Errorf("the broken check is gone:\n%s", screen)
	}
	term.keys("q")
	term.waitFor("left with 0")
}

// Where no report can be written, the stack isn't lost.
func TestCrashWithoutAReport(t *testing.T) {
	isolate(t)
	t.Setenv("XDG_STATE_HOME", write(t, "file", "no folder"))
	var out strings.Builder
	p := &crash.Panic{Value: "broken\x1b[2J", Place: "here.go:1", Stack: []byte("goroutine 1\n")}
	if code := tellCrash(&out, p); code != exitError {
		t.Errorf("exit %d", code)
	}
	text := out.String()
	for _, want := range []string{"broken (here.go:1)", "could not write a report", "not a directory", "goroutine 1\n"} {
		if !strings.Contains(text, want) || strings.Contains(text, "\x1b") {
			t.Errorf("the words lack %q, or hold control sequences: %q", want, text)
		}
	}
}
