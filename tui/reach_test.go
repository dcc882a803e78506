package tui

import (
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube/kubetest"
	"kiln/scanners"
	"kiln/scanners/network"
	"kiln/scanners/scantest"
)

const reachManifests = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: checkout, namespace: shop}
spec:
  selector: {matchLabels: {app: checkout}}
  template:
    metadata: {labels: {app: checkout}}
    spec: {containers: [{name: c, image: "checkout:1", ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, image: "db:1", ports: [{name: sql, containerPort: 5432}]}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: ops}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {hostNetwork: true, containers: [{name: c, image: "agent:1"}]}
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {type: LoadBalancer, selector: {app: checkout}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db-from-checkout, namespace: shop}
spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {matchLabels: {app: checkout}}}]}]}
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: more, namespace: shop}
spec: {endpointSelector: {matchLabels: {app: db}}, egress: [{}]}
`

// reachSnapshot is a cluster with policies, and a plugin that ignores them.
func reachSnapshot(t *testing.T) *snapshot {
	t.Helper()
	s := newSnapshot([]scanners.CheckResult{{
		Check: scanners.Check{ID: network.NotEnforcedID, Layer: scanners.Network}, Status: scanners.Fail,
		Findings: []scanners.Finding{{Check: network.NotEnforcedID, Message: "flannel carries the pods' traffic"}},
	}}, nil)
	s.inventory = scantest.Cluster(t, reachManifests)
	return s
}

// showReach shows the view of namespace shop, evaluated.
func showReach(t *testing.T, a *App) {
	t.Helper()
	deliver(a, reachSnapshot(t))
	settle(a, a.runCommand("reach shop"))
}

func TestReachInCountsAndDrills(t *testing.T) {
	a, _ := newTestApp(t, "staging", 160, 45)
	showReach(t, a)
	text := screenText(a)
	for _, want := range []string{"Who may talk to whom in shop", "Nothing enforces NetworkPolicies here", "Not evaluated: CiliumNetworkPolicy/more in shop", "LoadBalancer", "✗ 2 of 2", "○ 1 of 2", "db-from-checkout"} {
		if !strings.Contains(text, want) {
			t.Errorf("the list lacks %q:\n%s", want, text)
		}
	}
	press(a, "/")
	typeText(a, "workload:db")
	press(a, "enter", "enter")
	text = screenText(a)
	for _, want := range []string{"StatefulSet/db in shop", "1 of 2 workloads: shop 1", "not judged", "← from", "Deployment/checkout", "5432/TCP (sql)", "169.254.169.254 can't be asked"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
	press(a, "end", "enter")
	if text = screenText(a); !strings.Contains(text, "Deployment/checkout in shop") || !strings.Contains(text, "way in") {
		t.Errorf("enter on a workload should go to its page:\n%s", text)
	}
	press(a, "enter") // the way in: the Service
	if v, ok := a.top().(*yamlView); !ok || v.ref.Kind != "Service" {
		t.Errorf("enter on a way in should show its YAML, not %T", a.top())
	}
}

func TestReachFromElsewhere(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	deliver(a, reachSnapshot(t))
	a.runCommand("reach")
	if _, ok := a.top().(*namespacesView); !ok {
		t.Fatalf("without a namespace one should be chosen, not %T", a.top())
	}
	for row, n := range a.top().(*namespacesView).rows {
		if n.name == "shop" {
			a.top().(*namespacesView).table.moveTo(row)
		}
	}
	press(a, "m")
	if v, ok := a.top().(*reachView); !ok || v.namespace != "shop" {
		t.Fatalf("m should show the namespace's, not %T", a.top())
	}
	settle(a, a.runCommand("workloads"))
	w := a.top().(*workloadsView)
	for row, r := range w.rows {
		if r.ref.Name == "db" {
			w.table.moveTo(row)
		}
	}
	_, cmd := a.Update(keyOf("m"))
	settle(a, cmd)
	if v, ok := a.top().(*reachView); !ok || v.target() == nil || v.target().ref.Name != "db" {
		t.Errorf("m on a workload should put the cursor on it:\n%s", screenText(a))
	}
}

func TestReachOnTheServer(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "reach")
	cluster.Apply(t, shopManifest, namespace)
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.command("reach")
	d.shows("Who may talk to whom in "+namespace, "isn't known", "Deployment/checkout", "Pod/naked", "✗ yes")

	deny := &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "deny"},
		Spec:       networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{"Ingress", "Egress"}},
	}
	if _, err := cluster.Client().NetworkingV1().NetworkPolicies(namespace).Create(t.Context(), deny, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	d.keys("ctrl+r")
	d.shows("✓ 0 of 1", "✓ no")
	d.keys("enter")
	d.shows("NetworkPolicy/deny", "no workload")
	d.keys("enter")
	d.shows("policyTypes:")
}
