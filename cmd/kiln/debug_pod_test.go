package main

import (
	"context"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"

	"kiln/kube/kubetest"
)

// The pods of this cluster are bound to nodes that don't run: enough for what
// comes before a container starts.
const scenesManifest = `
apiVersion: v1
kind: Node
metadata: {name: windows-1, labels: {kubernetes.io/os: windows}}
status:
  allocatable: {cpu: 8, memory: 32Gi, pods: 110}
  conditions: [{type: Ready, status: "True"}]
---
apiVersion: v1
kind: Node
metadata: {name: sick-1}
status:
  conditions: [{type: Ready, status: "False", reason: Sick}]
---
apiVersion: v1
kind: Pod
metadata: {name: patient}
spec: {nodeName: sick-1, containers: [{name: app, image: "registry.example/web:1"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      nodeName: windows-1
      containers: [{name: app, image: "registry.example/web:1"}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside}
spec: {type: ExternalName, externalName: example.com}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
apiVersion: v1
kind: Pod
metadata: {name: astray}
spec: {nodeName: gone-1, containers: [{name: app, image: "registry.example/web:1"}]}
`

// useScenes applies the manifest and waits for the Deployment's pods.
func useScenes(t *testing.T) (*kubetest.Testbed, string) {
	t.Helper()
	testbed := kubetest.Cluster(t)
	isolate(t)
	t.Setenv("KUBECONFIG", testbed.Kubeconfig())
	ns := testbed.Namespace(t, "scenes")
	testbed.Apply(t, scenesManifest, ns)
	err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		list, err := testbed.Client().CoreV1().Pods(ns).List(ctx, metav1.ListOptions{LabelSelector: "app=web"})
		return err == nil && len(list.Items) == 2, err
	})
	if err != nil {
		t.Fatalf("waiting for the pods: %v", err)
	}
	return testbed, ns
}

func TestDebugOfWhatPodsBelongTo(t *testing.T) {
	_, ns := useScenes(t)
	for what, want := range map[string]string{
		"deploy/web":         "deploy/web has 2 pods: name one of web-",
		"svc/web":            "svc/web has 2 pods: name one of web-",
		"service/outside":    "Service is defined without a selector",
		"configmap/settings": "stands for no pods",
		"deploy/none":        `there is no deploy "none"`,
		"none":               `there is no pod "none"`,
		"nonsense/x":         `no kind "nonsense"`,
		"pod/astray":         "its node gone-1 is gone",
	} {
		got := kiln(t, "", "debug", what, "-n", ns, "--yes")
		if got.code != exitError || !strings.Contains(got.err, want) {
			t.Errorf("%s: exit %d, %s", what, got.code, got.err)
		}
	}
}

func TestDebugOfAPodOnAWindowsNode(t *testing.T) {
	testbed, ns := useScenes(t)
	list, err := testbed.Client().CoreV1().Pods(ns).List(t.Context(), metav1.ListOptions{LabelSelector: "app=web"})
	if err != nil {
		t.Fatal(err)
	}
	got := kiln(t, "", "debug", list.Items[0].Name, "-n", ns, "--yes")
	if got.code != exitError || !strings.Contains(got.err, "its node runs Windows") {
		t.Errorf("exit %d, %s", got.code, got.err)
	}
	node := kiln(t, "", "debug", "node/windows-1", "--probe", "--yes")
	if node.code != exitError || !strings.Contains(node.err, "runs Windows") {
		t.Errorf("the node: exit %d, %s", node.code, node.err)
	}
	static := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "static", Annotations: map[string]string{corev1.MirrorPodAnnotationKey: "x"}},
		Spec:       corev1.PodSpec{NodeName: "windows-1", Containers: []corev1.Container{{Name: "app", Image: "registry.example/web:1"}}},
	}
	if _, err := testbed.Client().CoreV1().Pods(ns).Create(t.Context(), static, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := kiln(t, "", "debug", "static", "-n", ns, "--yes"); got.code != exitError || !strings.Contains(got.err, "it is a static pod") {
		t.Errorf("a static pod: exit %d, %s", got.code, got.err)
	}
}

// Nobody starts a container on a node that has gone silent: the wait ends, and
// names it.
func TestDebugOnANodeThatIsNotReady(t *testing.T) {
	_, ns := useScenes(t)
	got := kiln(t, "", "debug", "patient", "-n", ns, "--yes", "--timeout", "2s")
	if got.code != exitError || !strings.Contains(got.err, "node sick-1 is gone, or not ready") {
		t.Errorf("exit %d, %s", got.code, got.err)
	}
	probe := kiln(t, "", "debug", "node/sick-1", "--probe", "--yes", "--timeout", "2s")
	if probe.code != exitError || !strings.Contains(probe.err, "did not end in time: its node has not said anything yet") {
		t.Errorf("its probe: exit %d, %s", probe.code, probe.err)
	}
	if list := kiln(t, "", "journal"); !strings.Contains(list.out, "undone") {
		t.Errorf("the probe's pod wasn't deleted: %s", list.out)
	}
}

func TestShellWithoutTheRightToExec(t *testing.T) {
	testbed, ns := useScenes(t)
	viewer := testbed.IdentityIn(t, ns, "viewer", nil, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get", "list"}})
	for name, flags := range map[string][]string{"existing": {"--existing"}, "attach": {"--attach", "kiln-debug-x"}} {
		got := kiln(t, "", append([]string{"debug", "patient", "-n", ns, "--kubeconfig", viewer}, flags...)...)
		if got.code != exitError || !strings.Contains(got.err, "pods/exec") || !strings.Contains(got.err, "viewer") {
			t.Errorf("%s: exit %d, %s", name, got.code, got.err)
		}
	}
}
