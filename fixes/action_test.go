package fixes

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

func (b *bench) planAction(name string, on kube.Ref) (Plan, error) {
	b.Helper()
	action, err := FindAction(name)
	if err != nil {
		b.Fatal(err)
	}
	return b.fixer.Act(b.Context(), action, on)
}

func (b *bench) act(name string, on kube.Ref) (Plan, Entry) {
	b.Helper()
	plan, err := b.planAction(name, on)
	if err != nil {
		b.Fatal(err)
	}
	return plan, b.carryOut(plan)
}

func (b *bench) undo(entry Entry) {
	b.Helper()
	if _, err := b.newFixer().Undo(b.Context(), entry.ID); err != nil {
		b.Fatalf("undoing %q: %v", entry.Title, err)
	}
}

const shop = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front, team: shop}}
    spec: {containers: [{name: main, image: "example.test/web:1"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {tier: front}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: everybody}
spec: {podSelector: {}, ingress: [{}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec: {schedule: "0 0 1 1 *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: "example.test/job:1"}]}}}}}
---
apiVersion: v1
kind: Service
metadata: {name: open}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}
`

// podsOf waits until the Deployment's pods are there.
func (b *bench) podsOf(n int) []corev1.Pod {
	b.Helper()
	var pods []corev1.Pod
	b.eventually(fmt.Sprintf("%d pods", n), func() bool {
		list, err := b.cluster.Client.CoreV1().Pods(b.namespace).List(b.Context(), metav1.ListOptions{LabelSelector: "app=web"})
		if err != nil {
			b.Fatal(err)
		}
		pods = slices.DeleteFunc(list.Items, func(p corev1.Pod) bool { return p.DeletionTimestamp != nil })
		return len(pods) == n
	})
	return pods
}

// A quarantined pod is shut in and replaced, and keeps what nobody selects by.
// Undo brings it back among the others.
func TestQuarantine(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, shop, b.namespace)
	pod := b.podsOf(2)[0]
	ref := b.ref("v1", "Pod", pod.Name)

	plan, entry := b.act("quarantine", ref)
	notes := strings.Join(plan.Notes, "\n")
	for _, want := range []string{"Service/web", "ReplicaSet/web-", "NetworkPolicy/everybody is for all pods"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes don't tell of %s:\n%s", want, notes)
		}
	}
	labels := b.read(ref).GetLabels()
	if labels["app"] != "" || labels["tier"] != "" || labels["team"] != "shop" || labels[quarantineLabel] != string(pod.UID) {
		t.Errorf("its labels are %v", labels)
	}
	for _, fresh := range b.podsOf(2) {
		if fresh.Name == pod.Name {
			t.Error("it is still one of the two")
		}
	}
	policy := b.ref("networking.k8s.io/v1", "NetworkPolicy", "kiln-quarantine-"+pod.Name)
	if got := asJSON(t, field(b.read(policy).Object, "spec")); !strings.Contains(got, string(pod.UID)) || strings.Contains(got, "ingress") {
		t.Errorf("the policy is %s", got)
	}
	b.eventually("its controller lets go", func() bool { return metav1.GetControllerOf(b.read(ref)) == nil })

	b.undo(entry)
	b.isGone(policy)
	b.podsOf(2)
}

// What changes one field brings the object back to its first state.
func TestActionsAndTheirUndo(t *testing.T) {
	for name, on := range map[string]kube.Ref{
		"scale-to-zero":  {APIVersion: "apps/v1", Kind: "Deployment", Name: "web"},
		"suspend":        {APIVersion: "batch/v1", Kind: "CronJob", Name: "nightly"},
		"close-nodeport": {APIVersion: "v1", Kind: "Service", Name: "open"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.testbed.Apply(t, shop, b.namespace)
			on.Namespace = b.namespace
			b.podsOf(2)
			first := b.read(on)
			b.letTimePass()
			_, entry := b.act(name, on)
			if fields, err := kube.CompareFields(first, b.read(on)); err != nil || len(fields) == 0 {
				t.Errorf("it changed nothing: %v", err)
			}
			if plan, err := b.planAction(name, on); err == nil && b.previewOf(plan).Err() == nil {
				t.Error("there is something to do a second time")
			}
			b.undo(entry)
			b.isAsAtFirst(first)
		})
	}
}

// An action on a pod goes to what controls it, and says where it can't.
func TestActionsOnPods(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, shop, b.namespace)
	pod := b.ref("v1", "Pod", b.podsOf(2)[0].Name)
	plan, entry := b.act("scale-to-zero", pod)
	if plan.Changes[0].Target.Kind != "Deployment" || !strings.Contains(plan.Notes[0], "without its 2 pods") {
		t.Errorf("it plans %+v", plan)
	}
	b.podsOf(0)
	b.undo(entry)
	b.podsOf(2)

	b.testbed.Apply(t, `{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent}, spec: {selector: {matchLabels: {app: agent}}, template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: main, image: "example.test/a:1"}]}}}}`, b.namespace)
	b.testbed.Apply(t, `{apiVersion: v1, kind: Pod, metadata: {name: naked}, spec: {containers: [{name: main, image: "example.test/a:1"}]}}`, b.namespace)
	naked := b.ref("v1", "Pod", "naked")
	for name, on := range map[string]kube.Ref{"scale-to-zero": naked, "suspend": naked} {
		if _, err := b.planAction(name, on); !errors.Is(err, ErrManual) {
			t.Errorf("%s of a pod of nobody's: %v", name, err)
		}
	}
	if _, err := b.planAction("scale-to-zero", b.ref("apps/v1", "DaemonSet", "agent")); err == nil {
		t.Error("a DaemonSet is scaled")
	}
	if _, err := b.planAction("close-nodeport", b.ref("v1", "Service", "web")); !errors.Is(err, ErrNothingToDo) {
		t.Errorf("closing what is closed: %v", err)
	}
}

// A subject leaves all its bindings, and comes back to all of them. Those that
// name it in other ways count, those of others stay.
func TestRevoke(t *testing.T) {
	b := newBench(t)
	const subjects = `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}, subjects: `
	b.testbed.Apply(t, `
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: one}, `+subjects+`[{kind: ServiceAccount, name: ci}, {kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: alone}, `+subjects+`[{kind: User, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccount:`+b.namespace+`:ci"}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: others}, `+subjects+`[{kind: ServiceAccount, name: ci-2}]}
`, b.namespace)
	firsts := map[string]*unstructured.Unstructured{}
	for _, name := range []string{"one", "alone", "others"} {
		firsts[name] = b.read(b.ref("rbac.authorization.k8s.io/v1", "RoleBinding", name))
	}
	b.letTimePass()
	plan, entry := b.act("revoke", b.ref("v1", "ServiceAccount", "ci"))
	if len(plan.Changes) != 2 {
		t.Fatalf("it changes %v", plan.Changes)
	}
	if got := asJSON(t, b.read(kube.RefOf(firsts["one"])).Object["subjects"]); strings.Contains(got, "ci") || !strings.Contains(got, "jane") {
		t.Errorf("the first binding has %s", got)
	}
	if got := b.read(kube.RefOf(firsts["alone"])).Object["subjects"]; got != nil {
		t.Errorf("the second binding has %v", got)
	}
	if _, err := b.planAction("revoke", b.ref("v1", "ServiceAccount", "ci")); !errors.Is(err, ErrNothingToDo) {
		t.Errorf("revoking twice: %v", err)
	}
	b.undo(entry)
	for _, first := range firsts {
		b.isAsAtFirst(first)
	}
}

// A token's Secret goes for good, which is said before, and no other Secret
// goes at all.
func TestDeleteToken(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, `
{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: token, annotations: {kubernetes.io/service-account.name: default}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: other}, stringData: {a: b}}
---
{apiVersion: v1, kind: Pod, metadata: {name: user}, spec: {volumes: [{name: t, secret: {secretName: token}}], containers: [{name: main, image: "example.test/a:1"}]}}
`, b.namespace)
	if _, err := b.planAction("delete-token", b.ref("v1", "Secret", "other")); !errors.Is(err, ErrManual) {
		t.Errorf("another Secret: %v", err)
	}
	ref := b.ref("v1", "Secret", "token")
	b.eventually("the token", func() bool { return field(b.read(ref).Object, "data", "token") != nil })
	value, _ := field(b.read(ref).Object, "data", "token").(string)
	plan, entry := b.act("delete-token", ref)
	if notes := strings.Join(plan.Notes, "\n"); !strings.Contains(plan.Notes[0], "gone for good") || !strings.Contains(notes, "Pod/user uses it") {
		t.Errorf("the notes are %s", notes)
	}
	if entry.Undoable() || strings.Contains(asJSON(t, entry), value) {
		t.Errorf("the entry is %+v", entry)
	}
	b.isGone(ref)
}
