package fixes

import (
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners/netpol"
)

// What a rule still allows, as answers to howQuestion.
const (
	howNamespace = "namespace"
	howNothing   = "nothing"
)

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
