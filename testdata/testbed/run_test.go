package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// testRun is a "run" in its own process, with a folder for its temporary files.
type testRun struct {
	cmd            *exec.Cmd
	tmp            string
	stdout, stderr output
}

// output may be read while it is written.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func newRun(t *testing.T, args ...string) *testRun {
	t.Helper()
	r := &testRun{tmp: t.TempDir()}
	r.cmd = exec.Command(os.Args[0], append([]string{"run"}, args...)...)
	r.cmd.Env = append(os.Environ(), "TMPDIR="+r.tmp)
	r.cmd.Stdout, r.cmd.Stderr = &r.stdout, &r.stderr
	t.Cleanup(func() {
		if r.cmd.Process != nil {
			_ = r.cmd.Process.Kill()
		}
	})
	return r
}

func (r *testRun) start(t *testing.T) {
	t.Helper()
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

// wantExit waits for the end and compares the exit code.
func (r *testRun) wantExit(t *testing.T, code int) {
	t.Helper()
	_ = r.cmd.Wait()
	if got := r.cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("exit code %d, want %d; stderr:\n%s", got, code, r.stderr.String())
	}
}

// wantNothingLeft gives the cluster a moment to go, which it does by itself when
// "run" was killed.
func (r *testRun) wantNothingLeft(t *testing.T) {
	t.Helper()
	var files []string
	var processes []string
	for range 100 {
		files, _ = filepath.Glob(filepath.Join(r.tmp, "*"))
		processes = processesNaming(t, r.tmp)
		if len(files)+len(processes) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("left behind: the files %v and the processes %v", files, processes)
}

// waitFor waits until the command has written the file.
func waitFor(t *testing.T, file string) string {
	t.Helper()
	for range 600 {
		if data, err := os.ReadFile(file); err == nil && strings.HasSuffix(string(data), "\n") {
			return strings.TrimSpace(string(data))
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s did not come", file)
	return ""
}

func TestRunHandsOverAndCleansUp(t *testing.T) {
	t.Parallel()
	manifests := writeManifest(t, "tea.yaml", oneNode+`
apiVersion: v1
kind: Pod
metadata: {name: cup, namespace: default}
spec: {containers: [{name: cup, image: "example.test/cup:1"}]}
`)
	said, resume := filepath.Join(t.TempDir(), "said"), filepath.Join(t.TempDir(), "resume")
	r := newRun(t, "--load", manifests, "--audit", "--", "sh", "-c",
		`cat; echo "$KUBECONFIG" >"$1"; until [ -e "$2" ]; do sleep 0.1; done; exit 7`, "sh", said, resume)
	r.cmd.Stdin = strings.NewReader("typed by the user")
	r.start(t)

	kubeconfig := waitFor(t, said)
	config, err := clientcmd.LoadFromFile(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	if config.CurrentContext != "kiln-demo" || len(config.Contexts) != 1 {
		t.Errorf("the kubeconfig has %v and uses %s", config.Contexts, config.CurrentContext)
	}
	if !fileExists(filepath.Join(filepath.Dir(kubeconfig), "logs", "audit.log")) {
		t.Error("the flag --audit did not reach the cluster")
	}
	restConfig, err := clusterConfig(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(restConfig)
	if err != nil {
		t.Fatal(err)
	}
	if pod, err := client.CoreV1().Pods("default").Get(t.Context(), "cup", metav1.GetOptions{}); err != nil || pod.Status.Phase != "Running" {
		t.Errorf("the pod that was loaded: %v, %v", pod.Status.Phase, err)
	}
	// The command has the screen from now on, but the kubelets are played.
	quiet := len(r.stderr.String())
	if err := client.CoreV1().Pods("default").Delete(t.Context(), "cup", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	again := loadOptions{kubeconfig: kubeconfig, paths: []string{manifests}, timeout: time.Minute}
	if err := loadCommand(t.Context(), again); err != nil {
		t.Errorf("the pod does not come back to life: %v", err)
	}
	if err := os.WriteFile(resume, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r.wantExit(t, 7)
	r.wantNothingLeft(t)
	if r.stdout.String() != "typed by the user" {
		t.Errorf("stdout: %q", r.stdout.String())
	}
	if len(r.stderr.String()) != quiet {
		t.Errorf("said after the command had begun: %s", r.stderr.String()[quiet:])
	}
	for _, want := range []string{"starting etcd", "ready after", "loading 2 objects"} {
		if !strings.Contains(r.stderr.String(), want) {
			t.Errorf("no %q on stderr:\n%s", want, r.stderr.String())
		}
	}
}

func TestRunRefusesBeforeItStartsAnything(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no command":        {[]string{"--audit"}, 2, "run needs a command"},
		"an unknown flag":   {[]string{"--dir=x", "--", "true"}, 2, "not defined: -dir"},
		"a missing folder":  {[]string{"--load", "nowhere", "--", "true"}, 2, "nowhere: no such file"},
		"a missing program": {[]string{"--", "no-such-program"}, 127, `"no-such-program": executable file not found`},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t, c.args...)
			r.start(t)
			r.wantExit(t, c.code)
			r.wantNothingLeft(t)
			if got := r.stderr.String(); !strings.Contains(got, c.want) || strings.Contains(got, "starting") {
				t.Errorf("stderr: %s", got)
			}
		})
	}
}

func TestRunStopsWhatFails(t *testing.T) {
	t.Parallel()
	broken := writeManifest(t, "broken.yaml", "just: text\n")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a manifest that can't be loaded": {[]string{"--load", broken}, "broken.yaml:1: not an object"},
		"a cluster that doesn't start":    {[]string{"--address", "192.0.2.1"}, "the cluster did not start"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t, append(c.args, "--", "echo", "must not run")...)
			r.start(t)
			r.wantExit(t, 1)
			r.wantNothingLeft(t)
			if r.stdout.String() != "" || !strings.Contains(r.stderr.String(), c.want) {
				t.Errorf("stdout: %s\nstderr: %s", r.stdout.String(), r.stderr.String())
			}
		})
	}
}

// The command may tidy up when it is asked to end, and its exit code still counts.
func TestRunPassesSignalsOn(t *testing.T) {
	t.Parallel()
	said := filepath.Join(t.TempDir(), "said")
	r := newRun(t, "--", "sh", "-c", `trap 'exit 5' TERM; echo began >"$1"; while :; do sleep 0.1; done`, "sh", said)
	r.start(t)
	waitFor(t, said)
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} { // the first is only for the command to have
		if err := r.cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	r.wantExit(t, 5)
	r.wantNothingLeft(t)
}

func TestRunReportsTheSignalThatEndedTheCommand(t *testing.T) {
	t.Parallel()
	r := newRun(t, "--", "sh", "-c", "kill -KILL $$")
	r.start(t)
	r.wantExit(t, 128+int(syscall.SIGKILL))
	r.wantNothingLeft(t)
}

func TestRunStoppedBeforeTheCommand(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"starting etcd", "starting kube-controller-manager"} {
		r := newRun(t, "--", "echo", "must not run")
		r.start(t)
		for !strings.Contains(r.stderr.String(), step) {
			time.Sleep(10 * time.Millisecond)
		}
		if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		r.wantExit(t, 128+int(syscall.SIGTERM))
		r.wantNothingLeft(t)
		if r.stdout.String() != "" {
			t.Errorf("stdout: %s", r.stdout.String())
		}
	}
}

// Killed without warning, "run" takes the cluster, its folder and the command
// with it; the command is asked, so that it can give the terminal back.
func TestRunKilled(t *testing.T) {
	t.Parallel()
	began, asked := filepath.Join(t.TempDir(), "began"), filepath.Join(t.TempDir(), "asked")
	r := newRun(t, "--", "sh", "-c",
		`trap 'echo asked >"$2"; exit 0' TERM; echo began >"$1"; while :; do sleep 0.1; done`, "sh", began, asked)
	r.start(t)
	waitFor(t, began)
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, asked)
	r.wantNothingLeft(t)
}

// A cluster that dies under the command is told of, but only afterwards.
func TestRunTellsThatTheClusterDied(t *testing.T) {
	t.Parallel()
	said := filepath.Join(t.TempDir(), "said")
	r := newRun(t, "--", "sh", "-c", `echo began >"$1"; sleep 3`, "sh", said)
	r.start(t)
	waitFor(t, said)
	for _, found := range processesNaming(t, r.tmp) {
		if id, name, _ := strings.Cut(found, " "); name == "etcd" {
			killByID(t, id)
		}
	}
	r.wantExit(t, 1)
	r.wantNothingLeft(t)
	if !strings.Contains(r.stderr.String(), "etcd ended by itself") {
		t.Errorf("stderr: %s", r.stderr.String())
	}
}
