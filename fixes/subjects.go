package fixes

import (
	"fmt"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"kiln/kube"
	"kiln/scanners/rbac"
)

func anonymousBinding() Recipe {
	return withoutSubject("api/anonymous-binding",
		"Load balancers' health checks and kubeadm join may rely on requests without credentials.")
}

// withoutSubject removes one subject of a binding. The list belongs together:
// an apply would own all of it.
func withoutSubject(check string, notes ...string) Recipe {
	return Recipe{Check: check, Plan: func(s Situation) (Plan, error) {
		change, err := unbind(s)
		return Plan{
			Title:   fmt.Sprintf("Remove %s from %s/%s", s.Finding.Key, s.Live.GetKind(), s.Live.GetName()),
			Changes: []Change{change},
			Notes:   notes,
		}, err
	}}
}

// unbind takes the finding's subject from its binding.
func unbind(s Situation) (Change, error) {
	patch, err := removeSubject(s.Live, s.Finding.Key)
	return Change{Target: kube.RefOf(s.Live), UID: s.Live.GetUID(), Mechanism: JSONPatch, Patch: patch}, err
}

// removeSubject tests and removes a subject, as rbac.Subject writes it, from the last to the first, so that the
// places of those before stay right.
func removeSubject(binding *unstructured.Unstructured, unwanted string) ([]PatchOperation, error) {
	subjects, _, err := unstructured.NestedSlice(binding.Object, "subjects")
	if err != nil {
		return nil, fmt.Errorf("reading the subjects of %s: %w", kube.RefOf(binding), err)
	}
	var tests, removals []PatchOperation
	for i := len(subjects) - 1; i >= 0; i-- {
		if is, err := isSubject(subjects[i], unwanted, binding.GetNamespace()); err != nil {
			return nil, err
		} else if is {
			path := fmt.Sprintf("/subjects/%d", i)
			tests = append(tests, PatchOperation{Op: "test", Path: path, Value: subjects[i]})
			removals = append(removals, PatchOperation{Op: "remove", Path: path})
		}
	}
	switch len(removals) {
	case 0:
		return nil, fmt.Errorf("%w: %s has no subject %s any more", ErrNothingToDo, kube.RefOf(binding), unwanted)
	case len(subjects):
		removals = []PatchOperation{{Op: "remove", Path: "/subjects"}}
	}
	return append(tests, removals...), nil
}

// isSubject compares as the authorizer does: a ServiceAccount without a
// namespace is the binding's own namespace's, and may be written as a user.
func isSubject(item any, wanted, bindingNamespace string) (bool, error) {
	fields, _ := item.(map[string]any)
	var subject rbacv1.Subject
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(fields, &subject); err != nil {
		return false, fmt.Errorf("reading a subject: %w", err)
	}
	own := rbac.Subject{Kind: subject.Kind, Name: subject.Name}
	if subject.Kind == rbacv1.ServiceAccountKind {
		own.Namespace = subject.Namespace
		if own.Namespace == "" {
			own.Namespace = bindingNamespace
		}
	}
	if account, ok := strings.CutPrefix(subject.Name, "system:serviceaccount:"); ok && subject.Kind == rbacv1.UserKind {
		namespace, name, _ := strings.Cut(account, ":")
		own = rbac.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: name}
	}
	return own.String() == wanted, nil
}
