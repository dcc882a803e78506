package main

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// needNode skips the test where no real node can run, unless it has to.
func needNode(t *testing.T) {
	t.Helper()
	err := canRunNode()
	if err != nil && os.Getenv("KILN_REQUIRE_NODE") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
}

func TestNodeRunsPodsSideBySideAndLeavesNothing(t *testing.T) {
	needNode(t)
	first, second := launch(t, "--node"), launch(t, "--node")
	for _, c := range []*testCluster{first, second} {
		c.wantReady(t)
		runHello(t, c)
	}
	links := nodeLinks(t)
	if len(links) < 2 {
		t.Errorf("links of nodes: %v", links)
	}
	for _, c := range []*testCluster{first, second} {
		c.signal(t, syscall.SIGTERM)
		c.wantExit(t, 0)
		c.wantNoSurvivor(t)
	}
	wantNoLeftovers(t)
}

// A killed node takes its pods with it, and the next one tidies up.
func TestNodeKilled(t *testing.T) {
	needNode(t)
	killed := launch(t, "--node")
	killed.wantReady(t)
	runHello(t, killed)
	killed.signal(t, syscall.SIGKILL)
	_ = killed.cmd.Wait()
	killed.wantNoSurvivor(t)

	next := launch(t, "--node")
	next.wantReady(t)
	next.signal(t, syscall.SIGTERM)
	next.wantExit(t, 0)
	wantNoLeftovers(t)
}

func TestNodeSaysWhatTheMachineLacks(t *testing.T) {
	t.Parallel()
	c := &testCluster{dir: t.TempDir()}
	c.cmd = exec.Command(os.Args[0], "up", "--dir", c.dir, "--node")
	c.cmd.Env = []string{"PATH=/nowhere"}
	c.cmd.Stderr = &c.stderr
	_ = c.cmd.Run()
	if code := c.cmd.ProcessState.ExitCode(); code != exitNoNode {
		t.Errorf("exit code %d, want %d", code, exitNoNode)
	}
	if message := c.stderr.String(); !strings.Contains(message, "the program containerd") || !strings.Contains(message, "apt-get install") {
		t.Errorf("stderr: %s", message)
	}
}

// runHello runs the image that has no shell until its pod is ready.
func runHello(t *testing.T, c *testCluster) {
	t.Helper()
	pods := c.client(t).CoreV1().Pods("default")
	_, err := pods.Create(t.Context(), &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "hello"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "hello", Image: helloImage, Args: []string{"-write", "/tmp"}}}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		pod, err := pods.Get(t.Context(), "hello", metav1.GetOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			t.Fatal(err)
		}
		if pod.Status.Phase == corev1.PodRunning {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the pod is %+v", pod.Status)
		}
	}
}

// nodeLinks are the machine's network links that belong to nodes.
func nodeLinks(t *testing.T) []string {
	t.Helper()
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	var links []string
	for _, i := range interfaces {
		if strings.HasPrefix(i.Name, "kilnnode") {
			links = append(links, i.Name)
		}
	}
	return links
}

// wantNoLeftovers looks at the slots that no node holds.
func wantNoLeftovers(t *testing.T) {
	t.Helper()
	slot, err := takeNodeSlot()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slot.leave() }()
	roots, err := cgroupRoots()
	if err != nil {
		t.Fatal(err)
	}
	for _, root := range roots {
		group := filepath.Join(root, slot.cgroup())
		if _, err := os.Stat(group); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left behind (%v)", group, err)
		}
	}
	// The kernel takes namespaces apart in its own time.
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if _, err := net.InterfaceByName(slot.link()); err != nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the link %s is left behind", slot.link())
		}
	}
}
