package tui

import (
	"testing"

	"kiln/kube/kubetest"
)

func TestKubeletsAreAskedOnlyAfterAWord(t *testing.T) {
	cluster := kubetest.Cluster(t)
	d := openStory(t, cluster.Kubeconfig(), cluster.Namespace(t, "kubelets"))
	reason := func() string {
		t.Helper()
		return d.app.snapshot.result("node/kubelet-anonymous-auth").Reason
	}
	before := reason()
	d.command("kubelets")
	d.shows("Ask every kubelet?", "as good as root")
	d.keys("enter")
	if d.app.kubelets || reason() != before {
		t.Fatalf("Cancel asked them: %q", reason())
	}
	d.command("kubelets")
	d.keys("tab", "enter")
	if !d.app.kubelets || reason() == before {
		t.Errorf("nobody was asked: %q", reason())
	}
	d.command("kubelets off")
	if d.app.kubelets || reason() != before {
		t.Errorf("off leaves it on: %q", reason())
	}
}
