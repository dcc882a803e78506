package main

import (
	"strings"
	"testing"
)

// A fix whose pods are refused says why, exits with an error, and names the
// way back; one that isn't waited for is done at once.
func TestFixWaitsForTheRollout(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "rollout")
	testbed.NoMorePods(t, ns)
	testbed.Apply(t, strings.ReplaceAll(privileged, "namespace: shop", ""), ns)
	testbed.AwaitRefusedPods(t, ns, "web") // so that the first look at the rollout sees it
	args := []string{"fix", "pod/privileged", "-n", ns, "--object", "Deployment/web", "--yes"}

	got := kiln(t, "", append(args, "--wait=8s")...)
	if got.code != exitError || !strings.Contains(got.err, "exceeded quota: full") || !strings.Contains(got.err, "takes the fix back") {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	if got := kiln(t, "", "undo", "--yes"); got.code != 0 {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	if got := kiln(t, "", args...); got.code != 0 || strings.Contains(got.err, "replicas") {
		t.Errorf("without a terminal it waits: exit %d\n%s", got.code, got.err)
	}
	if got := kiln(t, "", append(args, "--wait=soon")...); got.code != exitUsage {
		t.Errorf("--wait=soon: exit %d", got.code)
	}
}
