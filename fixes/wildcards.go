package fixes

import (
	"fmt"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

const howSpellOut = "spell-out"

// rbacWildcard writes a rule's stars out, or leaves reading of it, or nothing.
func rbacWildcard() Recipe {
	return Recipe{Check: "api/rbac-wildcard", Questions: insteadOfStar, Plan: func(s Situation) (Plan, error) {
		rule, raw, at, err := starredRule(s)
		if err != nil {
			return Plan{}, err
		}
		if kubernetesOwn(s.Live) {
			return Plan{}, ownRoleByHand(s)
		}
		if s.Answers[howQuestion] == howByHand {
			return Plan{}, starByHand(s, rule)
		}
		change := Change{Target: kube.RefOf(s.Live), UID: s.Live.GetUID(), Mechanism: JSONPatch, Patch: []PatchOperation{{Op: "test", Path: at, Value: raw}}}
		plan := Plan{}
		switch s.Answers[howQuestion] {
		case howRemove:
			plan.Title = fmt.Sprintf("Remove a rule with a star from %s/%s", s.Live.GetKind(), s.Live.GetName())
			plan.Notes = []string{"Everybody who is bound to the role loses all that the rule gave."}
			change.Patch = append(change.Patch, PatchOperation{Op: "remove", Path: at})
		default:
			spelled, err := spelledOut(rule)
			if err != nil {
				return Plan{}, fmt.Errorf("writing the rule out: %w", err)
			}
			plan.Title = fmt.Sprintf("Write out the stars in a rule of %s/%s", s.Live.GetKind(), s.Live.GetName())
			plan.Notes = []string{
				"What Kubernetes' own resources and verbs are today stays allowed; subresources (such as scale or exec) and what comes with an upgrade don't.",
				"Take out what nobody needs, once this is done.",
			}
			if s.Answers[howQuestion] == howReadOnly {
				spelled.Verbs = []string{"get", "list", "watch"}
				plan.Title = fmt.Sprintf("Leave reading of a rule with a star in %s/%s", s.Live.GetKind(), s.Live.GetName())
				plan.Notes = []string{"Everybody who is bound to the role can still look, and no longer change anything by this rule."}
			}
			change.Patch = append(change.Patch, PatchOperation{Op: "replace", Path: at, Value: spelled})
		}
		plan.Changes = []Change{change}
		return plan, nil
	}}
}

func insteadOfStar(s Situation) []Question {
	q := Question{Key: howQuestion, Ask: "What becomes of the rule?"}
	rule, _, _, err := starredRule(s)
	if err != nil || kubernetesOwn(s.Live) {
		return nil
	}
	if spelled, err := spelledOut(rule); err != nil {
		q.add(Choice{Value: howByHand, Label: "nothing yet: a person has to list what it is for", Found: err.Error()})
	} else {
		q.add(Choice{Value: howSpellOut, Label: fmt.Sprintf("the same in words: %d verbs on %d resources", len(spelled.Verbs), len(spelled.Resources))})
		q.add(Choice{Value: howReadOnly, Label: "reading alone, of the same resources"})
	}
	q.add(Choice{Value: howRemove, Label: "nothing: the rule goes"})
	return []Question{q}
}

// starredRule is the finding's rule as it is now, and its place.
func starredRule(s Situation) (rule rbacv1.PolicyRule, raw any, at string, err error) {
	_, index, ok := upTo(s.Finding.Path, "rules")
	rules, err := rulesOf(s.Live)
	if err != nil {
		return rule, nil, "", err
	}
	list, _, _ := unstructured.NestedSlice(s.Live.Object, "rules")
	if !ok || index >= len(rules) || !starred(rules[index]) {
		return rule, nil, "", fmt.Errorf("%w: rule %d of %s has no star any more; scan again", ErrNothingToDo, index, s.Finding.Object)
	}
	return rules[index], list[index], fmt.Sprintf("/rules/%d", index), nil
}

func starred(rule rbacv1.PolicyRule) bool {
	for _, list := range [][]string{rule.Verbs, rule.Resources} {
		for _, item := range list {
			if item == "*" {
				return true
			}
		}
	}
	return false
}

// starByHand is for API groups whose resources only the cluster knows.
func starByHand(s Situation, rule rbacv1.PolicyRule) error {
	g := &guide{finding: s.Finding, inv: s.Inventory}
	g.keepCopy()
	g.say("What the API groups of the rule have, to write down what is needed instead of the star:")
	for _, group := range rule.APIGroups {
		if group == rbacv1.APIGroupAll {
			g.run("kubectl api-resources -o name")
		} else {
			g.run("kubectl api-resources -o name --api-group=%s", group)
		}
	}
	g.run("kubectl edit %s", g.target())
	return &ManualError{Why: "which resources the star stands for, the API groups' own tools decide", Steps: g.text()}
}

// ownRoleByHand is for a role that the API server puts back.
func ownRoleByHand(s Situation) error {
	g := &guide{finding: s.Finding, inv: s.Inventory}
	g.say("Bind a smaller role instead. Who is bound to this one:")
	g.run("kubectl get clusterrolebindings,rolebindings -A -o json | jq -r %s",
		fmt.Sprintf(`.items[] | select(.roleRef.name == %q) | .kind + " " + (.metadata.namespace // "") + "/" + .metadata.name`, s.Finding.Object.Name))
	g.run("kubectl describe %s", g.target())
	return &ManualError{Why: "it is Kubernetes' own role, which the API server puts back when it starts", Steps: g.text()}
}
