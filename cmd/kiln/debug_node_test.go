package main

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/fixes"
	"kiln/kube"
	"kiln/kube/kubetest"
)

// nodeProbePods are the pods of node probes that the cluster has.
func nodeProbePods(t *testing.T, testbed *kubetest.Testbed) []corev1.Pod {
	t.Helper()
	list, err := testbed.Client().CoreV1().Pods("").List(t.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/component=node-probe"})
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}

// statusOf is how a check ended in a scan of the cluster.
func statusOf(t *testing.T, check string) (status, reason string) {
	t.Helper()
	got := kiln(t, "", "scan", "-o", "json", "--check", check)
	var report struct {
		Checks []struct{ ID, Status, Reason string }
	}
	if err := json.Unmarshal([]byte(got.out), &report); err != nil || len(report.Checks) != 1 {
		t.Fatalf("%v, %s%s", err, got.out, got.err)
	}
	return report.Checks[0].Status, report.Checks[0].Reason
}

func TestProbeOfANode(t *testing.T) {
	testbed := useNode(t)
	if status, reason := statusOf(t, "node/kubelet-files"); status != "unknown" || !strings.Contains(reason, "kiln debug node/NAME --probe") {
		t.Errorf("before: %s, %s", status, reason)
	}
	for name, flags := range map[string][]string{"without --yes": nil, "dry run": {"--dry-run"}, "read-only": {"--yes", "--readonly"}} {
		got := kiln(t, "", append([]string{"debug", "node/" + kubetest.NodeName, "--probe"}, flags...)...)
		if !strings.Contains(got.err, "readOnly: true") || !strings.Contains(got.err, "It mounts /etc, /proc, /sys, /usr, /var/lib of the node") {
			t.Errorf("%s shows no pod: exit %d, %s", name, got.code, got.err)
		}
		if pods := nodeProbePods(t, testbed); len(pods) > 0 {
			t.Fatalf("%s has made %s", name, pods[0].Name)
		}
	}

	folder := filepath.Dir(testbed.Kubeconfig())
	got := kiln(t, "", "debug", "node/"+kubetest.NodeName, "--probe", "--yes", "--mount", folder, "-o", "json")
	var facts kube.NodeFacts
	if err := json.Unmarshal([]byte(got.out), &facts); err != nil {
		t.Fatalf("exit %d, %v, %s", got.code, err, got.err)
	}
	if facts.Kernel == "" || facts.Sysctls["kernel.randomize_va_space"] == "" || len(facts.Users) == 0 || len(facts.Unseen) > 0 {
		t.Errorf("%+v", facts)
	}
	if facts.Kubelet == nil || facts.Kubelet.Config == nil || facts.Kubelet.Config.Authorization.Mode != "Webhook" || facts.Kubelet.Config.TLSCertFile == "" {
		t.Errorf("the kubelet: %+v", facts.Kubelet)
	}
	if pods := nodeProbePods(t, testbed); len(pods) > 0 {
		t.Errorf("%s is still there", pods[0].Name)
	}
	journal := kiln(t, "", "journal", "-o", "json")
	if !strings.Contains(journal.out, "Look at node "+kubetest.NodeName) || !strings.Contains(journal.out, `"undone"`) {
		t.Errorf("journal: %s", journal.out)
	}
	// The testbed's kubelet has its files as it should, and no PID limit.
	if status, reason := statusOf(t, "node/kubelet-files"); status != "pass" {
		t.Errorf("afterwards: %s, %s", status, reason)
	}
	if status, reason := statusOf(t, "node/kubelet-anonymous-auth"); status != "pass" {
		t.Errorf("the kubelet's setting: %s, %s", status, reason)
	}
	if status, _ := statusOf(t, "node/kubelet-pid-limit"); status != "fail" {
		t.Errorf("the PID limit: %s", status)
	}
}

// What isn't mounted is unknown, and never passes.
func TestProbeOfANodeWhoseKubeletLiesElsewhere(t *testing.T) {
	useNode(t)
	got := kiln(t, "", "debug", "node/"+kubetest.NodeName, "--probe", "--yes")
	if got.code != exitDone || !strings.Contains(got.out, "lies outside of the mounted folders") {
		t.Fatalf("exit %d, %s%s", got.code, got.out, got.err)
	}
	for _, check := range []string{"node/kubelet-files", "node/kubelet-anonymous-auth"} {
		if status, reason := statusOf(t, check); status != "unknown" || !strings.Contains(reason, "--mount adds one") {
			t.Errorf("%s: %s, %s", check, status, reason)
		}
	}
}

func TestProbeOfANodeSaysWhyItCannot(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "restricted-probe")
	enforce(t, testbed, ns, "restricted")
	probe := func(flags ...string) outcome {
		return kiln(t, "", append([]string{"debug", "node/" + kubetest.NodeName, "--probe", "--yes"}, flags...)...)
	}
	if got := probe("-n", ns); got.code != exitError || !strings.Contains(got.err, "violates PodSecurity") || !strings.Contains(got.err, "admits hostPath volumes") {
		t.Errorf("restricted namespace: exit %d, %s", got.code, got.err)
	}
	viewer := testbed.IdentityIn(t, ns, "viewer", nil)
	if got := probe("-n", ns, "--kubeconfig", viewer); got.code != exitError || !strings.Contains(got.err, "nodes") {
		t.Errorf("without rights: exit %d, %s", got.code, got.err)
	}
	if got := probe("--image", kubetest.HelloImage, "--timeout", "20s"); got.code != exitError || !strings.Contains(got.err, "no shell") {
		t.Errorf("an image without a shell: exit %d, %s", got.code, got.err)
	}
	if got := probe("--mount", "relative"); got.code != exitError || !strings.Contains(got.err, "absolute path") {
		t.Errorf("a folder that is none: exit %d, %s", got.code, got.err)
	}
	if got := probe("--mount", "/no/such/folder", "--timeout", "8s"); got.code != exitError || !strings.Contains(got.err, "did not end in time") || !strings.Contains(got.err, "/no/such/folder is not a directory") {
		t.Errorf("a folder that isn't there: exit %d, %s", got.code, got.err)
	}
	if pods := nodeProbePods(t, testbed); len(pods) > 0 {
		t.Errorf("%s was left behind", pods[0].Name)
	}
}

// Whoever stops a probe leaves nothing behind.
func TestProbeOfANodeThatIsStopped(t *testing.T) {
	testbed := useNode(t)
	node, err := testbed.Client().CoreV1().Nodes().Get(t.Context(), kubetest.NodeName, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := kube.NewCluster(testbed.Config(), "test")
	if err != nil {
		t.Fatal(err)
	}
	journal, err := openJournal()
	if err != nil {
		t.Fatal(err)
	}
	plan, err := kube.PlanNodeProbe(node, kube.NodeProbeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	fixer := &fixes.Fixer{Cluster: cluster, Journal: journal}
	if _, err := fixer.ProbeNode(ctx, plan, func(string) { stop() }); !errors.Is(err, context.Canceled) {
		t.Errorf("the probe ended with %v", err)
	}
	if pods := nodeProbePods(t, testbed); len(pods) > 0 {
		t.Errorf("%s was left behind", pods[0].Name)
	}
	if entries, _ := journal.Entries(); len(entries) != 1 || entries[0].State != fixes.Undone {
		t.Errorf("journal: %+v", entries)
	}
}

// A pod that a killed kiln has left behind goes at the next start.
func TestLeftNodeProbesAreReaped(t *testing.T) {
	testbed := useNode(t)
	node, err := testbed.Client().CoreV1().Nodes().Get(t.Context(), kubetest.NodeName, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := kube.NewCluster(testbed.Config(), "test")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := kube.PlanNodeProbe(node, kube.NodeProbeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cluster.CreateNodeProbe(t.Context(), plan, kube.ForReal); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if left, err := cluster.LeftNodeProbes(t.Context(), now); err != nil || len(left) > 0 {
		t.Errorf("one that may still run: %v, %v", left, err)
	}
	left, err := cluster.LeftNodeProbes(t.Context(), now.Add(kube.NodeProbeTime+time.Minute))
	if err != nil || len(left) != 1 {
		t.Fatalf("one that is over: %v, %v", left, err)
	}
	if err := cluster.DeleteNodeProbe(t.Context(), left[0].Namespace, left[0].Name, "another"); err != nil {
		t.Error(err)
	}
	if len(nodeProbePods(t, testbed)) != 1 {
		t.Error("another pod of the same name was deleted")
	}
	if err := cluster.DeleteNodeProbe(t.Context(), left[0].Namespace, left[0].Name, left[0].UID); err != nil || len(nodeProbePods(t, testbed)) > 0 {
		t.Errorf("still there, %v", err)
	}
}
