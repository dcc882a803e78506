package kube_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"kiln/kube"
	"kiln/kube/kubetest"
)

func TestMain(m *testing.M) { os.Exit(kubetest.Run(m)) }

// connect opens the testbed with a kubeconfig.
func connect(t *testing.T, kubeconfig string) *kube.Cluster {
	t.Helper()
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig = &kubeconfig
	cluster, err := kube.Connect(t.Context(), flags, kube.NewGate(false))
	if err != nil {
		t.Fatal(err)
	}
	return cluster
}

const webAndDebugger = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "nginx:1.29", securityContext: {privileged: true}}]
---
apiVersion: v1
kind: Pod
metadata: {name: alone}
spec:
  containers: [{name: c, image: "busybox:1.36"}]
---
apiVersion: v1
kind: Pod
metadata:
  name: adopted
  ownerReferences: [{apiVersion: example.com/v1, kind: Rollout, name: r, uid: 11111111-2222-3333-4444-555555555555, controller: true}]
spec:
  containers: [{name: c, image: "busybox:1.36"}]
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: lonely}
spec:
  replicas: 0
  selector: {matchLabels: {app: lonely}}
  template:
    metadata: {labels: {app: lonely}}
    spec:
      containers: [{name: c, image: "busybox:1.36"}]
---
apiVersion: v1
kind: Secret
metadata: {name: key, annotations: {note: kept}}
stringData: {password: hunter2}
`

func TestCollectJoinsPodsToWhatAPersonWouldEdit(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "collect")
	testbed.Apply(t, webAndDebugger, ns)
	waitForPods(t, testbed, ns, 4)
	addEphemeral(t, testbed, ns)

	cluster := connect(t, testbed.Kubeconfig())
	var settled []kube.Resource
	inv, err := kube.Collect(t.Context(), cluster, kube.CollectOptions{Namespace: ns}, func(p kube.Progress) {
		if p.Inventory != nil {
			settled = append(settled, p.Resource)
			if !p.Inventory.Settled(p.Resource) {
				t.Errorf("%s came as settled, but isn't in its snapshot", p.Resource)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, w := range inv.Workloads {
		name := w.Ref().String()
		if w.EphemeralOnly {
			name = "ephemeral containers of a pod of web"
		}
		names = append(names, name)
	}
	want := []string{"Pod/adopted in " + ns, "Pod/alone in " + ns, "ReplicaSet/lonely in " + ns, "Deployment/web in " + ns, "ephemeral containers of a pod of web"}
	if !slices.Equal(names, want) {
		t.Errorf("workloads = %q, want %q", names, want)
	}
	if got := len(inv.Workloads[3].Pods); got != 2 {
		t.Errorf("web has %d pods, want 2", got)
	}
	if got := inv.Owner(inv.Workloads[3].Object); got.Manager != kube.Kubectl || got.Reconciles() {
		t.Errorf("owner of web = %v, want kubectl, which reconciles nothing", got)
	}
	if len(inv.Secrets) != 1 || inv.Secrets[0].Annotations["note"] != "kept" || strings.Contains(inv.Secrets[0].String(), "hunter2") {
		t.Errorf("secrets = %v, want metadata without values", inv.Secrets)
	}
	if !slices.Contains(settled, kube.APIServerFlags) || inv.APIServer.From != "/flagz" || inv.APIServer.Flags["authorization-mode"] == "" {
		t.Errorf("flags from %q: %d", inv.APIServer.From, len(inv.APIServer.Flags))
	}
	if gap, ok := inv.Gap(kube.KubeletConfigs); !ok || gap.Remedy == "" {
		t.Error("kubelets are asked only on demand")
	}
}

func TestForbiddenKindsAreGapsNotErrors(t *testing.T) {
	testbed := kubetest.Cluster(t)
	kubeconfig := testbed.Identity(t, "viewer", nil, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"list"}})
	inv, err := kube.Collect(t.Context(), connect(t, kubeconfig), kube.CollectOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, gap := inv.Gap(kube.Pods); gap {
		t.Error("pods may be listed")
	}
	for _, r := range []kube.Resource{kube.Deployments, kube.Secrets, kube.Nodes, kube.APIServerFlags} {
		gap, ok := inv.Gap(r)
		if !ok || !strings.Contains(gap.Reason, "forbidden") || gap.Remedy == "" {
			t.Errorf("gap of %s = %+v, %v", r, gap, ok)
		}
	}
}

func TestCollectEndsWhenItsContextDoes(t *testing.T) {
	cluster := connect(t, kubetest.Cluster(t).Kubeconfig())
	ctx, cancel := context.WithCancel(t.Context())
	_, err := kube.Collect(ctx, cluster, kube.CollectOptions{}, func(kube.Progress) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context canceled", err)
	}
}

func TestWarningsAreCollected(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "warnings")
	cluster := connect(t, testbed.Kubeconfig())
	label := []byte(`{"metadata":{"labels":{"pod-security.kubernetes.io/warn":"restricted"}}}`)
	if _, err := cluster.Client.CoreV1().Namespaces().Patch(t.Context(), ns, types.MergePatchType, label, metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	ctx, warnings := kube.WithWarnings(t.Context())
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i"}}}}
	if _, err := cluster.Client.CoreV1().Pods(ns).Create(ctx, pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if list := warnings.List(); len(list) != 1 || !strings.Contains(list[0], "PodSecurity") {
		t.Errorf("warnings = %q", list)
	}
}
