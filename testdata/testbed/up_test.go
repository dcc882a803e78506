package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestUpSideBySideAndSIGTERM(t *testing.T) {
	t.Parallel()
	first, second := launch(t), launch(t)
	first.wantReady(t)
	second.wantReady(t)

	info, err := os.Stat(filepath.Join(first.dir, "admin.kubeconfig"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("admin.kubeconfig has mode %v", info.Mode())
	}
	for _, c := range []*testCluster{first, second} {
		if _, err := c.client(t).Discovery().ServerVersion(); err != nil {
			t.Errorf("asking the server: %v", err)
		}
	}
	first.signal(t, syscall.SIGTERM)
	first.wantExit(t, 0)
	second.signal(t, syscall.SIGINT)
	second.wantExit(t, 0)
}

func TestUpRefusesAFolderInUse(t *testing.T) {
	t.Parallel()
	c := launch(t)
	for !fileExists(filepath.Join(c.dir, "logs")) {
		time.Sleep(10 * time.Millisecond)
	}
	intruder := launch(t, "--dir", c.dir) // the last --dir counts
	_ = intruder.cmd.Wait()
	if intruder.cmd.ProcessState.ExitCode() != 1 || !strings.Contains(intruder.stderr.String(), "is in use by another testbed, process") {
		t.Errorf("%v, stderr: %s", intruder.cmd.ProcessState, intruder.stderr.String())
	}
	c.wantReady(t)
}

func TestUpNamesTheComponentThatDied(t *testing.T) {
	t.Parallel()
	c := launch(t)
	c.wantReady(t)
	for _, found := range processesNaming(t, c.dir) {
		if id, name, _ := strings.Cut(found, " "); name == "kube-scheduler" {
			killByID(t, id)
		}
	}
	c.wantExit(t, 1)
	if !strings.Contains(c.stderr.String(), "kube-scheduler ended by itself (signal: killed); its log") {
		t.Errorf("stderr: %s", c.stderr.String())
	}
}

func TestUpSaysWhyAComponentRefusesToStart(t *testing.T) {
	t.Parallel()
	bad := filepath.Join(t.TempDir(), "admission.yaml")
	if err := os.WriteFile(bad, []byte("kind: Nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := launch(t, "--pod-security", bad)
	c.wantExit(t, 1)
	if message := c.stderr.String(); !strings.Contains(message, "kube-apiserver ended by itself") || !strings.Contains(message, "Nonsense") {
		t.Errorf("stderr: %s", message)
	}
}

func TestUpGivesUpAfterItsTimeout(t *testing.T) {
	t.Parallel()
	c := launch(t, "--timeout", "300ms")
	c.wantExit(t, 1)
	if !strings.Contains(c.stderr.String(), "not ready after 300ms") {
		t.Errorf("stderr: %s", c.stderr.String())
	}
}

func TestUpStopsAtTheEndOfStdinAndDiscardsItsFolder(t *testing.T) {
	t.Parallel()
	c := launch(t, "--stop-on-eof", "--discard")
	c.wantReady(t)
	if err := c.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	c.wantExit(t, 0)
	if fileExists(c.dir) {
		t.Errorf("%s is still there", c.dir)
	}
}

// Whenever the cluster is killed without warning, its components go with it.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	for _, after := range []time.Duration{
		10 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 300 * time.Millisecond,
		500 * time.Millisecond, time.Second, 3 * time.Second, 6 * time.Second,
	} {
		t.Run(after.String(), func(t *testing.T) {
			c := launch(t)
			time.Sleep(after)
			t.Logf("killing, with %v running", processesNaming(t, c.dir))
			c.signal(t, syscall.SIGKILL)
			_ = c.cmd.Wait()
			c.wantNoSurvivor(t)
		})
	}
	t.Run("ready", func(t *testing.T) {
		c := launch(t)
		c.wantReady(t)
		c.signal(t, syscall.SIGKILL)
		_ = c.cmd.Wait()
		c.wantNoSurvivor(t)
	})
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func killByID(t *testing.T, id string) {
	t.Helper()
	pid, err := strconv.Atoi(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}
