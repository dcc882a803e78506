package fixes

import (
	"errors"
	"slices"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/netpol"
	"kiln/scanners/scantest"
)

const talkative = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api, version: "7"}}, spec: {containers: [{name: c, image: "x:1"}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web, version: "3"}}, spec: {containers: [{name: c, image: "x:1"}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: other, namespace: elsewhere}
spec:
  selector: {matchLabels: {app: other}}
  template: {metadata: {labels: {app: other}}, spec: {containers: [{name: c, image: "x:1"}]}}
`

// talks is the namespace shop, whose api was probed twice: web was connected
// to it the first time, and it to a database and the outside the second.
func talks(t *testing.T) Situation {
	t.Helper()
	inv := scantest.Cluster(t, talkative)
	api := kube.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "api"}
	web := kube.Peer{Kind: "Pod", Namespace: "shop", Name: "web-1", Labels: map[string]string{"app": "web", "version": "2"}}
	db := kube.Peer{Kind: "Service", Namespace: "data", Name: "db", Labels: map[string]string{"app": "db"}, Port: "5433"}
	listening := []kube.Socket{{Protocol: "TCP", Address: "0.0.0.0", Port: 8080}, {Protocol: "TCP", Address: "127.0.0.1", Port: 9000}}
	s := seenOn(
		kube.Evidence{Listening: listening, Connections: []kube.Connection{{Inbound: true, Peer: "10.0.0.1", Port: 8080, Peers: []kube.Peer{web}, Who: []string{web.String()}}}},
		kube.Evidence{Listening: listening, Connections: []kube.Connection{
			{Peer: "10.96.0.9", Port: 5432, Peers: []kube.Peer{db}, Who: []string{db.String()}},
			{Peer: "203.0.113.9", Port: 443},
		}},
	)
	s.Workloads, s.Evidence = map[kube.Ref][]kube.Evidence{api: s.Evidence}, nil
	s.Inventory = inv
	s.Finding = scanners.Finding{Check: "network/no-policy", Object: kube.Ref{APIVersion: "v1", Kind: "Namespace", Name: "shop"}}
	return s
}

// policyFor plans, and hands the one policy to the evaluator.
func policyFor(t *testing.T, answers Answers) (Plan, *networkingv1.NetworkPolicy, func(from, to string, port int32) bool) {
	t.Helper()
	s := talks(t)
	plan, err := noPolicy().plan(s, answers)
	if err != nil || len(plan.Changes) != 1 {
		t.Fatalf("%v, %+v", err, plan.Changes)
	}
	policy := &networkingv1.NetworkPolicy{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(plan.Changes[0].Apply.Object, policy); err != nil {
		t.Fatal(err)
	}
	s.Inventory.NetworkPolicies = append(s.Inventory.NetworkPolicies, policy)
	workload := func(name string) *kube.Workload {
		i := slices.IndexFunc(s.Inventory.Workloads, func(w *kube.Workload) bool { return w.Ref().Name == name })
		return s.Inventory.Workloads[i]
	}
	return plan, policy, func(from, to string, port int32) bool {
		return netpol.New(s.Inventory).Reach(workload(from), workload(to), netpol.Port{Number: port}).Allowed
	}
}

func TestPolicyFromWhatWasSeen(t *testing.T) {
	plan, policy, reaches := policyFor(t, nil)
	if !reaches("web", "api", 8080) || reaches("other", "api", 8080) || reaches("web", "api", 9000) || !reaches("api", "other", 80) {
		t.Errorf("the policy allows the wrong things: %+v", policy.Spec)
	}
	if selector := policy.Spec.Ingress[0].From[0].PodSelector.MatchLabels; len(selector) != 1 || selector["app"] != "web" {
		t.Errorf("a peer's next version would be shut out: %v", selector)
	}
	notes := strings.Join(plan.Notes, "\n")
	for _, want := range []string{
		"2 probes, from 2026-03-14 09:26 UTC", "(2m ago), saw it listen at 8080/TCP",
		"connected from Pod/web-1 in shop (port 8080)", "203.0.113.9 (port 443)",
		"at 8080/TCP: 1 workload lose it: Deployment/other in elsewhere; 1 workload keep it: Deployment/web in shop",
		"short connections are seldom caught",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes don't say %q:\n%s", want, notes)
		}
	}
}

func TestPolicyThatIsWiderOrNarrowerThanWhatWasSeen(t *testing.T) {
	_, _, reaches := policyFor(t, Answers{fromQuestion: anyPod})
	if !reaches("other", "api", 8080) || reaches("other", "api", 9000) {
		t.Error("every pod, and only the ports")
	}
	_, policy, reaches := policyFor(t, Answers{fromQuestion: anything, toQuestion: onlySeen})
	if !reaches("other", "api", 8080) || reaches("api", "other", 8080) {
		t.Errorf("everybody in, and only what was seen out: %+v", policy.Spec)
	}
	egress := policy.Spec.Egress
	if len(egress) != 3 || egress[1].To[0].PodSelector.MatchLabels["app"] != "db" || egress[1].Ports[0].Port.IntVal != 5433 ||
		egress[1].To[0].NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"] != "data" || egress[2].To[0].IPBlock.CIDR != "203.0.113.9/32" {
		t.Errorf("DNS, the service's own port, the outside: %+v", egress)
	}
}

func TestNoPolicyWithoutEvidence(t *testing.T) {
	s := talks(t)
	s.Workloads = nil
	plan, err := noPolicy().plan(s, nil)
	if err != nil || len(plan.Changes) != 1 || plan.Changes[0].Target.Name != "default-deny-ingress" || !strings.Contains(strings.Join(plan.Notes, " "), "-n shop --probe") {
		t.Errorf("denies by default: %+v, %v", plan, err)
	}
	if _, err := noPolicy().plan(talks(t), Answers{workloadsQuestion: ""}); !errors.Is(err, ErrNothingToDo) {
		t.Errorf("no workload: %v", err)
	}
}
