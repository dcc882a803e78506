package fixes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

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
