package api

import (
	"slices"

	"kiln/scanners"
	"kiln/scanners/rbac"
)

func rbacImpersonate() scanners.Check {
	return right{
		id: "api/rbac-impersonate", title: "A subject can act as other users, groups or ServiceAccounts",
		severity: scanners.Critical, inNamespace: scanners.Medium,
		references: []string{"CIS 5.1.8", "C-0065", "C-0191", "KSV043"},
		can:        "act as others (impersonate)", permits: impersonates,
	}.check()
}

// impersonates leaves out rules that name whom to act as: those are for one
// purpose, and api/system-masters tells of the one name that is not.
// Users and groups have no namespace, so a RoleBinding gives none of them.
func impersonates(_ *rbac.Graph, grant rbac.Grant) (rbac.Rule, bool) {
	whom := []string{"serviceaccounts"}
	if grant.Namespace == "" {
		whom = append(whom, "users", "groups")
	}
	act := actAs(whom...)
	for _, rule := range grant.Added {
		if slices.ContainsFunc(act, rule.Allows) {
			return rule, true
		}
	}
	return rbac.Rule{}, false
}

func actAs(whom ...string) []rbac.Access { return access("", whom, "impersonate") }
