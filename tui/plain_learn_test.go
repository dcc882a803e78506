package tui

import (
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericclioptions"

	"kiln/kube/kubetest"
	"kiln/scanners/catalogue"
)

// TestPlainLeadsAlongThePath walks a stop to its end, and asks what a learner
// asks, in lines.
func TestPlainLeadsAlongThePath(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "plain-path")
	cluster.Apply(t, strings.ReplaceAll(shopManifest, "image: registry.example/shop/checkout:1.0", "image: registry.example/shop/checkout:1.0\n        securityContext: {privileged: true}"), namespace)
	kubeconfig := cluster.Kubeconfig()
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig = &kubeconfig
	c := startTalk(t, Options{Flags: flags, Namespace: namespace, Checks: catalogue.Checks()})
	c.answer()
	answer := c.say("path")
	stop, found := "", false
	for _, line := range strings.Split(answer, "\n") {
		if n, rest, _ := strings.Cut(line, ". "); strings.HasPrefix(rest, "pod/privileged,") {
			stop, found = n, true
		}
	}
	if !found {
		t.Fatalf("pod/privileged isn't on the path:\n%s", answer)
	}
	c.tells("path 99", "is no stop of the path")
	c.tells("path next", "What it is", "That was node")
	c.tells("path "+stop, "Step 1 of 4: read the lesson", "leave goes back: ")
	c.tells("leave", "kiln> ")
	c.tells("path "+stop, "Step 1 of 4")
	c.tells("", "Step 2 of 4", "To look for yourself", "Which object is it?")
	c.tells("", "Hint: Its kind is ")
	c.tells("nobody", "Cold")
	c.tells("deploy/checkout", "That's one", "Step 3 of 4", "apply, export or cancel?")
	c.tells("apply", "Done: ", "would be let in", "kiln guard pod/privileged -n "+namespace)
	c.tells("path", "pod/privileged, critical", "next is see it refused next time")
	kept, err := readPathProgress()
	if err != nil || len(kept.Done["pod/privileged"]) != 3 || len(kept.Done["node"]) != 1 {
		t.Errorf("kept: %+v (%v)", kept, err)
	}
	c.tells("path reset", "begins anew")

	c.tells("trace get secrets as sa:"+namespace+"/ghost", "there is no ServiceAccount ghost", "authorization: refused", "etcd: not reached")
	c.tells("trace get", "trace takes VERB RESOURCE")
	c.tells("trace get unicorns", "no resource")
	c.tells("who-can get secrets", "system:masters may do everything besides")
	c.tells("who-can get", "who-can takes VERB RESOURCE")
	c.say("quit")
	if err := <-c.end; err != nil {
		t.Error(err)
	}
}
