package fixes

import (
	"context"
	"fmt"
	"slices"

	"kiln/kube"
	"kiln/scanners"
)

// GuardRequest asks for a guardrail: what keeps the findings of a check from
// coming back.
type GuardRequest struct {
	Check string
	// Namespace is where it holds; empty means everywhere but in the cluster's
	// own namespaces.
	Namespace string
	Stage     Stage
	// By says what it is made of; empty lets kiln choose.
	By GuardKind
	// Config names the registries and owner labels that rules ask for.
	Config scanners.Config
}

// GuardKind is what a guardrail is made of.
type GuardKind string

const (
	// ByLabels is Pod Security admission, by labels of the namespace.
	ByLabels GuardKind = "labels"
	// ByPolicy is a ValidatingAdmissionPolicy with its binding.
	ByPolicy GuardKind = "policy"
)

// GuardPlan is the plan for a guardrail, and whom it would stop.
type GuardPlan struct {
	Plan
	// Name is the guardrail's.
	Name string
	// Refusals are the objects of today's cluster that break the rule.
	Refusals []Refusal
}

// Guard plans a guardrail, or moves one that exists to another stage. The
// error is ErrManual where no rule can say what the check looks for, and
// ErrNothingToDo where the guardrail is as wanted.
func (f *Fixer) Guard(ctx context.Context, inv *kube.Inventory, request GuardRequest) (GuardPlan, error) {
	rule, ok := guardRuleFor(request.Check, request.Config)
	if !ok {
		return GuardPlan{}, noGuardrail(request.Check)
	}
	if request.Namespace != "" && slices.Contains(systemNamespaces(), request.Namespace) {
		return GuardPlan{}, &ManualError{
			Why:   fmt.Sprintf("namespace %s is the cluster's own: a guardrail there could keep the cluster from repairing itself", request.Namespace),
			Steps: "Guard the namespaces of your own workloads.",
		}
	}
	refusals, err := tryRule(ctx, rule, request.Namespace, inv)
	if err != nil {
		return GuardPlan{}, err
	}
	labels, err := f.labelGuard(ctx, inv, request, refusals)
	if err != nil || labels != nil {
		return completeGuard(labels, request), err
	}
	plan, err := f.policyGuard(ctx, rule, request)
	if err != nil {
		return GuardPlan{}, err
	}
	plan.Refusals = refusals
	plan.Notes = append(plan.Notes, guardNotes(rule, request, refusals, inv)...)
	return completeGuard(&plan, request), nil
}

// completeGuard makes a plan ready to be shown and journalled.
func completeGuard(plan *GuardPlan, request GuardRequest) GuardPlan {
	if plan == nil {
		return GuardPlan{}
	}
	about := scanners.Finding{Check: request.Check, Object: plan.Changes[len(plan.Changes)-1].Target}
	plan.Plan = readable(plan.Plan, about)
	return *plan
}

func noGuardrail(check string) error {
	return &ManualError{
		Why:   fmt.Sprintf("no guardrail can keep %s fixed: what it looks for doesn't show in one object by itself", check),
		Steps: "docs/guardrails.md says which checks have one. For the others, scan regularly: kiln scan --fail-on high",
	}
}
