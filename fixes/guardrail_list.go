package fixes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/scanners"
)

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

// policyGuardrails are the bindings that kiln made, and what the API server
// says of their policies.
func (f *Fixer) policyGuardrails(ctx context.Context) ([]Guardrail, error) {
	ofKiln := metav1.ListOptions{LabelSelector: "app.kubernetes.io/managed-by=" + kube.FieldManager}
	client := f.Cluster.Client.AdmissionregistrationV1()
	bindings, err := client.ValidatingAdmissionPolicyBindings().List(ctx, ofKiln)
	if err != nil {
		return nil, err
	}
	policies, err := client.ValidatingAdmissionPolicies().List(ctx, ofKiln)
	if err != nil {
		return nil, err
	}
	var all []Guardrail
	for _, binding := range bindings.Items {
		check := binding.Annotations[guardCheckAnnotation]
		if check == "" {
			continue
		}
		guard := Guardrail{Name: binding.Name, Check: kube.Clean(check), Stage: stageOf(binding), By: ByPolicy, Namespace: namespaceOf(binding)}
		i := slices.IndexFunc(policies.Items, func(p admissionv1.ValidatingAdmissionPolicy) bool { return p.Name == binding.Spec.PolicyName })
		if i < 0 {
			guard.Warnings, guard.Checked = []string{"its policy is gone: it does nothing"}, true
		} else {
			guard.Warnings, guard.Checked = typeWarnings(policies.Items[i])
		}
		all = append(all, guard)
	}
	return all, nil
}

// namespaceOf is the one that the binding selects.
func namespaceOf(binding admissionv1.ValidatingAdmissionPolicyBinding) string {
	if r := binding.Spec.MatchResources; r != nil && r.NamespaceSelector != nil {
		return r.NamespaceSelector.MatchLabels[corev1.LabelMetadataName]
	}
	return ""
}

// typeWarnings are what the API server found wrong with a policy's
// expressions; checked is false until it has looked at them.
func typeWarnings(policy admissionv1.ValidatingAdmissionPolicy) (warnings []string, checked bool) {
	if policy.Status.TypeChecking == nil || policy.Status.ObservedGeneration < policy.Generation {
		return nil, false
	}
	for _, w := range policy.Status.TypeChecking.ExpressionWarnings {
		warnings = append(warnings, kube.Clean(w.FieldRef+": "+strings.TrimSpace(w.Warning)))
	}
	return warnings, true
}

// Unguard plans the removal of a guardrail.
func (f *Fixer) Unguard(ctx context.Context, name string) (Plan, error) {
	guardrails, err := f.Guardrails(ctx)
	if err != nil {
		return Plan{}, err
	}
	i := slices.IndexFunc(guardrails, func(g Guardrail) bool { return g.Name == name })
	if i < 0 {
		return Plan{}, fmt.Errorf("%s: %w", name, errNoGuardrail)
	}
	guard := guardrails[i]
	plan := Plan{
		Title: fmt.Sprintf("Remove the guardrail %s", name),
		Notes: []string{fmt.Sprintf("Nothing keeps %s from coming back any more.", guard.Check)},
	}
	if guard.By == ByLabels {
		plan.Changes, err = f.withoutLabels(ctx, guard.Namespace)
	} else {
		plan.Changes, err = f.withoutPolicy(ctx, name)
	}
	if err != nil {
		return Plan{}, err
	}
	return readable(plan, scanners.Finding{Check: guard.Check, Object: plan.Changes[0].Target}), nil
}

// withoutPolicy deletes the binding first: a policy without one does nothing.
func (f *Fixer) withoutPolicy(ctx context.Context, name string) ([]Change, error) {
	var changes []Change
	for _, kind := range []string{bindingKind, policyKind} {
		ref := kube.Ref{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: kind, Name: name}
		live, err := f.read(ctx, ref)
		if err != nil {
			return nil, err
		}
		changes = append(changes, Change{Target: ref, UID: live.GetUID(), Mechanism: Delete})
	}
	return changes, nil
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
