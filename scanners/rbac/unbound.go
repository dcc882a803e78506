package rbac

import (
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube"
)

// Unbound are the roles of manifests that no binding in them refers to, as
// grants to nobody yet: Subject is empty, and Binding is the role. Whoever binds
// the role is elsewhere. On a cluster there are none, since a role that is not
// bound gives nobody a right.
func (g *Graph) Unbound() []Grant { return g.unbound }

// findUnbound leaves out Kubernetes' own roles and those that are taken in by
// others, which are bound in their place.
func (g *Graph) findUnbound(inv *kube.Inventory) {
	if !g.fromFiles {
		return
	}
	bound := map[roleKey]bool{}
	for _, grant := range g.Grants {
		bound[grant.roleKey()] = true
	}
	for _, binding := range inv.ClusterRoleBindings {
		bound[roleKey{kind: clusterRole, name: binding.RoleRef.Name}] = true // also one without subjects
	}
	for _, binding := range inv.RoleBindings {
		bound[Grant{RoleRef: binding.RoleRef, Namespace: binding.Namespace}.roleKey()] = true
	}
	for _, role := range inv.ClusterRoles {
		if !takenIn(role) {
			g.addUnbound(role, "", rbacv1.RoleRef{Kind: clusterRole, Name: role.Name}, bound)
		}
	}
	for _, role := range inv.Roles {
		g.addUnbound(role, role.Namespace, rbacv1.RoleRef{Kind: "Role", Name: role.Name}, bound)
	}
}

func (g *Graph) addUnbound(role kube.Object, namespace string, ref rbacv1.RoleRef, bound map[roleKey]bool) {
	grant := Grant{Binding: role, RoleRef: ref, Namespace: namespace}
	key := grant.roleKey()
	if _, builtin := g.builtin.rules[key]; builtin || bound[key] {
		return
	}
	grant.Rules, _ = g.resolve(key)
	grant.Added = grant.Rules
	g.unbound = append(g.unbound, grant)
}

// takenIn says that a ClusterRole is meant for others to aggregate.
func takenIn(role *rbacv1.ClusterRole) bool {
	for label := range role.Labels {
		if strings.Contains(label, "/aggregate-to-") {
			return true
		}
	}
	return false
}
