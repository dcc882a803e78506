package kube_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"kiln/kube"
	"kiln/kube/kubetest"
)

// patience is how long a test waits for what should come at once.
const patience = 30 * time.Second

// watching is a Watcher in a test, with all that it has told so far.
type watching struct {
	t       *testing.T
	ctx     context.Context
	watcher *kube.Watcher
	inv     *kube.Inventory
	state   kube.WatchState
	updates int
}

func watch(t *testing.T, cluster *kube.Cluster, opts kube.WatchOptions, tamper func(*kube.Inventory) *kube.Inventory) *watching {
	t.Helper()
	inv, err := kube.Collect(t.Context(), cluster, opts.CollectOptions, nil)
	if err != nil {
		t.Fatal(err)
	}
	if tamper != nil {
		inv = tamper(inv)
	}
	return &watching{t: t, ctx: t.Context(), watcher: kube.Watch(t.Context(), cluster, inv, opts), inv: inv}
}

// until takes updates until one satisfies done.
func (w *watching) until(what string, done func(*watching) bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	for !done(w) {
		update, ok := w.watcher.Next(ctx)
		if !ok {
			w.t.Fatalf("waiting until %s: nothing more came; state %+v", what, w.state)
		}
		w.updates++
		w.state = update.State
		if update.Inventory != nil {
			w.inv = update.Inventory
		}
	}
}

func (w *watching) configMap(name string) *corev1.ConfigMap {
	for _, c := range w.inv.ConfigMaps {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func inNamespace(ns string) kube.WatchOptions {
	return kube.WatchOptions{CollectOptions: kube.CollectOptions{Namespace: ns}}
}

const moreObjects = `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {mode: fast}
---
apiVersion: v1
kind: Pod
metadata:
  name: adopted-too
  ownerReferences: [{apiVersion: example.com/v1, kind: Rollout, name: r, uid: 11111111-2222-3333-4444-555555555555, controller: true}]
spec:
  containers: [{name: c, image: "busybox:1.36"}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1.36"}]}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: another}
stringData: {password: hunter2}
`

// describe is an Inventory in lines that can be compared.
func describe(inv *kube.Inventory) []string {
	var lines []string
	for resource, objects := range inv.ObjectsByResource() {
		for _, o := range objects {
			lines = append(lines, fmt.Sprintf("%s %s/%s of %v", resource, o.GetNamespace(), o.GetName(), inv.Owner(o)))
		}
	}
	for _, w := range inv.Workloads {
		images := ""
		for _, c := range w.Containers() {
			images += " " + c.Image
		}
		lines = append(lines, fmt.Sprintf("workload %s, ended %v, %d pods,%s", w.Ref(), w.Ended, len(w.Pods), images))
	}
	slices.Sort(lines)
	return append(lines, fmt.Sprintf("%d objects", inv.Objects()))
}

// TestAWatchedInventoryIsAsOneReadAnew makes, changes and deletes things, and
// compares with what a second Collect reads.
func TestAWatchedInventoryIsAsOneReadAnew(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "watch")
	testbed.Apply(t, webAndDebugger, ns)
	waitForPods(t, testbed, ns, 4)
	cluster := connect(t, testbed.Kubeconfig())
	w := watch(t, cluster, inNamespace(ns), nil)
	before, lines := w.inv, describe(w.inv)

	same := func(w *watching) bool {
		anew, err := kube.Collect(t.Context(), cluster, inNamespace(ns).CollectOptions, nil)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Equal(describe(anew), describe(w.inv))
	}
	client := testbed.Client()
	debugged := "" // the pod that gets an ephemeral container
	steps := []struct {
		name string
		do   func() error
	}{
		{"objects are made", func() error { testbed.Apply(t, moreObjects, ns); return nil }},
		{"a template changes", func() error {
			_, err := client.AppsV1().Deployments(ns).Patch(t.Context(), "web", types.StrategicMergePatchType,
				[]byte(`{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"nginx:1.30"}]}}}}`), metav1.PatchOptions{})
			return err
		}},
		{"the pod that stood for its controller ends", func() error { return setStatus(t, testbed, ns, "adopted", `{"phase":"Succeeded"}`) }},
		{"the pod that stood for its controller goes", func() error {
			return client.CoreV1().Pods(ns).Delete(t.Context(), "adopted", *metav1.NewDeleteOptions(0))
		}},
		{"a ReplicaSet loses its Deployment", func() error {
			orphan := metav1.DeletePropagationOrphan
			return client.AppsV1().Deployments(ns).Delete(t.Context(), "web", metav1.DeleteOptions{PropagationPolicy: &orphan})
		}},
		{"a pod gets an ephemeral container", func() error { debugged = addEphemeral(t, testbed, ns); return nil }},
		{"the ephemeral container ends", func() error {
			return setStatus(t, testbed, ns, debugged, `{"phase":"Running","ephemeralContainerStatuses":[{"name":"debugger","image":"","imageID":"","lastState":{},"ready":false,"restartCount":0,"state":{"terminated":{"exitCode":0}}}]}`)
		}},
		{"objects are deleted", func() error {
			return client.CoreV1().ConfigMaps(ns).Delete(t.Context(), "settings", metav1.DeleteOptions{})
		}},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		w.until(step.name, same)
	}
	if !slices.Equal(lines, describe(before)) {
		t.Error("the first Inventory has changed after it was handed out")
	}
	if kept := w.inv.SpecsKept(); kept > 4 {
		t.Errorf("the specs of %d pods are kept, want those of the two bare ones and the debugged ones", kept)
	}
	for _, s := range w.inv.Secrets {
		if strings.Contains(s.String(), "hunter2") {
			t.Error("a Secret's value came with the watch")
		}
	}
}

func TestWhatChangesNothingMakesNoInventory(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "watch-quiet")
	testbed.Apply(t, moreObjects, ns)
	w := watch(t, connect(t, testbed.Kubeconfig()), inNamespace(ns), nil)
	touch := func(patch string) {
		t.Helper()
		_, err := testbed.Client().CoreV1().ConfigMaps(ns).Patch(t.Context(), "settings", types.MergePatchType, []byte(patch), metav1.PatchOptions{FieldManager: "somebody"})
		if err != nil {
			t.Fatal(err)
		}
	}
	touch(`{"binaryData":{"blob":"AAAA"}}`) // which kiln doesn't keep
	touch(`{"data":{"mode":"slow"}}`)
	w.until("the mode is slow", func(w *watching) bool { return w.configMap("settings").Data["mode"] == "slow" })
	updates := w.updates
	touch(`{"binaryData":{"blob":"BBBB"}}`)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	for {
		update, ok := w.watcher.Next(ctx)
		if !ok {
			break
		}
		if slices.Contains(update.Changed, kube.ConfigMaps) {
			t.Errorf("%d updates, and then one for nothing: %v", updates, update.Objects)
		}
	}
}

// TestAForgottenVersionIsListedAnew starts from a version that the server
// answers with 410 Gone.
func TestAForgottenVersionIsListedAnew(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "watch-gone")
	w := watch(t, connect(t, testbed.Kubeconfig()), inNamespace(ns), func(inv *kube.Inventory) *kube.Inventory {
		testbed.Apply(t, moreObjects, ns)
		return inv.WithVersion(kube.ConfigMaps, "1")
	})
	w.until("the ConfigMap is there", func(w *watching) bool { return w.configMap("settings") != nil })
	if !w.state.Lost.IsZero() {
		t.Errorf("a forgotten version is no loss: %+v", w.state)
	}
}

func TestACutLineIsSaidAndMended(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "watch-cut")
	line := testbed.Line(t)
	w := watch(t, connect(t, line.Kubeconfig), inNamespace(ns), nil)
	line.Cut()
	w.until("the loss is said", func(w *watching) bool { return !w.state.Lost.IsZero() })
	if w.state.Why == "" {
		t.Error("it isn't said why")
	}
	testbed.Apply(t, moreObjects, ns) // unseen
	line.Mend(t)
	w.until("it is back, with what was missed", func(w *watching) bool {
		return w.state.Lost.IsZero() && w.configMap("settings") != nil
	})
	if w.inv.APIServer.From != "/flagz" || w.inv.Certificates.Server == nil {
		t.Errorf("the flags and certificates should have been read again: %+v", w.inv.Certificates)
	}
}

// client-go makes watches without events of connections that end before there
// is an answer: they must not pass for ones that are well.
func TestALoadBalancerWithNobodyBehindItIsALoss(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "watch-nobody")
	line := testbed.Line(t)
	w := watch(t, connect(t, line.Kubeconfig), inNamespace(ns), nil)
	line.HangUp(t)
	w.until("the loss is said, and why", func(w *watching) bool {
		return !w.state.Lost.IsZero() && strings.Contains(w.state.Why, "without an answer")
	})
	line.Mend(t)
	w.until("it is back", func(w *watching) bool { return w.state.Lost.IsZero() })
}

func TestWhatMayNotBeWatchedIsListedNowAndThen(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "watch-polled")
	kubeconfig := testbed.IdentityIn(t, ns, "lister", nil, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"get", "list"}})
	opts := inNamespace(ns)
	opts.Relist = 500 * time.Millisecond
	opts.Only = []kube.Resource{kube.ConfigMaps, kube.Services}
	w := watch(t, connect(t, kubeconfig), opts, nil)
	w.until("it says so", func(w *watching) bool { return len(w.state.Polled) > 0 })
	if p := w.state.Polled[0]; p.Resource != kube.ConfigMaps || !strings.Contains(p.Why, "forbidden") {
		t.Errorf("polled: %+v", p)
	}
	if _, gap := w.inv.Gap(kube.Services); !gap {
		t.Error("services can't be listed and have no gap")
	}
	testbed.Apply(t, moreObjects, ns)
	w.until("the ConfigMap is there", func(w *watching) bool { return w.configMap("settings") != nil })

	// A right that is given later fills the gap.
	testbed.IdentityIn(t, ns, "lister", nil, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"services"}, Verbs: []string{"get", "list", "watch"}})
	w.until("the gap is filled", func(w *watching) bool { _, gap := w.inv.Gap(kube.Services); return !gap })
}
