package fixes

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/netpol"
)

// metadata is where clouds hand out a node's credentials.
const metadata = "169.254.169.254/32"

// metadataEgress keeps a namespace's pods from the metadata service. No policy
// denies anything, so each that allows it is narrowed, and pods without a
// policy get one that allows all but it.
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
			if someoneUngoverned(s) {
				plan.Changes = append(plan.Changes, allButMetadata(s))
			}
			if len(plan.Changes) == 0 {
				return Plan{}, fmt.Errorf("%w: no pod of %s gets there", ErrNothingToDo, policyNamespace(s))
			}
			plan.Title = "Keep the pods" + placeIn(policyNamespace(s)) + " from the cloud's metadata service"
			return plan, nil
		},
	}
}

// someoneUngoverned says that a workload of the namespace has no egress policy.
func someoneUngoverned(s Situation) bool {
	policies := netpol.New(s.Inventory)
	return slices.ContainsFunc(s.Inventory.Workloads, func(w *kube.Workload) bool {
		return w.Namespace() == policyNamespace(s) && netpol.Governs(w) && len(policies.Isolating(w, netpol.Egress)) == 0
	})
}

func allButMetadata(s Situation) Change {
	policy := createdByKiln("networking.k8s.io/v1", "NetworkPolicy", policyNamespace(s), freePolicyName(s.Inventory, policyNamespace(s), "no-cloud-metadata"))
	policy.Object["spec"] = map[string]any{
		"podSelector": map[string]any{}, "policyTypes": []any{"Egress"}, "egress": []any{map[string]any{"to": elsewhere()}},
	}
	return Change{Target: kube.RefOf(policy), Mechanism: Create, Apply: policy}
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
