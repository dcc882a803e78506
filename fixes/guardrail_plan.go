package fixes

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

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
	livePolicy, err := f.readGuard(ctx, policy)
	if err != nil {
		return GuardPlan{}, err
	}
	liveBinding, err := f.readGuard(ctx, binding)
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

// readGuard reads a policy or binding if it exists. One of that name that
// isn't a guardrail of kiln's is left alone.
func (f *Fixer) readGuard(ctx context.Context, wanted *unstructured.Unstructured) (*unstructured.Unstructured, error) {
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
