// Package kubetest gives tests a real control plane: the testbed, started once
// per test binary, when a test first asks for it. A package that uses it has
//
//	func TestMain(m *testing.M) { os.Exit(kubetest.Run(m)) }
//
// and its tests call [Cluster], [Hardened] or [Node]. Tests share the cluster, so each
// works in its own [Testbed.Namespace] and as its own [Testbed.Identity].
//
// But for that of [Node] there are no kubelets: a Node applied with a Ready condition in its status
// stays ready and is scheduled to, but its pods stay Pending.
package kubetest

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// Run runs the tests of a binary, stops the clusters they used, and returns the
// exit code.
func Run(m *testing.M) int {
	defer plain.stop()
	defer hardened.stop()
	defer node.stop()
	return m.Run()
}

// Cluster returns the plain cluster: the flags that Kubernetes needs to work,
// and none that protects it. Where the testbed isn't built the test is skipped,
// or fails if the environment has CI or KILN_REQUIRE_TESTBED.
func Cluster(t testing.TB) *Testbed {
	t.Helper()
	return plain.get(t)
}

// Hardened returns a second cluster, set up as the CIS benchmark asks: audit
// log, encryption at rest, Pod Security at baseline, no anonymous requests.
func Hardened(t testing.TB) *Testbed {
	t.Helper()
	return hardened.get(t)
}

// NodeName is the node of the cluster that [Node] returns, and these are the
// images it has: no others can be pulled.
const (
	NodeName     = "node-1"
	BusyboxImage = "busybox:1.36"
	// HelloImage has no shell. Its only program listens on port 8080; it
	// takes -listen ADDRESS, -connect ADDRESS, and -write FOLDER,FOLDER.
	HelloImage = "kiln.test/hello:1"
)

// Node returns a third cluster, plain but with a real node, whose pods run.
// Where the machine can't run one (it takes root and a container runtime) the
// test is skipped, or fails if the environment has KILN_REQUIRE_NODE.
func Node(t testing.TB) *Testbed {
	t.Helper()
	return node.get(t)
}

// The clusters of this test binary.
var (
	plain    shared
	hardened = shared{flags: []string{"--hardened"}}
	node     = shared{flags: []string{"--node"}}
)

// shared is a cluster that starts on first use.
type shared struct {
	flags   []string
	once    sync.Once
	process *process
	testbed *Testbed
	err     error
}

func (s *shared) get(t testing.TB) *Testbed {
	t.Helper()
	s.once.Do(func() { s.err = s.start() })
	switch {
	case errors.Is(s.err, errNotBuilt) && !required():
		t.Skip(s.err)
	case errors.Is(s.err, errNoNode) && os.Getenv("KILN_REQUIRE_NODE") == "":
		t.Skip(s.err)
	case s.err != nil:
		t.Fatal(s.err)
	}
	return s.testbed
}

func (s *shared) start() error {
	binary, err := findBinary()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "kubetest-")
	if err != nil {
		return fmt.Errorf("making a folder for a cluster: %w", err)
	}
	if s.process, err = startProcess(binary, dir, s.flags); err != nil {
		return err
	}
	s.testbed, err = newTestbed(s.process.dir)
	return err
}

func (s *shared) stop() {
	if s.process == nil {
		return
	}
	if err := s.process.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "kubetest:", err)
	}
}
