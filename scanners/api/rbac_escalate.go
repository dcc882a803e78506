package api

import (
	"slices"

	"kiln/scanners"
	"kiln/scanners/rbac"
)

const rbacGroup = "rbac.authorization.k8s.io"

func rbacEscalate() scanners.Check {
	return right{
		id: "api/rbac-escalate", title: "A subject can grant rights that it doesn't have",
		severity: scanners.Critical, inNamespace: scanners.Medium,
		references: []string{"CIS 5.1.8", "C-0191", "KSV050", "KSV051", "KSV052"},
		can:        "grant rights that it doesn't have (escalate, bind)", permits: escalates,
	}.check()
}

// escalates finds the verbs that lift RBAC's rule that nobody gives what they
// don't have. To bind only roles by name is fine unless one of them is
// all-powerful.
func escalates(graph *rbac.Graph, grant rbac.Grant) (rbac.Rule, bool) {
	for _, rule := range grant.Added {
		if slices.ContainsFunc(liftRBAC(), rule.Allows) {
			return rule, true
		}
		for _, name := range rule.ResourceNames {
			bind := rbac.Access{Verb: "bind", Group: rbacGroup, Resource: "clusterroles", Name: name}
			if rule.Allows(bind) && slices.ContainsFunc(graph.ClusterRole(name), rbac.Rule.Everything) {
				return rule, true
			}
		}
	}
	return rbac.Rule{}, false
}

// liftRBAC lets its holder give what they don't have.
func liftRBAC() []rbac.Access {
	return access(rbacGroup, []string{"roles", "clusterroles"}, "escalate", "bind")
}
