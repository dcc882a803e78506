package fixes

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/netpol"
)

// metadata is where clouds hand out a node's credentials.
const metadata = "169.254.169.254/32"

// metadataEgress keeps a namespace's pods from the metadata service. No policy
// denies anything, so each that allows it is narrowed, and pods without a
// policy for egress get one that allows all but it.
func metadataEgress() Recipe {
	return Recipe{
		Check: "network/metadata-egress",
		Reads: func(f scanners.Finding, inv *kube.Inventory) []kube.Ref {
			var refs []kube.Ref
			for _, policy := range inv.NetworkPolicies {
				if policy.Namespace == homeOf(f.Object) {
					refs = append(refs, kube.RefOf(policy))
				}
			}
			return refs
		},
		Plan: func(s Situation) (Plan, error) {
			plan := Plan{Notes: []string{
				"Programs that take their cloud credentials from the node's lose them: give their ServiceAccounts a cloud role of their own first.",
				"It needs a network plugin that enforces policies; some don't. Pods in the node's network are not governed.",
			}}
			for _, policy := range s.Inventory.NetworkPolicies {
				live := s.Others[kube.RefOf(policy)]
				if live == nil || policy.Namespace != policyNamespace(s) {
					continue
				}
				change, err := withoutMetadata(live)
				if err != nil {
					return Plan{}, err
				}
				if len(change.Patch) > 0 {
					plan.Changes = append(plan.Changes, change)
				}
			}
			created, left := allButMetadata(s)
			plan.Changes = append(plan.Changes, created...)
			switch {
			case len(plan.Changes) == 0 && len(left) > 0:
				return Plan{}, metadataByHand(s, left)
			case len(plan.Changes) == 0:
				return Plan{}, fmt.Errorf("%w: no pod of %s gets there", ErrNothingToDo, policyNamespace(s))
			case len(left) > 0:
				plan.Notes = append(plan.Notes, "It leaves out "+strings.Join(left, ", ")+": no label tells these pods from those whose egress a policy narrows already.")
			}
			plan.Title = "Keep the pods" + placeIn(policyNamespace(s)) + " from the cloud's metadata service"
			return plan, nil
		},
	}
}

// allButMetadata are policies for the pods that none for egress is about.
// Policies add up: beside one that allows little, a policy for all pods would
// open those that it is about. So each workload then gets one of its own; left
// are those that can't be told apart.
func allButMetadata(s Situation) (created []Change, left []string) {
	all := netpol.New(s.Inventory)
	policies := slices.DeleteFunc(slices.Clone(all.In(policyNamespace(s))), func(p *networkingv1.NetworkPolicy) bool { return !netpol.Affects(p, netpol.Egress) })
	var open, governed []*kube.Workload
	for _, w := range s.Inventory.Workloads {
		switch {
		case w.Namespace() != policyNamespace(s) || !netpol.Governs(w) || w.Ended:
		case slices.ContainsFunc(policies, func(p *networkingv1.NetworkPolicy) bool { return netpol.Selects(p, w) }):
			governed = append(governed, w)
			if len(all.Isolating(w, netpol.Egress)) == 0 { // only some of its pods are
				left = append(left, workloadName(w))
			}
		default:
			open = append(open, w)
		}
	}
	if len(open) > 0 && len(policies) == 0 {
		return []Change{createElsewhere(s, "no-cloud-metadata", map[string]any{})}, nil
	}
	for _, w := range open {
		selector := selectorOf(w)
		if len(selector) == 0 || selectsAny(governed, selector) {
			left = append(left, workloadName(w))
			continue
		}
		name := "no-cloud-metadata-" + strings.ToLower(w.Ref().Kind) + "-" + w.Ref().Name
		created = append(created, createElsewhere(s, name, matching(selector)))
	}
	return created, left
}

// selectsAny says that pods of one of the workloads have the labels.
func selectsAny(workloads []*kube.Workload, selector map[string]string) bool {
	return slices.ContainsFunc(workloads, func(w *kube.Workload) bool {
		policy := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: w.Namespace()}}
		policy.Spec.PodSelector.MatchLabels = selector
		return netpol.Selects(policy, w)
	})
}

// createElsewhere is a policy that lets pods go everywhere but there.
func createElsewhere(s Situation, name string, pods map[string]any) Change {
	policy := createdByKiln("networking.k8s.io/v1", "NetworkPolicy", policyNamespace(s), freePolicyName(s.Inventory, policyNamespace(s), name))
	policy.Object["spec"] = map[string]any{
		"podSelector": pods, "policyTypes": []any{"Egress"}, "egress": []any{map[string]any{"to": elsewhere()}},
	}
	return Change{Target: kube.RefOf(policy), Mechanism: Create, Apply: policy}
}

func metadataByHand(s Situation, left []string) error {
	g := &guide{finding: s.Finding, inv: s.Inventory}
	g.say("Give the pods of %s a label of their own in their template, then run this fix again:", strings.Join(left, ", "))
	g.run("kubectl get pods -n %s --show-labels", policyNamespace(s))
	return &ManualError{Why: "no label tells these pods from those whose egress a policy narrows already, which a new policy would open", Steps: g.text()}
}

// elsewhere is every address but the metadata services', and every pod.
func elsewhere() []any {
	return []any{
		map[string]any{"namespaceSelector": map[string]any{}},
		map[string]any{"ipBlock": map[string]any{"cidr": "0.0.0.0/0", "except": []any{metadata}}},
		map[string]any{"ipBlock": map[string]any{"cidr": "::/0", "except": []any{"fd00:ec2::254/128"}}},
	}
}

// withoutMetadata narrows the egress rules of a policy that allow it.
func withoutMetadata(live *unstructured.Unstructured) (Change, error) {
	change := Change{Target: kube.RefOf(live), UID: live.GetUID(), Mechanism: JSONPatch}
	policy, err := livePolicy(live)
	if err != nil {
		return change, err
	}
	before, _, _ := unstructured.NestedSlice(live.Object, "spec", "egress")
	after, changed := []any{}, false
	for i, rule := range policy.Spec.Egress {
		fields, _ := before[i].(map[string]any)
		fields = maps.Clone(fields)
		if netpol.AnyPort(rule.Ports, netpol.Port{Number: 80}) {
			peers, narrowed := peersElsewhere(rule, fields)
			if narrowed {
				fields["to"], changed = peers, true
			}
		}
		after = append(after, fields)
	}
	if changed {
		change.Patch = []PatchOperation{{Op: "test", Path: "/spec/egress", Value: before}, {Op: "replace", Path: "/spec/egress", Value: after}}
	}
	return change, nil
}

// peersElsewhere are a rule's peers but for the metadata service, and whether
// that service was among them. A rule without peers allows them all.
func peersElsewhere(rule networkingv1.NetworkPolicyEgressRule, fields map[string]any) ([]any, bool) {
	if len(rule.To) == 0 {
		return elsewhere(), true
	}
	address := netip.MustParsePrefix(metadata).Addr()
	peers, _ := fields["to"].([]any)
	peers, narrowed := slices.Clone(peers), false
	for i, peer := range rule.To {
		if peer.IPBlock == nil || !netpol.Contains(peer.IPBlock, address) {
			continue
		}
		except := []any{metadata}
		for _, e := range peer.IPBlock.Except {
			except = append(except, e)
		}
		peers[i], narrowed = map[string]any{"ipBlock": map[string]any{"cidr": peer.IPBlock.CIDR, "except": except}}, true
	}
	return peers, narrowed
}
