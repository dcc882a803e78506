package rbac

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube"
)

// Rule is a rule of a role, with its place.
type Rule struct {
	rbacv1.PolicyRule
	// From is the role that holds the rule, and Index its place there: for
	// an aggregated ClusterRole, the role that it was collected from.
	From  kube.Object
	Index int
}

// Access is something that a request may want to do. Resource may have a
// subresource: "pods/exec".
type Access struct {
	Verb, Group, Resource string
	// Name is the object's; empty for all objects, and for those to create.
	Name string
	// Namespace is empty for all namespaces and for what has none.
	Namespace string
}

// Allows says whether the rule permits the access, as the RBAC authorizer
// reads it. The namespace is the binding's matter.
func (r Rule) Allows(a Access) bool {
	return has(r.Verbs, a.Verb) && has(r.APIGroups, a.Group) && r.covers(a.Resource) &&
		(len(r.ResourceNames) == 0 || slices.Contains(r.ResourceNames, a.Name))
}

// covers says whether the rule is about resource. A star is every resource and
// subresource; "*/sub" is that subresource of all; there is no "pods/*".
func (r Rule) covers(resource string) bool {
	if has(r.Resources, resource) {
		return true
	}
	_, sub, found := strings.Cut(resource, "/")
	return found && slices.Contains(r.Resources, "*/"+sub)
}

// Everything says that the rule is every verb on every resource. Spelled out,
// the verbs that change objects are enough: who can create and update whatever
// there is needs no others.
func (r Rule) Everything() bool {
	return r.changesAll() && slices.Contains(r.APIGroups, rbacv1.APIGroupAll) &&
		slices.Contains(r.Resources, rbacv1.ResourceAll) && len(r.ResourceNames) == 0
}

func (r Rule) changesAll() bool {
	for _, verb := range []string{"get", "list", "create", "update", "delete"} {
		if !has(r.Verbs, verb) {
			return false
		}
	}
	return true
}

// ReadOnly says that the rule permits nothing but looking.
func (r Rule) ReadOnly() bool {
	for _, verb := range r.Verbs {
		if verb != "get" && verb != "list" && verb != "watch" {
			return false
		}
	}
	return true
}

// has treats a star in the rule as everything.
func has(set []string, element string) bool {
	return slices.Contains(set, element) || slices.Contains(set, "*")
}
