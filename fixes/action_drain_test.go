package fixes

import (
	"context"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

const drained = `
{apiVersion: v1, kind: Node, metadata: {name: NODE, labels: {for: NODE}}, spec: {taints: [{key: for, value: NODE, effect: NoSchedule}]}, status: {allocatable: {cpu: 8, memory: 32Gi, pods: 110}, conditions: [{type: Ready, status: "True"}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {nodeSelector: {for: NODE}, tolerations: [{key: for, operator: Exists}], containers: [{name: main, image: "example.test/a:1"}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: naked}, spec: {nodeSelector: {for: NODE}, tolerations: [{key: for, operator: Exists}], containers: [{name: main, image: "example.test/a:1"}]}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent}, spec: {selector: {matchLabels: {app: agent}}, template: {metadata: {labels: {app: agent}}, spec: {nodeSelector: {for: NODE}, tolerations: [{key: for, operator: Exists}], containers: [{name: main, image: "example.test/a:1"}]}}}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}}
`

// A drain cordons, evicts what it may, names what a budget holds back, can be
// broken off, and leaves what nothing would make anew. Undo takes the cordon
// back.
func TestDrain(t *testing.T) {
	b := newBench(t)
	node := b.namespace
	b.testbed.Apply(t, strings.ReplaceAll(drained, "NODE", node), b.namespace)
	ref := kube.Ref{APIVersion: "v1", Kind: "Node", Name: node}
	b.makeReady(b.podsOf(2))
	b.eventually("the budget counts", func() bool {
		pods, err := b.fixer.podsToDrain(t.Context(), node, DrainOptions{})
		return err == nil && len(pods.Blocked) == 2 && len(pods.Uncontrolled) == 1 && len(pods.Stays) == 1
	})

	plan, cordoned := b.act(DrainAction, ref)
	notes := strings.Join(plan.Notes, "\n")
	for _, want := range []string{"Evicted once their budget has room: 2 pods: ", "by PodDisruptionBudget/web", "Left, since nothing would make them anew", b.namespace + "/naked", "as the node's own"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes lack %q:\n%s", want, notes)
		}
	}
	if strings.Contains(notes, "Evicted: ") {
		t.Errorf("pods that a budget holds back are named twice:\n%s", notes)
	}
	ctx, cancel := context.WithCancel(t.Context())
	waited := ""
	entry, err := b.fixer.Drain(ctx, node, DrainOptions{}, func(p DrainProgress) {
		if p.Waiting != "" {
			waited = p.Waiting
			cancel()
		}
	})
	if err == nil || entry.State != Failed || !strings.Contains(err.Error(), b.namespace+"/web-") || !strings.Contains(waited, "disruption budget") {
		t.Fatalf("broken off: %s, %v; it waited for %q", entry.State, err, waited)
	}

	if err := b.cluster.Client.PolicyV1().PodDisruptionBudgets(b.namespace).Delete(t.Context(), "web", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	gone := 0
	entry, err = b.fixer.Drain(t.Context(), node, DrainOptions{Timeout: 30 * time.Second}, func(p DrainProgress) {
		if p.Gone {
			gone++
		}
	})
	if err != nil || entry.State != Applied || gone != 2 || entry.Undoable() {
		t.Fatalf("%+v, %v, %d gone", entry, err, gone)
	}
	left, err := b.fixer.podsToDrain(t.Context(), node, DrainOptions{Force: true})
	if err != nil || len(left.Evicted) != 1 || left.Evicted[0].Name != "naked" {
		t.Errorf("left are %v, %v", left, err)
	}
	b.undo(cordoned)
	if field(b.read(ref).Object, "spec", "unschedulable") != nil {
		t.Error("the node is still cordoned")
	}
}

// makeReady has the pods running and ready, as a kubelet would.
func (b *bench) makeReady(pods []corev1.Pod) {
	b.Helper()
	for _, pod := range pods {
		b.eventually("the pod is on a node", func() bool {
			live, err := b.cluster.Client.CoreV1().Pods(b.namespace).Get(b.Context(), pod.Name, metav1.GetOptions{})
			if err != nil || live.Spec.NodeName == "" {
				return false
			}
			live.Status.Phase = corev1.PodRunning
			live.Status.Conditions = append(live.Status.Conditions, corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionTrue})
			_, err = b.cluster.Client.CoreV1().Pods(b.namespace).UpdateStatus(b.Context(), live, metav1.UpdateOptions{})
			return err == nil
		})
	}
}
