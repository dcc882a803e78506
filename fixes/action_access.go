package fixes

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"kiln/kube"
	"kiln/scanners/rbac"
)

func revoke() Action {
	return Action{
		Name: "revoke", Does: "Take a subject out of all its bindings", On: []string{"ServiceAccount", "User", "Group", "Pod"},
		plan: planRevoke,
	}
}

// planRevoke removes the subject from each binding that names it, in one plan.
func planRevoke(ctx context.Context, f *Fixer, ref kube.Ref) (Plan, error) {
	subject, err := f.subjectOf(ctx, ref)
	if err != nil {
		return Plan{}, err
	}
	bindings, err := f.bindingsOf(ctx, subject)
	if err != nil {
		return Plan{}, err
	}
	if len(bindings) == 0 {
		return Plan{}, fmt.Errorf("%w: no binding names %s; what its groups may do stays", ErrNothingToDo, subject.Phrase())
	}
	plan := Plan{Title: fmt.Sprintf("Take %s out of all its bindings", subject.Phrase())}
	for _, binding := range bindings {
		live, err := f.read(ctx, binding)
		if err != nil {
			return Plan{}, err
		}
		patch, err := removeSubject(live, subject.String())
		if err != nil {
			return Plan{}, err
		}
		plan.Changes = append(plan.Changes, Change{Target: binding, UID: live.GetUID(), Mechanism: JSONPatch, Patch: patch})
	}
	plan.Notes = []string{
		"It keeps what its groups may do, such as system:authenticated, and what is under way goes on.",
		"If this is how you are here yourself, you may lose the right to take it back: keep another way in.",
	}
	if subject.Kind == rbacv1.ServiceAccountKind {
		plan.Notes = append(plan.Notes, "Pods that act as it lose their rights on the API at once; their tokens stay valid, for nothing.")
	}
	return plan, nil
}

// subjectOf is the subject that a Ref means: a pod acts as its ServiceAccount.
func (f *Fixer) subjectOf(ctx context.Context, ref kube.Ref) (rbac.Subject, error) {
	if ref.Kind != "Pod" {
		return rbac.Subject{Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name}, nil
	}
	live, err := f.read(ctx, ref)
	if err != nil {
		return rbac.Subject{}, err
	}
	account, _, _ := unstructured.NestedString(live.Object, "spec", "serviceAccountName")
	if account == "" {
		account = "default"
	}
	return rbac.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: ref.Namespace, Name: account}, nil
}

// bindingsOf are the bindings that name the subject itself. Without a look at
// all of them the answer would be wrong.
func (f *Fixer) bindingsOf(ctx context.Context, subject rbac.Subject) ([]kube.Ref, error) {
	client := f.Cluster.Client.RbacV1()
	everywhere, err := client.ClusterRoleBindings().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("looking for the bindings of %s: %w", subject.Phrase(), err)
	}
	inNamespaces, err := client.RoleBindings(metav1.NamespaceAll).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("looking for the bindings of %s: %w", subject.Phrase(), err)
	}
	var refs []kube.Ref
	note := func(kind string, meta metav1.ObjectMeta, subjects []rbacv1.Subject) {
		if slices.ContainsFunc(subjects, func(s rbacv1.Subject) bool { return names(s, subject, meta.Namespace) }) {
			refs = append(refs, kube.Ref{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: kind, Namespace: meta.Namespace, Name: meta.Name})
		}
	}
	for _, b := range everywhere.Items {
		note("ClusterRoleBinding", b.ObjectMeta, b.Subjects)
	}
	for _, b := range inNamespaces.Items {
		note("RoleBinding", b.ObjectMeta, b.Subjects)
	}
	return refs, nil
}

// names says whether a binding's subject is the one that is meant.
func names(s rbacv1.Subject, subject rbac.Subject, bindingNamespace string) bool {
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&s)
	if err != nil {
		return false
	}
	is, err := isSubject(fields, subject.String(), bindingNamespace)
	return err == nil && is
}

// tokenLasting is why a token isn't brought back.
const tokenLasting = "the token's value is gone for good, since the journal keeps no secrets"

func deleteToken() Action {
	return Action{
		Name: "delete-token", Does: "Delete a Secret with a ServiceAccount's token, which makes the token worthless", On: []string{"Secret"},
		Lasting: tokenLasting, plan: planDeleteToken,
	}
}

func planDeleteToken(ctx context.Context, f *Fixer, ref kube.Ref) (Plan, error) {
	live, err := f.read(ctx, ref)
	if err != nil {
		return Plan{}, err
	}
	if kind := field(live.Object, "type"); kind != string(corev1.SecretTypeServiceAccountToken) {
		return Plan{}, &ManualError{
			Why:   fmt.Sprintf("%s holds no token of a ServiceAccount (its type is %v)", ref, kind),
			Steps: "What it holds can't be brought back. If it has leaked, change it where it is valid first.",
		}
	}
	users, err := f.usersOfSecret(ctx, ref)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{
		Title:   fmt.Sprintf("Delete %s and its token", ref),
		Changes: []Change{{Target: ref, UID: live.GetUID(), Mechanism: Delete, Lasting: tokenLasting}},
		Notes:   []string{"Whoever uses the token is refused at once. Short-lived ones come from: kubectl create token"},
	}
	for _, user := range users {
		plan.Notes = append(plan.Notes, user+" uses it, and doesn't start without it.")
	}
	return plan, nil
}

// usersOfSecret are the pods that name a Secret.
func (f *Fixer) usersOfSecret(ctx context.Context, secret kube.Ref) ([]string, error) {
	pods, err := f.Cluster.Client.CoreV1().Pods(secret.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("looking for the pods that use %s: %w", secret, err)
	}
	var users []string
	for _, pod := range pods.Items {
		if slices.Contains(referencesOf(&pod.Spec), reference{"Secret", secret.Name}) {
			users = append(users, "Pod/"+pod.Name)
		}
	}
	return users, nil
}
