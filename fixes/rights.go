package fixes

import (
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/api"
	"kiln/scanners/rbac"
)

const (
	howFromRole    = "role"
	howFromSubject = "subject"
)

// rights are the recipes for bindings that give one right too many: it is
// taken out of the role, or the subject out of the binding.
func rights() []Recipe {
	lost := []struct{ check, note string }{
		{"api/rbac-escalate", "Nobody who had it by this can grant rights any more that they don't have."},
		{"api/rbac-impersonate", "Nobody who had it by this can act as others any more (kubectl --as)."},
		{"api/rbac-csr-approve", "Certificates that were approved this way wait for somebody else: new nodes, too."},
		{"api/rbac-secrets", "Reading Secrets through the API fails then; Secrets that are mounted into pods stay."},
		{"api/rbac-create-workloads", "New workloads can't be created by this any more: deployments by CI may stop."},
		{"api/rbac-exec", "No more shells in containers by this: for emergencies, bind a role of its own for a while."},
		{"api/rbac-ephemeral-containers", "Running pods can't be debugged by this any more."},
		{"api/rbac-port-forward", "No more ports forwarded by this."},
		{"api/rbac-nodes-proxy", "It can't talk to the kubelets any more: for metrics, nodes/metrics and nodes/stats are enough."},
		{"api/rbac-token-create", "No more tokens of ServiceAccounts by this; pods get theirs from the kubelet."},
		{"api/rbac-webhooks", "Admission can't be changed by this any more: some operators renew their certificates there."},
		{"api/rbac-persistent-volumes", "No more volumes by this: storage provisioners need the right."},
		{"api/rbac-delete", "Nothing can be deleted by this any more, of what the check is about."},
		{"api/rbac-coredns", "No ConfigMap can be changed by this any more: RBAC can't spare one by its name."},
	}
	recipes := make([]Recipe, 0, len(lost))
	for _, right := range lost {
		recipes = append(recipes, notGranting(right.check, right.note))
	}
	return recipes
}

// notGranting takes the accesses of a check from the finding's subject.
func notGranting(check, note string) Recipe {
	unwanted := api.Accesses(check)
	return Recipe{
		Check:     check,
		Reads:     func(f scanners.Finding, inv *kube.Inventory) []kube.Ref { return grantingRoles(f, inv, unwanted) },
		Questions: func(s Situation) []Question { return []Question{whereToTakeIt(s, unwanted)} },
		Plan: func(s Situation) (Plan, error) {
			if !stillGranted(s, unwanted) {
				return Plan{}, fmt.Errorf("%w: no role that is bound there grants it any more", ErrNothingToDo)
			}
			if s.Answers[howQuestion] == howFromSubject {
				change, err := unbind(s)
				return Plan{
					Title:   fmt.Sprintf("Remove %s from %s/%s", s.Finding.Key, s.Live.GetKind(), s.Live.GetName()),
					Changes: []Change{change},
					Notes:   []string{note, "All other rights of the bound role go, too: bind those that are still needed to a smaller one."},
				}, err
			}
			plan, err := fromRoles(s, unwanted)
			plan.Notes = append(plan.Notes, note)
			return plan, err
		},
	}
}

// whereToTakeIt asks whether the right leaves the role or the subject the
// binding. The role is for others, too; without it the subject loses the rest.
func whereToTakeIt(s Situation, unwanted []rbac.Access) Question {
	subject := Choice{Value: howFromSubject, Label: "the subject leaves the binding, and loses all rights of the role"}
	q := Question{Key: howQuestion, Ask: "Where is the right taken away?"}
	if _, err := fromRoles(s, unwanted); err != nil {
		subject.Found = err.Error()
		q.add(subject)
		return q
	}
	role := Choice{Value: howFromRole, Label: "out of the role, which keeps its other rights"}
	if others := othersBound(s, unwanted); len(others) > 0 {
		role.Found = "also bound to it: " + strings.Join(others, ", ")
	}
	q.add(role)
	q.add(subject)
	return q
}

// grantsOf are what the finding's binding gives its subject.
func grantsOf(f scanners.Finding, inv *kube.Inventory) []rbac.Grant {
	return slices.DeleteFunc(slices.Clone(rbac.GraphOf(inv).Grants), func(g rbac.Grant) bool {
		return kube.RefOf(g.Binding) != f.Object || g.Subject.String() != f.Key
	})
}

// grantingRoles are the roles whose rules give the finding's subject what it
// shouldn't have: the bound one, or those that it aggregates.
func grantingRoles(f scanners.Finding, inv *kube.Inventory, unwanted []rbac.Access) []kube.Ref {
	var refs []kube.Ref
	for _, grant := range grantsOf(f, inv) {
		for _, rule := range grant.Added {
			ref := kube.RefOf(rule.From)
			if slices.ContainsFunc(unwanted, rule.Allows) && !slices.Contains(refs, ref) {
				refs = append(refs, ref)
			}
		}
	}
	return refs
}

// stillGranted looks at the roles as they are now: a fix of another finding may
// have narrowed them.
func stillGranted(s Situation, unwanted []rbac.Access) bool {
	for _, ref := range grantingRoles(s.Finding, s.Inventory, unwanted) {
		role := s.Others[ref]
		if role == nil {
			continue
		}
		rules, err := rulesOf(role)
		if err != nil || slices.ContainsFunc(rules, func(r rbacv1.PolicyRule) bool {
			return slices.ContainsFunc(unwanted, rbac.Rule{PolicyRule: r}.Allows)
		}) {
			return true // what can't be read stands as it was found
		}
	}
	return false
}

// othersBound are the subjects that lose the right, too, a few of them by name.
func othersBound(s Situation, unwanted []rbac.Access) []string {
	const few = 4
	roles := grantingRoles(s.Finding, s.Inventory, unwanted)
	var others []string
	for _, grant := range rbac.GraphOf(s.Inventory).Grants {
		name := grant.Subject.Phrase()
		if name == strings.Replace(s.Finding.Key, ":", " ", 1) || slices.Contains(others, name) {
			continue
		}
		if slices.ContainsFunc(grant.Rules, func(r rbac.Rule) bool { return slices.Contains(roles, kube.RefOf(r.From)) }) {
			others = append(others, name)
		}
	}
	if len(others) > few {
		others = append(others[:few], fmt.Sprintf("%d more", len(others)-few))
	}
	return others
}

// fromRoles plans to take the accesses out of every role that grants them.
func fromRoles(s Situation, unwanted []rbac.Access) (Plan, error) {
	var plan Plan
	var names []string
	for _, ref := range grantingRoles(s.Finding, s.Inventory, unwanted) {
		role := s.Others[ref]
		if role == nil {
			continue
		}
		if kubernetesOwn(role) {
			return Plan{}, fmt.Errorf("%s is Kubernetes' own role, which it puts back when it starts", ref)
		}
		change, err := withoutAccesses(role, unwanted)
		if err != nil {
			return Plan{}, err
		}
		if len(change.Patch) > 0 {
			plan.Changes, names = append(plan.Changes, change), append(names, ref.Kind+"/"+ref.Name)
		}
	}
	plan.Title = "Take the right out of " + strings.Join(names, ", ")
	return plan, nil
}

// kubernetesOwn says that the API server restores the role at its start.
func kubernetesOwn(role *unstructured.Unstructured) bool {
	return role.GetLabels()["kubernetes.io/bootstrapping"] != "" && role.GetAnnotations()[rbacv1.AutoUpdateAnnotationKey] != "false"
}

// withoutAccesses tests and changes each rule of a role that gives one of the
// accesses. The list belongs together: an apply would own all of it.
func withoutAccesses(role *unstructured.Unstructured, unwanted []rbac.Access) (Change, error) {
	change := Change{Target: kube.RefOf(role), UID: role.GetUID(), Mechanism: JSONPatch}
	rules, err := rulesOf(role)
	if err != nil {
		return change, err
	}
	raw, _, _ := unstructured.NestedSlice(role.Object, "rules")
	var tests, changes, additions, removals []PatchOperation
	for i, rule := range rules {
		left, hit, err := narrowed(rule, unwanted)
		if err != nil {
			return change, fmt.Errorf("rules[%d] of %s: %w", i, kube.RefOf(role), err)
		}
		if !hit {
			continue
		}
		at := fmt.Sprintf("/rules/%d", i)
		tests = append(tests, PatchOperation{Op: "test", Path: at, Value: raw[i]})
		if len(left) == 0 {
			removals = append([]PatchOperation{{Op: "remove", Path: at}}, removals...)
			continue
		}
		changes = append(changes, PatchOperation{Op: "replace", Path: at, Value: left[0]})
		for _, more := range left[1:] {
			additions = append(additions, PatchOperation{Op: "add", Path: "/rules/-", Value: more})
		}
	}
	// What is added stands at the end, so the places before it stay right; what
	// goes, goes from the last to the first.
	change.Patch = slices.Concat(tests, changes, additions, removals)
	return change, nil
}

func rulesOf(role *unstructured.Unstructured) ([]rbacv1.PolicyRule, error) {
	var typed rbacv1.ClusterRole // a Role's rules are the same
	if err := unstructuredInto(role, &typed); err != nil {
		return nil, err
	}
	return typed.Rules, nil
}
