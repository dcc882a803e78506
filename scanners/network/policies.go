package network

import (
	"fmt"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/netpol"
)

func noPolicy() scanners.Check {
	return scanners.Check{
		ID: "network/no-policy", Layer: scanners.Network, Severity: scanners.Medium,
		Title:      "A namespace has no network policy at all",
		References: []string{"CIS 5.3.2", "C-0206", "C-0260", "NSA"},
		Fix:        scanners.Guided,
		Needs:      []kube.Resource{kube.NetworkPolicies},
		Reads:      kube.WorkloadResources(),
		Hints:      append(netpol.OtherResources(), kube.Namespaces),
		Find:       findNoPolicy,
	}
}

func findNoPolicy(inv *kube.Inventory) scanners.Result {
	policies, others := netpol.New(inv), netpol.NewOthers(inv)
	var hits []scanners.Hit
	var unsure []string
	for _, ns := range userNamespaces(inv) {
		best := netpol.Uncovered
		for _, w := range ns.workloads {
			best = max(best, others.Selects(w))
		}
		switch {
		case len(policies.In(ns.name)) > 0, best == netpol.Covered:
		case best == netpol.Perhaps:
			unsure = append(unsure, ns.name)
		default:
			hits = append(hits, ns.hit(fmt.Sprintf("has %s and no network policy: %s", plural(len(ns.workloads), "workload"), some(ns.workloads))))
		}
	}
	return unlessOthers(others, hits, unsure)
}

func danglingPolicy() scanners.Check {
	return scanners.Check{
		ID: "network/dangling-policy", Layer: scanners.Network, Severity: scanners.Low,
		Title:      "A network policy selects no pod",
		References: []string{"NSA"},
		Fix:        scanners.Guided,
		Needs:      append([]kube.Resource{kube.NetworkPolicies}, kube.WorkloadResources()...),
		Find:       findDangling,
	}
}

// findDangling judges, in manifests, only policies beside whose namespace's
// workloads stand: others may be meant for workloads that stand elsewhere.
func findDangling(inv *kube.Inventory) scanners.Result {
	workloads := map[string][]*kube.Workload{}
	for _, w := range inv.Workloads {
		workloads[w.Namespace()] = append(workloads[w.Namespace()], w)
	}
	var result scanners.Result
	var unjudged []string
	for _, policy := range inv.NetworkPolicies {
		switch {
		case selectsAny(policy, workloads[policy.Namespace]):
		case inv.FromFiles() && len(workloads[policy.Namespace]) == 0:
			unjudged = append(unjudged, policy.Name)
		case len(policy.Spec.PodSelector.MatchLabels)+len(policy.Spec.PodSelector.MatchExpressions) == 0:
			// A policy for all pods guards those that are yet to come.
		default:
			result.Hits = append(result.Hits, scanners.Hit{
				Object: policy, Path: "spec.podSelector",
				Message: "selects none of the namespace's workloads, so it protects nothing: perhaps a label was renamed",
			})
		}
	}
	if len(unjudged) > 0 {
		result.Unknown = "the workloads that these policies are for are not among the files: " + strings.Join(unjudged, ", ")
	}
	return result
}

func selectsAny(policy *networkingv1.NetworkPolicy, workloads []*kube.Workload) bool {
	for _, w := range workloads {
		if netpol.Selects(policy, w) {
			return true
		}
	}
	return false
}

func allowAll() scanners.Check {
	return scanners.Check{
		ID: "network/allow-all", Layer: scanners.Network, Severity: scanners.Medium,
		Title:      "A network policy allows everything in one direction",
		References: []string{"C-0299", "KSV038"},
		Fix:        scanners.Guided,
		Needs:      []kube.Resource{kube.NetworkPolicies},
		Find:       findAllowAll,
	}
}

func findAllowAll(inv *kube.Inventory) scanners.Result {
	var hits []scanners.Hit
	for _, policy := range inv.NetworkPolicies {
		if scanners.ControlPlaneNamespace(policy.Namespace) {
			continue
		}
		for i, rule := range policy.Spec.Ingress {
			if netpol.Affects(policy, netpol.Ingress) && netpol.Open(rule.From, rule.Ports) {
				hits = append(hits, allowsAll(policy, "ingress", i, len(rule.Ports) > 0, "from anywhere"))
				break
			}
		}
		for i, rule := range policy.Spec.Egress {
			if netpol.Affects(policy, netpol.Egress) && netpol.Open(rule.To, rule.Ports) {
				hits = append(hits, allowsAll(policy, "egress", i, len(rule.Ports) > 0, "to anywhere"))
				break
			}
		}
	}
	return scanners.Found(hits)
}

func allowsAll(policy *networkingv1.NetworkPolicy, direction string, i int, onlyTCP bool, where string) scanners.Hit {
	traffic := "all traffic"
	if onlyTCP {
		traffic = "all TCP traffic"
	}
	return scanners.Hit{
		Object: policy, Path: fmt.Sprintf("spec.%s[%d]", direction, i), Key: direction,
		Message: fmt.Sprintf("one %s rule allows %s %s on every port, and no other policy can take that back", direction, traffic, where),
	}
}
