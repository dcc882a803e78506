// Package rbac works out who may do what: it joins the roles of an Inventory
// with their bindings as the API server's RBAC authorizer does.
package rbac

import (
	"fmt"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

const clusterRole = "ClusterRole"

// Resources are what a Graph is made from.
func Resources() []kube.Resource {
	return []kube.Resource{kube.Roles, kube.RoleBindings, kube.ClusterRoles, kube.ClusterRoleBindings}
}

// Graph is every grant of a cluster.
type Graph struct {
	// Grants are in the order of the bindings and their subjects.
	Grants []Grant

	unbound []Grant
	roles   *roles
	builtin bootstrap
	// resolved are the roles so far, while the Graph is made; nil afterwards.
	resolved map[roleKey]resolution
	// fromFiles says that roles may be meant which stand in the cluster only.
	fromFiles bool
}

// Grant is what one subject gets by one binding.
type Grant struct {
	Subject Subject
	// Binding is the RoleBinding or ClusterRoleBinding, and Index the
	// subject's place in it.
	Binding kube.Object
	Index   int
	RoleRef rbacv1.RoleRef
	// Namespace is where the rules hold; empty for everywhere.
	Namespace string
	// Dangling says that the role doesn't exist.
	Dangling bool
	// Builtin says that Kubernetes itself binds this subject to this role.
	Builtin bool
	// Rules are all that the role grants.
	Rules []Rule
	// Added are those of Rules that somebody granted on purpose: they are not
	// part of what Kubernetes itself binds at its start.
	Added []Rule
}

// graphKey is where an Inventory keeps its Graph.
type graphKey struct{}

// GraphOf is the Graph of inv, made once and shared by all checks.
func GraphOf(inv *kube.Inventory) *Graph { return kube.Once(inv, graphKey{}, NewGraph) }

// NewGraph joins the roles and bindings of inv.
func NewGraph(inv *kube.Inventory) *Graph {
	g := &Graph{roles: newRoles(inv), builtin: builtin(), resolved: map[roleKey]resolution{}, fromFiles: inv.FromFiles()}
	g.Grants = make([]Grant, 0, len(inv.ClusterRoleBindings)+len(inv.RoleBindings))
	for _, binding := range inv.ClusterRoleBindings {
		g.bind(binding, "", binding.RoleRef, binding.Subjects)
	}
	for _, binding := range inv.RoleBindings {
		g.bind(binding, binding.Namespace, binding.RoleRef, binding.Subjects)
	}
	g.findUnbound(inv)
	g.resolved = nil // from here on it may be read side by side
	return g
}

func (g *Graph) bind(binding kube.Object, namespace string, ref rbacv1.RoleRef, subjects []rbacv1.Subject) {
	for i := range subjects {
		subject, ok := subjectOf(subjects[i], namespace)
		if !ok {
			continue
		}
		grant := Grant{Subject: subject, Binding: binding, Index: i, RoleRef: ref, Namespace: namespace}
		grant.Rules, grant.Dangling = g.resolve(grant.roleKey())
		grant.Builtin = g.builtin.binds(grant)
		grant.Added = g.builtin.added(grant)
		g.Grants = append(g.Grants, grant)
	}
}

// resolution is what a reference to a role comes to.
type resolution struct {
	rules    []Rule
	dangling bool
}

// resolve finds a role's rules, the same for all who are bound to it.
func (g *Graph) resolve(key roleKey) (rules []Rule, dangling bool) {
	known, done := g.resolved[key]
	if !done {
		known.rules, known.dangling = g.rulesOf(key)
		if g.resolved != nil {
			g.resolved[key] = known
		}
	}
	return slices.Clip(known.rules), known.dangling
}

// rulesOf works out a role's rules. Manifests often bind roles that every cluster
// has, such as cluster-admin; those are known. A manifest can't take from
// them: the API server puts back what is missing when it starts, unless told
// otherwise by an annotation.
func (g *Graph) rulesOf(key roleKey) (rules []Rule, dangling bool) {
	role, found := g.roles.byKey[key]
	if found {
		rules = g.roles.rulesOf(key)
	}
	known, isBuiltin := g.builtin.rules[key]
	if !g.fromFiles || !isBuiltin || found && role.GetAnnotations()[rbacv1.AutoUpdateAnnotationKey] == "false" {
		return rules, !found
	}
	if !found {
		role = &rbacv1.ClusterRole{
			TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: key.kind},
			ObjectMeta: metav1.ObjectMeta{Namespace: key.namespace, Name: key.name},
		}
	}
	return appendNew(slices.Clone(rules), own(role, known)), false
}

// ClusterRole lists the rules of a ClusterRole by name.
func (g *Graph) ClusterRole(name string) []Rule {
	rules, _ := g.resolve(roleKey{kind: clusterRole, name: name})
	return rules
}

func (g Grant) roleKey() roleKey {
	if g.RoleRef.Kind == clusterRole {
		return roleKey{kind: clusterRole, name: g.RoleRef.Name}
	}
	return roleKey{g.RoleRef.Kind, g.Namespace, g.RoleRef.Name}
}

// Path is the subject's field in the binding.
func (g Grant) Path() string { return fmt.Sprintf("subjects[%d]", g.Index) }

// Role names the role as people do: "ClusterRole view".
func (g Grant) Role() string { return g.RoleRef.Kind + " " + g.RoleRef.Name }

// Scope says where the rules hold: "in every namespace", "in namespace shop".
func (g Grant) Scope() string {
	if g.Namespace == "" {
		return "in every namespace"
	}
	return "in namespace " + g.Namespace
}

// Everywhere says that the grant reaches the control plane: it holds in every
// namespace, or in kube-system.
func (g Grant) Everywhere() bool {
	return g.Namespace == "" || g.Namespace == metav1.NamespaceSystem
}

// reaches says whether the grant holds where a request goes to.
func (g Grant) reaches(namespace string) bool {
	return g.Namespace == "" || g.Namespace == namespace
}

// Everything returns the rule that makes the grant's subject all-powerful
// where it holds.
func (g Grant) Everything() (Rule, bool) {
	for _, r := range g.Added {
		if r.Everything() {
			return r, true
		}
	}
	return Rule{}, false
}
