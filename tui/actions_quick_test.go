package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"

	"kiln/fixes"
	"kiln/kube"
	"kiln/kube/kubetest"
)

// waitForPods waits until the Deployment's pods were made.
func waitForPods(t *testing.T, cluster *kubetest.Testbed, namespace, selector string) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		pods, err := cluster.Client().CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
		return err == nil && len(pods.Items) > 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// One key, one number, a preview, and back.
func TestQuickActionByKeys(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "oncall")
	cluster.Apply(t, shopManifest, namespace)
	waitForPods(t, cluster, namespace, "app=checkout")
	replicas := func() int32 {
		t.Helper()
		d, err := cluster.Client().AppsV1().Deployments(namespace).Get(t.Context(), "checkout", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return *d.Spec.Replicas
	}
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.find("privilege-escalation Deployment/checkout")
	d.keys("x")
	d.shows("1    scale-to-zero", "2    quarantine", "Pod/checkout-", "revoke")
	d.keys("1")
	d.shows("Scale Deployment/checkout", "replicas: 0", "Cancel")
	if replicas() != 1 {
		t.Fatal("a preview has changed the cluster")
	}
	d.keys("tab", "enter")
	if replicas() != 0 {
		t.Fatalf("nothing was scaled:\n%s", screenText(d.app))
	}
	d.command("journal")
	d.keys("u", "tab", "enter")
	if replicas() != 1 {
		t.Errorf("undo did not scale back:\n%s", screenText(d.app))
	}
}

// The likeliest actions for what is under the cursor come first.
func TestQuickActionsFor(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{
		"Pod": "quarantine scale-to-zero suspend", "Node": "drain cordon", "CronJob": "suspend", "Secret": "delete-token",
		"Service": "close-nodeport", "ServiceAccount": "revoke", "Namespace": "",
	} {
		var names []string
		for _, action := range quickActionsFor(kube.Ref{Kind: kind, Name: "x"}, &kube.Inventory{}) {
			names = append(names, action.Name)
		}
		if got := strings.Join(names[:min(3, len(names))], " "); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}

// A fix whose pods are refused is told, with the reason, and its undo is one
// key away.
func TestRolloutThatDoesNotComeUp(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "stuck")
	cluster.NoMorePods(t, namespace)
	deployment, _, _ := strings.Cut(shopManifest, "---")
	cluster.Apply(t, deployment, namespace)
	cluster.AwaitRefusedPods(t, namespace, "checkout") // so that the first look at the rollout sees it
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.find("privilege-escalation Deployment/checkout")
	d.keys("f", "tab", "enter")
	d.shows("applied:")
	for end := time.After(time.Minute); d.app.dialog == nil; d.step(end) {
		d.clock.now = d.clock.now.Add(2 * time.Second)
	}
	d.shows("Deployment/checkout doesn't come up", "exceeded quota: full", "Preview the undo")
	d.keys("tab", "enter")
	d.shows("Take back", "allowPrivilegeEscalation")
	d.keys("tab", "enter")
	d.shows("taken back")
}

// A drain names the pods first, and can't be left while it goes on.
func TestDrainByKeys(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "drain")
	cluster.Apply(t, strings.ReplaceAll(`
{apiVersion: v1, kind: Node, metadata: {name: NS, labels: {for: NS}}, spec: {taints: [{key: for, value: NS, effect: NoSchedule}]}, status: {allocatable: {cpu: 8, memory: 32Gi, pods: 110}, conditions: [{type: Ready, status: "True"}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {nodeSelector: {for: NS}, tolerations: [{key: for, operator: Exists}], containers: [{name: main, image: "example.test/a:1"}]}}}}
`, "NS", namespace), namespace)
	waitForPods(t, cluster, namespace, "app=web")
	d := openStory(t, cluster.Kubeconfig(), namespace)
	action, err := fixes.FindAction(fixes.DrainAction)
	if err != nil {
		t.Fatal(err)
	}
	d.run(d.app.openDrain(quickAction{action, kube.Ref{APIVersion: "v1", Kind: "Node", Name: namespace}}))
	d.idle()
	d.shows("Drain Node/"+namespace, "Evicted: 1 pod: "+namespace+"/web-", "Undo can't bring all of it back")
	d.keys("tab", "enter")
	for end := time.After(time.Minute); d.app.top().(*drainView).ending == ""; d.step(end) {
	}
	d.shows("is gone", "done: the node is cordoned")
	node, err := cluster.Client().CoreV1().Nodes().Get(t.Context(), namespace, metav1.GetOptions{})
	if err != nil || !node.Spec.Unschedulable {
		t.Errorf("the node isn't cordoned: %v", err)
	}
}
