package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"kiln/kube/kubetest"
)

// inShop opens kiln's findings on a namespace with a privileged Deployment.
func inShop(t *testing.T, args ...string) (testbed *kubetest.Testbed, ns string, term *terminal) {
	t.Helper()
	testbed = useTestbed(t)
	ns = testbed.Namespace(t, "smoke")
	testbed.Apply(t, strings.ReplaceAll(privileged, "namespace: shop", ""), ns)
	term = inShell(t, append(args, "-n", ns)...)
	term.waitFor("pod/privileged")
	return testbed, ns, term
}

// scanned waits for the end of the scan and returns the list of findings, which
// stays as it is where kiln runs with --no-live.
func (term *terminal) scanned() string {
	term.t.Helper()
	return listOf(term.waitUntil("is whole", func(screen string) bool {
		return isWhole(screen, 80, 24) && strings.Contains(strings.Split(screen, "\n")[1], " unknown") && strings.Contains(screen, "pod/privileged")
	}))
}

// isWhole says that a screen of this size is drawn from its header to its
// footer.
func isWhole(screen string, width, height int) bool {
	lines := strings.Split(strings.TrimRight(screen, "\n"), "\n")
	return len(lines) == height && strings.HasPrefix(lines[0], " kiln ") && strings.Contains(lines[height-1], "? help") &&
		strings.Count(screen, " kiln  ") == 1 && widest(screen) <= width
}

// listOf is the screen's list of findings, without the header above it and the
// message and the keys below it.
func listOf(screen string) string {
	lines := strings.Split(screen, "\n")
	return strings.Join(lines[min(3, len(lines)):max(3, len(lines)-3)], "\n")
}

// generation of the Deployment counts the writes to its spec.
func generation(t *testing.T, testbed *kubetest.Testbed, ns string) int64 {
	t.Helper()
	d, err := testbed.Client().AppsV1().Deployments(ns).Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Generation
}

// preview opens the fix of the Deployment's privileged container.
func (term *terminal) preview() {
	term.t.Helper()
	term.keys("/")
	term.keys("pod/privileged")
	term.keys("Enter")
	term.waitFor("▌") // the finding has the cursor
	term.keys("f")
	term.waitFor("Apply")
}

func TestResizedAndLeft(t *testing.T) {
	_, _, term := inShop(t, "--no-live")
	before := term.scanned()
	for _, size := range []struct{ width, height int }{{40, 12}, {300, 100}, {80, 24}} {
		term.resize(size.width, size.height)
		term.waitUntil(fmt.Sprintf("is drawn for %d×%d", size.width, size.height), func(screen string) bool {
			return isWhole(screen, size.width, size.height) && strings.Contains(screen, "privileged")
		})
	}
	term.waitUntil("is what it was before", func(screen string) bool { return listOf(screen) == before })
	term.keys("q")
	term.waitFor("left with 0")
	term.hasSaneShell()
}

// between is a server between kiln and the testbed, which decides what becomes
// of each request.
func between(t *testing.T, testbed *kubetest.Testbed, decide func(w http.ResponseWriter, r *http.Request, forward http.Handler)) (server string) {
	t.Helper()
	config := testbed.Config()
	transport, err := rest.TransportFor(config)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, Transport: transport, FlushInterval: -1}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { decide(w, r, proxy) }))
	t.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
	})
	return front.URL
}

func TestLeftInTheMiddleOfAScan(t *testing.T) {
	testbed := useTestbed(t)
	listing := make(chan struct{}, 1)
	server := between(t, testbed, func(w http.ResponseWriter, r *http.Request, forward http.Handler) {
		if strings.HasSuffix(r.URL.Path, "/pods") {
			select {
			case listing <- struct{}{}:
			default:
			}
			<-r.Context().Done()
			return
		}
		forward.ServeHTTP(w, r)
	})
	term := inShell(t, "--server", server)
	select {
	case <-listing:
	case <-time.After(patience):
		t.Fatalf("no scan began:\n%s", term.screen())
	}
	term.waitFor("? help")
	term.keys("C-c")
	term.waitFor("left with 0")
	term.hasSaneShell()
}

// signal sends kiln a signal, as kill does.
func (term *terminal) signal(name string) {
	term.t.Helper()
	shell := strings.TrimSpace(term.tmux("display-message", "-p", "#{pane_pid}"))
	child, err := exec.Command("pgrep", "-P", shell).Output()
	if err != nil {
		term.t.Fatalf("kiln isn't the shell's child: %v\n%s", err, term.screen())
	}
	if _, err := strconv.Atoi(strings.TrimSpace(string(child))); err != nil {
		term.t.Fatalf("the shell has other children: %q", child)
	}
	if out, err := exec.Command("kill", "-"+name, strings.TrimSpace(string(child))).CombinedOutput(); err != nil {
		term.t.Fatalf("kill: %v: %s", err, out)
	}
}

func TestKilledWhileAPreviewIsOpen(t *testing.T) {
	testbed, ns, term := inShop(t)
	before := generation(t, testbed, ns)
	term.preview()
	term.signal("KILL")
	term.waitFor("left with 137")
	if got := generation(t, testbed, ns); got != before {
		t.Errorf("the Deployment's generation is %d, was %d", got, before)
	}
	if got := kiln(t, "", "journal"); got.code != exitDone || strings.Contains(got.out+got.err, "web") || strings.Contains(got.err, "interrupted") {
		t.Errorf("the journal knows of something: %+v", got)
	}
	again := inShell(t, "-n", ns)
	if screen := again.waitFor("pod/privileged"); strings.Contains(screen, "interrupted") {
		t.Errorf("the next start tells of an interrupted fix:\n%s", screen)
	}
}

func TestTerminatedWhileAPreviewIsOpen(t *testing.T) {
	for _, name := range []string{"TERM", "HUP"} {
		t.Run(name, func(t *testing.T) {
			testbed, ns, term := inShop(t)
			before := generation(t, testbed, ns)
			term.preview()
			term.signal(name)
			term.waitFor("left with 0")
			term.hasSaneShell()
			if got := generation(t, testbed, ns); got != before {
				t.Errorf("the Deployment's generation is %d, was %d", got, before)
			}
		})
	}
}

// What is pasted is text, whatever it has in it: it neither applies nor runs
// nor leaves anything.
func TestPasteDoesNothingByItself(t *testing.T) {
	testbed, ns, term := inShop(t, "--no-live")
	before := generation(t, testbed, ns)
	pasted := strings.Repeat("f\n\t\nq\n:quit\n\x1b[2J\x1b]0;owned\x07\x03\x04 pods\r\n", 100)
	findings := term.scanned()
	back := func() {
		t.Helper()
		term.waitUntil("is the findings as before", func(screen string) bool {
			return isWhole(screen, 80, 24) && listOf(screen) == findings
		})
		if got := generation(t, testbed, ns); got != before {
			t.Fatalf("the paste has written: generation %d, was %d", got, before)
		}
	}
	term.paste(pasted)
	term.keys("?") // comes after the paste, and shows that it has been read
	term.waitFor("shell in the container")
	term.keys("Escape")
	back()
	for _, prompt := range []string{"/", ":"} {
		term.keys(prompt)
		term.paste(pasted)
		term.keys("Home")
		term.waitUntil("shows the paste in the prompt", func(screen string) bool {
			lines := strings.Split(screen, "\n")
			return strings.HasPrefix(screen, " kiln ") && widest(screen) <= 80 && strings.Contains(lines[23], "f q :quit  pods f q")
		})
		term.keys("Escape")
		back()
	}
	if got := kiln(t, "", "journal"); strings.Contains(got.out, "web") {
		t.Errorf("the journal knows of a fix: %s", got.out)
	}
	term.keys("q")
	term.waitFor("left with 0")
	term.hasSaneShell()
}

func TestNoTerminalIsSaid(t *testing.T) {
	useTestbed(t)
	program := exec.CommandContext(t.Context(), testProgram(t))
	program.Env = append(os.Environ(), asKiln+"=1")
	program.Stdin = strings.NewReader("q")
	out, err := program.CombinedOutput()
	if program.ProcessState.ExitCode() != exitError || !strings.Contains(string(out), "the terminal UI needs a terminal. Try: ") || strings.Contains(string(out), "\x1b") {
		t.Errorf("%v: %q", err, out)
	}
}

// What such a terminal would show of a drawing is a mess.
func TestATerminalThatCannotDraw(t *testing.T) {
	isolate(t)
	for _, set := range []string{"TERM=dumb", "TERM="} {
		term := openTerminal(t, 80, 24, "env", "PS1=$ ", "sh")
		term.waitFor("$")
		term.keys(set+" "+testProgram(t)+`; echo "left with $?"`, "Enter")
		screen := term.waitFor("left with 1")
		if !strings.Contains(screen, "the terminal UI can't draw here") || !strings.Contains(screen, "kiln --plain") {
			t.Errorf("%s:\n%s", set, screen)
		}
	}
}

// Why there was no cluster stays to be read after the screen has gone.
func TestLeftWithoutACluster(t *testing.T) {
	useTestbed(t)
	term := inShell(t, "--server", "http://127.0.0.1:1")
	term.waitFor("nothing answers at")
	term.keys("q")
	screen := term.waitFor("left with 1")
	if !strings.Contains(screen, "kiln: nothing answers at 127.0.0.1:1") {
		t.Errorf("the reason is gone:\n%s", screen)
	}
	term.hasSaneShell()
}

func TestTheMouseCanBeLeftToTheTerminal(t *testing.T) {
	for args, want := range map[string]string{"": "1\n", "--no-mouse": "0\n"} {
		_, _, term := inShop(t, strings.Fields(args)...)
		if got := term.tmux("display-message", "-p", "#{mouse_any_flag}"); got != want {
			t.Errorf("with %q the mouse is taken: %s, want %s", args, got, want)
		}
	}
}
