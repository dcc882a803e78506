package kubetest

import (
	"os/exec"
	"testing"
)

// Load loads folders of manifests as the demo does ("testbed load"): with the
// field managers that the manifests' owners would have, and with pods that look
// alive. It stays loaded.
func (c *Testbed) Load(t testing.TB, folders ...string) {
	t.Helper()
	binary, err := findBinary()
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"load", "--kubeconfig", c.Kubeconfig()}, folders...)
	if out, err := exec.CommandContext(t.Context(), binary, args...).CombinedOutput(); err != nil {
		t.Fatalf("loading %v: %v\n%s", folders, err, out)
	}
}
