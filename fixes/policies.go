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

const (
	howNamespace = "namespace"
	howNothing   = "nothing"
	howIngress   = "ingress"
	howBoth      = "both"
)

// denyByDefault makes the first policies of a namespace that no probe has
// looked at: what comes in is refused, and what goes out if that is wanted.
func denyByDefault(s Situation) (Plan, error) {
	if len(netpol.New(s.Inventory).In(policyNamespace(s))) > 0 {
		return Plan{}, fmt.Errorf("%w: %s has a network policy", ErrNothingToDo, policyNamespace(s))
	}
	plan, err := defaultDenyIngress().Plan(s)
	if err != nil {
		return Plan{}, err
	}
	if s.Answers[howQuestion] == howBoth {
		s.Answers = maps.Clone(s.Answers)
		s.Answers[allowQuestion] = toDNS
		out, err := defaultDenyEgress().Plan(s)
		if err != nil {
			return Plan{}, err
		}
		plan.Title += ", and the same for egress"
		plan.Changes, plan.Notes = append(plan.Changes, out.Changes...), append(plan.Notes, out.Notes...)
	}
	for _, w := range s.Inventory.Workloads {
		if w.Namespace() == policyNamespace(s) && netpol.Governs(w) {
			plan.Notes = append(plan.Notes, fmt.Sprintf("Nobody has looked yet at who talks to whom. A probe under load shows it, and this fix then allows it: kiln debug %s --probe", target(w.Ref())))
			break
		}
	}
	return plan, nil
}

// whichDirections asks what is denied by default, and which services stay open.
func whichDirections(s Situation) []Question {
	return append([]Question{{Key: howQuestion, Ask: "Which direction is denied by default?", Choices: []Choice{
		{Value: howIngress, Label: "connections to the pods"},
		{Value: howBoth, Label: "connections to the pods, and from them but for name lookups"},
	}}}, whichServices(s)...)
}

// allowAll narrows rules of a policy that allow everything.
func allowAll() Recipe {
	return Recipe{
		Check: "network/allow-all",
		Questions: func(s Situation) []Question {
			label := "only from the namespace's own pods"
			if s.Finding.Key == "egress" {
				label = "only to the namespace's own pods, and to the cluster's DNS"
			}
			return []Question{{Key: howQuestion, Ask: "What does the rule still allow?", Choices: []Choice{
				{Value: howNamespace, Label: label},
				{Value: howNothing, Label: "nothing: it goes, and only other rules and policies allow something"},
			}}}
		},
		Plan: func(s Situation) (Plan, error) {
			policy, err := livePolicy(s.Live)
			if err != nil {
				return Plan{}, err
			}
			change, err := withoutOpenRules(s, policy)
			return Plan{
				Title:   fmt.Sprintf("Narrow what NetworkPolicy/%s allows by its %s rules", policy.Name, s.Finding.Key),
				Changes: []Change{change},
				Notes:   []string{"Connections that only this rule allowed are refused: see who needs them, and allow those by policies of their own."},
			}, err
		},
	}
}

func livePolicy(live *unstructured.Unstructured) (*networkingv1.NetworkPolicy, error) {
	policy := &networkingv1.NetworkPolicy{}
	if err := unstructuredInto(live, policy); err != nil {
		return nil, err
	}
	return policy, nil
}

// withoutOpenRules replaces each rule of the finding's direction that allows
// everything. The list belongs together: an apply would own all of it.
func withoutOpenRules(s Situation, policy *networkingv1.NetworkPolicy) (Change, error) {
	change := Change{Target: kube.RefOf(s.Live), UID: s.Live.GetUID(), Mechanism: JSONPatch}
	direction := s.Finding.Key
	var open []int
	for i, rule := range policy.Spec.Ingress {
		if direction == "ingress" && netpol.Open(rule.From, rule.Ports) {
			open = append(open, i)
		}
	}
	for i, rule := range policy.Spec.Egress {
		if direction == "egress" && netpol.Open(rule.To, rule.Ports) {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return change, fmt.Errorf("%w: no %s rule of %s allows everything any more", ErrNothingToDo, direction, s.Finding.Object)
	}
	rules, _, _ := unstructured.NestedSlice(s.Live.Object, "spec", direction)
	change.Patch = append(change.Patch, PatchOperation{Op: "test", Path: "/spec/" + direction, Value: rules})
	narrow := []any{}
	if s.Answers[howQuestion] == howNamespace {
		narrow = within(direction)
	}
	kept := []any{}
	for i, rule := range rules {
		if !slices.Contains(open, i) {
			kept = append(kept, rule)
		}
	}
	change.Patch = append(change.Patch, PatchOperation{Op: "replace", Path: "/spec/" + direction, Value: append(narrow, kept...)})
	return change, nil
}

// within are rules that stay in the namespace.
func within(direction string) []any {
	own := []any{map[string]any{"podSelector": map[string]any{}}}
	if direction == "egress" {
		return []any{map[string]any{"to": own}, allowDNS()}
	}
	return []any{map[string]any{"from": own}}
}

const selectorQuestion = "selector"

// danglingPolicy has a policy select what it may have been meant for: pods
// whose labels are nearly the same.
func danglingPolicy() Recipe {
	return Recipe{
		Check: "network/dangling-policy",
		Questions: func(s Situation) []Question {
			q := Question{Key: selectorQuestion, Ask: "Which pods is the policy for?"}
			for _, c := range similarPods(s) {
				q.add(c)
			}
			if len(q.Choices) == 0 {
				return nil
			}
			return []Question{q}
		},
		Plan: func(s Situation) (Plan, error) {
			if s.Answers[selectorQuestion] == "" {
				return Plan{}, danglingByHand(s)
			}
			before, _, err := unstructured.NestedMap(s.Live.Object, "spec", "podSelector")
			if err != nil {
				return Plan{}, fmt.Errorf("reading %s: %w", s.Finding.Object, err)
			}
			labels, err := metav1.ParseToLabelSelector(strings.ReplaceAll(s.Answers[selectorQuestion], ";", ","))
			if err != nil {
				return Plan{}, fmt.Errorf("reading the labels: %w", err)
			}
			return Plan{
				Title: fmt.Sprintf("Let NetworkPolicy/%s select pods with %s", s.Live.GetName(), s.Answers[selectorQuestion]),
				Changes: []Change{{
					Target: kube.RefOf(s.Live), UID: s.Live.GetUID(), Mechanism: JSONPatch,
					Patch: []PatchOperation{
						{Op: "test", Path: "/spec/podSelector", Value: before},
						{Op: "replace", Path: "/spec/podSelector", Value: map[string]any{"matchLabels": labels.MatchLabels}},
					},
				}},
				Notes: []string{"The policy isolates these pods from now on: what it doesn't allow, and no other policy does, is refused."},
			}, nil
		},
	}
}

// similarPods are the labels of workloads in the namespace that differ from
// the policy's in one value, by a letter or two.
func similarPods(s Situation) []Choice {
	const letters = 2
	wanted, _, _ := unstructured.NestedStringMap(s.Live.Object, "spec", "podSelector", "matchLabels")
	if len(wanted) == 0 || field(s.Live.Object, "spec", "podSelector", "matchExpressions") != nil {
		return nil
	}
	var choices []Choice
	for _, w := range s.Inventory.Workloads {
		if w.Namespace() != s.Live.GetNamespace() || w.EphemeralOnly {
			continue
		}
		labels, off := map[string]string{}, 0
		for key, value := range wanted {
			labels[key] = w.Meta.Labels[key]
			off += distance(value, labels[key])
		}
		if off > 0 && off <= letters {
			choices = append(choices, Choice{Value: labelsAsText(labels), Found: "those are " + w.Ref().Kind + "/" + w.Ref().Name})
		}
	}
	slices.SortFunc(choices, func(a, b Choice) int { return strings.Compare(a.Value, b.Value) })
	return choices
}

func labelsAsText(labels map[string]string) string {
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		pairs = append(pairs, key+"="+labels[key])
	}
	return strings.Join(pairs, ";")
}

// distance counts the letters that have to change to make one word of another.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			before, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, before+cost)
		}
	}
	return row[len(b)]
}

func danglingByHand(s Situation) error {
	g := &guide{finding: s.Finding, inv: s.Inventory}
	g.say("What it selects, and the labels there are:")
	g.run("kubectl get %s -o jsonpath=%s", g.target(), "{.spec.podSelector}")
	g.run("kubectl get pods -n %s --show-labels", s.Finding.Object.Namespace)
	g.say("If its pods are gone for good, keep a copy and delete it:")
	g.run("kubectl get %s -o yaml > %s", g.target(), g.file(".yaml"))
	g.run("kubectl delete %s", g.target())
	return &ManualError{Why: "no pods of the namespace look like those that the policy was for", Steps: g.text()}
}

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
			plan.Title = "Keep the pods of namespace " + policyNamespace(s) + " from the cloud's metadata service"
			return plan, nil
		},
	}
}

func homeOf(ref kube.Ref) string {
	if ref.Kind == "Namespace" {
		return ref.Name
	}
	return ref.Namespace
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
	address := netip.MustParsePrefix(metadata).Addr()
	before, _, _ := unstructured.NestedSlice(live.Object, "spec", "egress")
	after, changed := []any{}, false
	for i, rule := range policy.Spec.Egress {
		fields, _ := before[i].(map[string]any)
		fields = maps.Clone(fields)
		switch {
		case !netpol.AnyPort(rule.Ports, netpol.Port{Number: 80}):
		case len(rule.To) == 0:
			fields["to"], changed = elsewhere(), true
		default:
			peers, _ := fields["to"].([]any)
			peers = slices.Clone(peers)
			for j, peer := range rule.To {
				if peer.IPBlock != nil && netpol.Contains(peer.IPBlock, address) {
					except := []any{metadata}
					for _, e := range peer.IPBlock.Except {
						except = append(except, e)
					}
					peers[j], changed = map[string]any{"ipBlock": map[string]any{"cidr": peer.IPBlock.CIDR, "except": except}}, true
				}
			}
			fields["to"] = peers
		}
		after = append(after, fields)
	}
	if changed {
		change.Patch = []PatchOperation{{Op: "test", Path: "/spec/egress", Value: before}, {Op: "replace", Path: "/spec/egress", Value: after}}
	}
	return change, nil
}
