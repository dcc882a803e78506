package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"

	"kiln/kube/kubetest"
)

// recording counts the bytes that a program writes to its terminal.
type recording struct {
	t    *testing.T
	path string
}

func (term *terminal) record() recording {
	term.t.Helper()
	r := recording{term.t, filepath.Join(term.t.TempDir(), "bytes")}
	if err := os.WriteFile(r.path, nil, 0o600); err != nil {
		term.t.Fatal(err)
	}
	term.tmux("pipe-pane", "-O", "cat >> "+r.path)
	return r
}

func (r recording) size() int64 {
	r.t.Helper()
	info, err := os.Stat(r.path)
	if err != nil {
		r.t.Fatal(err)
	}
	return info.Size()
}

// quiet waits until nothing has been written for a while since a size was
// passed, and returns the size.
func (r recording) quiet(passed int64, while time.Duration) int64 {
	r.t.Helper()
	last, since := r.size(), time.Now()
	for began := time.Now(); time.Since(began) < patience; time.Sleep(20 * time.Millisecond) {
		if now := r.size(); now != last {
			last, since = now, time.Now()
		} else if last > passed && time.Since(since) > while {
			return last
		}
	}
	r.t.Fatalf("no quiet of %s after %d bytes: %d were written", while, passed, r.size())
	return 0
}

// awaitUnschedulable waits until so many pods were made and the scheduler has
// given them up: nothing in the namespace changes any more.
func awaitUnschedulable(t *testing.T, testbed *kubetest.Testbed, ns string, pods int) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		list, err := testbed.Client().CoreV1().Pods(ns).List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		judged := slices.DeleteFunc(list.Items, func(p corev1.Pod) bool { return len(p.Status.Conditions) == 0 })
		return len(judged) == pods, nil
	})
	if err != nil {
		t.Fatalf("waiting for the scheduler: %v", err)
	}
}

// Over a slow line each byte is time. A key costs what it changes on the
// screen, and a kiln that nobody touches, on a cluster in which nothing
// happens, writes nothing at all.
func TestBytesOnTheLine(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "line")
	for i := range 8 {
		manifest := strings.ReplaceAll(privileged, "namespace: shop", "")
		testbed.Apply(t, strings.Replace(manifest, "name: web", fmt.Sprintf("name: web-%d", i), 1), ns)
	}
	awaitUnschedulable(t, testbed, ns, 8)
	for _, size := range []struct {
		width, height int
		// move, page, open and tab bound the bytes of a key.
		move, page, open, tab int64
	}{
		{80, 24, 700, 4500, 4500, 4500},
		{160, 45, 900, 14000, 14000, 14000},
	} {
		t.Run(fmt.Sprintf("%d×%d", size.width, size.height), func(t *testing.T) {
			term := openTerminal(t, size.width, size.height, testProgram(t), "-n", ns)
			written := term.record()
			term.waitUntil("is whole", func(screen string) bool {
				return isWhole(screen, size.width, size.height) && strings.Contains(screen, " unknown") && strings.Contains(screen, "● live")
			})
			before := written.quiet(0, 5*time.Second) // the marks of what is new have gone
			for _, key := range []struct {
				name, what string
				most       int64
			}{
				{"Down", "moving the cursor", size.move}, {"Down", "moving it on", size.move}, {"Up", "moving it back", size.move},
				{"NPage", "to the page's end", size.page}, {"NPage", "a page down", size.page}, {"PPage", "a page up", size.page},
				{"Enter", "opening a finding", size.open}, {"Escape", "closing it", size.open},
				{"Tab", "the next layer", size.tab},
			} {
				term.keys(key.name)
				after := written.quiet(before, time.Second)
				t.Logf("%s: %d bytes", key.what, after-before)
				if after-before > key.most {
					t.Errorf("%s writes %d bytes, at most %d are allowed", key.what, after-before, key.most)
				}
				before = after
			}
			time.Sleep(10 * time.Second)
			if after := written.size(); after != before {
				text, err := os.ReadFile(written.path)
				if err != nil {
					t.Fatal(err)
				}
				t.Errorf("%d bytes were written while nothing happened: %q", after-before, text[before:])
			}
		})
	}
}
