package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// TestMain lets the test binary stand in for the program: a cluster under test
// starts itself, and its components, from this very file.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (slices.Contains([]string{"up", "load", "run"}, os.Args[1]) || components[os.Args[1]] != nil) {
		os.Exit(run(os.Args))
	}
	os.Exit(m.Run())
}

// testCluster is an "up" that runs in its own process.
type testCluster struct {
	dir    string
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	stderr bytes.Buffer
}

// launch starts "up" and doesn't wait until it is ready.
func launch(t *testing.T, flags ...string) *testCluster {
	t.Helper()
	c := &testCluster{dir: filepath.Join(t.TempDir(), "cluster")}
	c.cmd = exec.Command(os.Args[0], append([]string{"up", "--dir", c.dir}, flags...)...)
	c.cmd.Stderr = &c.stderr
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.stdout = bufio.NewReader(stdout)
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		_, _ = c.cmd.Process.Wait()
		c.wantNoSurvivor(t)
	})
	return c
}

// wantReady waits for the line that promises a usable cluster.
func (c *testCluster) wantReady(t *testing.T) {
	t.Helper()
	line, err := c.stdout.ReadString('\n')
	if err != nil {
		_ = c.cmd.Wait()
		t.Fatalf("no line on stdout: %v; stderr:\n%s", err, c.stderr.String())
	}
	if want := "ready " + filepath.Join(c.dir, "admin.kubeconfig") + "\n"; line != want {
		t.Fatalf("stdout says %q, want %q", line, want)
	}
}

// wantExit waits for the process and compares its exit code. Nothing more may
// have come on stdout, and no component may be left.
func (c *testCluster) wantExit(t *testing.T, code int) {
	t.Helper()
	rest, err := io.ReadAll(c.stdout)
	if err != nil || len(rest) > 0 {
		t.Errorf("more on stdout: %q, %v", rest, err)
	}
	_ = c.cmd.Wait()
	if got := c.cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("exit code %d, want %d; stderr:\n%s", got, code, c.stderr.String())
	}
	if found := processesNaming(t, c.dir); len(found) > 0 {
		t.Errorf("left behind: %v", found)
	}
}

func (c *testCluster) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// wantNoSurvivor gives the kernel a moment to bury the components.
func (c *testCluster) wantNoSurvivor(t *testing.T) {
	t.Helper()
	var found []string
	for range 40 {
		if found = processesNaming(t, c.dir); len(found) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("left behind: %v", found)
}

func (c *testCluster) client(t *testing.T) kubernetes.Interface {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", filepath.Join(c.dir, "admin.kubeconfig"))
	if err != nil {
		t.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// processesNaming finds the processes whose command line names the folder.
func processesNaming(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		line, _ := os.ReadFile(file) // it may have ended meanwhile
		if bytes.Contains(line, []byte(dir)) {
			args := strings.Split(string(line), "\x00")
			found = append(found, fmt.Sprintf("%s %s", filepath.Base(filepath.Dir(file)), args[1]))
		}
	}
	return found
}

// eventually polls a condition that the control plane makes true in its own time.
func eventually(t *testing.T, what string, condition func(context.Context) (bool, error)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		ok, err := condition(ctx)
		if ok {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%s: not within 30 s (last error: %v)", what, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
