package fixes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

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

// policyGuard plans the policy and its binding, or a change of those that
// exist.
func (f *Fixer) policyGuard(ctx context.Context, rule guardRule, request GuardRequest) (GuardPlan, error) {
	policy, err := policyOf(rule, request.Namespace)
	if err != nil {
		return GuardPlan{}, err
	}
	binding, err := bindingOf(rule, request.Namespace, request.Stage)
	if err != nil {
		return GuardPlan{}, err
	}
	plan := GuardPlan{Name: binding.GetName()}
	plan.Title = guardTitle(request)
	livePolicy, err := f.guardObject(ctx, policy)
	if err != nil {
		return GuardPlan{}, err
	}
	liveBinding, err := f.guardObject(ctx, binding)
	if err != nil {
		return GuardPlan{}, err
	}
	if change := renew(livePolicy, policy, "variables", "validations", "matchConditions"); change != nil {
		plan.Changes = append(plan.Changes, *change)
	}
	if change := renew(liveBinding, binding, "validationActions"); change != nil {
		plan.Changes = append(plan.Changes, *change)
	}
	if len(plan.Changes) == 0 {
		return GuardPlan{}, fmt.Errorf("%w: the guardrail %s is there, and set to %s", ErrNothingToDo, plan.Name, request.Stage)
	}
	return plan, nil
}

// guardObject reads a policy or binding if it exists. One of that name that
// isn't a guardrail of kiln's is left alone.
func (f *Fixer) guardObject(ctx context.Context, wanted *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	ref := kube.RefOf(wanted)
	live, err := f.Cluster.Read(ctx, ref)
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil
	case meta.IsNoMatchError(err) || apierrors.IsMethodNotSupported(err):
		return nil, &ManualError{
			Why:   fmt.Sprintf("the server (%s) has no ValidatingAdmissionPolicy, which came with Kubernetes 1.30", f.Cluster.Version),
			Steps: "Use Pod Security labels where they cover the check (--by labels), or a policy engine such as Kyverno.",
		}
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", ref, err)
	case live.GetAnnotations()[guardCheckAnnotation] != wanted.GetAnnotations()[guardCheckAnnotation]:
		return nil, fmt.Errorf("%s exists and isn't kiln's: rename or remove it first", ref)
	}
	return live, nil
}

// renew creates an object, or brings fields of its spec to what is wanted; nil
// where they are.
func renew(live, wanted *unstructured.Unstructured, fields ...string) *Change {
	if live == nil {
		return &Change{Target: kube.RefOf(wanted), Mechanism: Create, Apply: wanted}
	}
	change := Change{Target: kube.RefOf(live), UID: live.GetUID(), Mechanism: JSONPatch}
	for _, name := range fields {
		have, want := field(live.Object, "spec", name), field(wanted.Object, "spec", name)
		if fmt.Sprint(have) == fmt.Sprint(want) {
			continue
		}
		path := "/spec/" + name
		change.Patch = append(change.Patch, PatchOperation{Op: "test", Path: path, Value: have}, PatchOperation{Op: "replace", Path: path, Value: want})
	}
	if len(change.Patch) == 0 {
		return nil
	}
	return &change
}

// guardTitle says what the guardrail does.
func guardTitle(request GuardRequest) string {
	verb := "Warn of"
	if request.Stage == Denies {
		verb = "Refuse"
	}
	where := "everywhere but in the cluster's own namespaces"
	if request.Namespace != "" {
		where = "in namespace " + request.Namespace
	}
	return fmt.Sprintf("%s whatever would bring back %s, %s", verb, request.Check, where)
}

// guardNotes say what the stage means, whom the rule would stop today, and
// where it judges otherwise than the check.
func guardNotes(rule guardRule, request GuardRequest, refusals []Refusal, inv *kube.Inventory) []string {
	notes := []string{"Requests that break the rule succeed with a warning and a mark in the audit log; --deny makes them fail later on."}
	if request.Stage == Denies {
		notes = []string{"Requests that break the rule fail. What runs stays, and updates that leave alone what the rule is about pass."}
	}
	notes = append(notes, refusalNotes(refusals, request.Stage)...)
	for _, r := range rule.on.reads {
		if gap, missed := inv.Gap(r); missed {
			notes = append(notes, fmt.Sprintf("There may be more: %s could not be read (%s).", r, gap.Reason))
		}
	}
	for _, more := range []string{rule.note, rule.remark} {
		if more != "" {
			notes = append(notes, more)
		}
	}
	return notes
}

// refusalNotes name everything that breaks the rule today, by namespace.
func refusalNotes(refusals []Refusal, stage Stage) []string {
	if len(refusals) == 0 {
		return []string{"Nothing in the cluster breaks the rule today."}
	}
	verb := "be warned of"
	if stage == Denies {
		verb = "be refused"
	}
	notes := []string{fmt.Sprintf("%s in the cluster would %s, written anew today, and so would their new pods:", objectCount(len(refusals)), verb)}
	byNamespace := map[string][]string{}
	var namespaces []string
	for _, r := range refusals {
		ns := r.Object.Namespace
		if byNamespace[ns] == nil {
			namespaces = append(namespaces, ns)
		}
		text := r.Object.Kind + "/" + r.Object.Name
		if r.Why != "" {
			text += " (" + r.Why + ")"
		}
		byNamespace[ns] = append(byNamespace[ns], text)
	}
	slices.Sort(namespaces)
	for _, ns := range namespaces {
		where := "in " + ns
		if ns == "" {
			where = "without a namespace"
		}
		notes = append(notes, where+": "+strings.Join(byNamespace[ns], ", "))
	}
	return notes
}

func objectCount(n int) string {
	if n == 1 {
		return "1 object"
	}
	return fmt.Sprintf("%d objects", n)
}

// Guardrail is one that is in force.
type Guardrail struct {
	// Name is what it is removed by.
	Name string
	// Check is what it keeps fixed; for labels, the check that stands for
	// their level.
	Check string
	// Level is that of the Pod Security Standards, for labels.
	Level string
	// Namespace is where it holds; empty means everywhere but in the cluster's
	// own namespaces.
	Namespace string
	Stage     Stage
	By        GuardKind
	// Warnings are the API server's about the rule; Checked says that it has
	// looked at it.
	Warnings []string
	Checked  bool
}

// Guardrails lists those that kiln made on this cluster.
func (f *Fixer) Guardrails(ctx context.Context) ([]Guardrail, error) {
	policies, err := f.policyGuardrails(ctx)
	if err != nil && !apierrors.IsNotFound(err) {
		return nil, fmt.Errorf("listing the guardrails: %w", err)
	}
	labels, err := f.labelGuardrails(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing the guardrails: %w", err)
	}
	return append(policies, labels...), nil
}

// stageOf reads a binding's actions.
func stageOf(binding admissionv1.ValidatingAdmissionPolicyBinding) Stage {
	if slices.Contains(binding.Spec.ValidationActions, admissionv1.Deny) {
		return Denies
	}
	return Warns
}

// errNoGuardrail means that no guardrail has the name.
var errNoGuardrail = errors.New("there is no guardrail of that name; 'kiln guard --list' lists them")
