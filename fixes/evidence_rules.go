package fixes

import (
	"encoding/json"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"kiln/kube"
	"kiln/scanners/netpol"
)

// seenPolicy is the policy for one workload.
func seenPolicy(s Situation, w *kube.Workload) *unstructured.Unstructured {
	policy := createdByKiln("networking.k8s.io/v1", "NetworkPolicy", w.Namespace(), freePolicyName(s.Inventory, w.Namespace(), "seen-"+w.Ref().Name))
	spec := map[string]any{
		"podSelector": matching(selectorOf(w)), "policyTypes": []any{"Ingress"}, "ingress": ingressRules(s, w),
	}
	if s.Answers[toQuestion] == onlySeen {
		spec["policyTypes"] = []any{"Ingress", "Egress"}
		spec["egress"] = egressRules(s, w)
	}
	policy.Object["spec"] = spec
	return policy
}

// ingressRules open the ports that the workload was seen listening at.
func ingressRules(s Situation, w *kube.Workload) []any {
	evidence := s.Workloads[w.Ref()]
	if s.Answers[fromQuestion] == onlySeen {
		return seenRules(s, w, "from", true)
	}
	var ports []any
	for _, socket := range listeningOf(evidence) {
		ports = append(ports, policyPort(socket.Protocol, fmt.Sprint(socket.Port)))
	}
	if ports == nil {
		return []any{}
	}
	rule := map[string]any{"ports": ports}
	if s.Answers[fromQuestion] == anyPod {
		rule["from"] = []any{map[string]any{"namespaceSelector": map[string]any{}}}
	}
	return []any{rule}
}

func egressRules(s Situation, w *kube.Workload) []any {
	return append([]any{allowDNS()}, seenRules(s, w, "to", false)...)
}

// seenRules allow the connections of one direction that probes saw, each rule
// once.
func seenRules(s Situation, w *kube.Workload, side string, inbound bool) []any {
	rules, known := []any{}, map[string]bool{}
	for _, c := range connectionsOf(s.Workloads[w.Ref()]) {
		peers := peerOf(s, w.Namespace(), c)
		if c.Inbound != inbound || len(peers) == 0 {
			continue
		}
		rule := map[string]any{side: peers, "ports": portsOf(c)}
		text, err := json.Marshal(rule)
		if err != nil {
			panic(err) // texts and numbers always encode
		}
		if !known[string(text)] {
			known[string(text)] = true
			rules = append(rules, rule)
		}
	}
	return rules
}

// policyNotes name what each line of a workload's policy comes from.
func policyNotes(s Situation, w *kube.Workload) []string {
	evidence := s.Workloads[w.Ref()]
	at, name := s.seenAt(evidence), workloadName(w)
	var ports, from, to []string
	for _, socket := range listeningOf(evidence) {
		ports = append(ports, fmt.Sprintf("%d/%s", socket.Port, socket.Protocol))
	}
	for _, c := range connectionsOf(evidence) {
		who := c.Peer
		if len(c.Who) > 0 {
			who = strings.Join(c.Who, " or ")
		}
		if c.Inbound {
			from = append(from, fmt.Sprintf("%s (port %d)", who, c.Port))
		} else {
			to = append(to, fmt.Sprintf("%s (port %d)", who, c.Port))
		}
	}
	return []string{fmt.Sprintf("%s: %s saw it listen at %s; connected from %s; connected to %s.", name, at, firstOf(ports), firstOf(from), firstOf(to))}
}

// reachNotes tell which workloads of the cluster could reach the changed ones
// before and can't any more, by evaluating the policies as the cluster would.
func reachNotes(s Situation, changes []Change) ([]string, error) {
	after := *s.Inventory
	after.NetworkPolicies = append([]*networkingv1.NetworkPolicy{}, s.Inventory.NetworkPolicies...)
	for _, change := range changes {
		policy := &networkingv1.NetworkPolicy{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(change.Apply.Object, policy); err != nil {
			return nil, fmt.Errorf("reading the policy %s: %w", change.Target.Name, err)
		}
		after.NetworkPolicies = append(after.NetworkPolicies, policy)
	}
	open, closed := netpol.New(s.Inventory), netpol.New(&after)
	var notes []string
	for _, w := range probedWorkloads(s) {
		for _, socket := range listeningOf(s.Workloads[w.Ref()]) {
			port := netpol.Port{Number: int32(socket.Port), Protocol: corev1.Protocol(socket.Protocol)}
			var lost, kept []string
			for _, from := range s.Inventory.Workloads {
				switch {
				case from == w || from.EphemeralOnly || from.Ended || !open.Reach(from, w, port).Allowed:
				case closed.Reach(from, w, port).Allowed:
					kept = append(kept, from.Ref().String())
				default:
					lost = append(lost, from.Ref().String())
				}
			}
			if len(lost)+len(kept) > 0 {
				notes = append(notes, fmt.Sprintf("Reachability of %s at %d/%s: %s lose it: %s; %s keep it: %s.", workloadName(w), socket.Port, socket.Protocol,
					countWorkloads(len(lost)), firstOf(lost), countWorkloads(len(kept)), firstOf(kept)))
			}
		}
	}
	return notes, nil
}

func countWorkloads(n int) string {
	if n == 1 {
		return "1 workload"
	}
	return fmt.Sprintf("%d workloads", n)
}
