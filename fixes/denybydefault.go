package fixes

import (
	"fmt"
	"maps"

	"kiln/scanners/netpol"
)

// What is denied by default, as answers to howQuestion.
const (
	howIngress = "ingress"
	howBoth    = "both"
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
		if w.Namespace() == policyNamespace(s) && netpol.Governs(w) && !w.Ended {
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
