package api

import (
	"maps"
	"slices"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/rbac"
)

func rbacImpersonate() scanners.Check {
	anything := right{
		id: "api/rbac-impersonate", title: "A subject can act as other users, groups or ServiceAccounts",
		severity: scanners.Critical, inNamespace: scanners.Medium,
		references: []string{"CIS 5.1.8", "C-0065", "C-0191", "KSV043"},
		can:        "act as others (impersonate)", permits: impersonates,
	}
	constrained := right{
		severity: scanners.High, inNamespace: scanners.Medium,
		can: "act as others for some requests (constrained impersonation)", permits: impersonatesForSome,
	}
	check := anything.check()
	check.Hints = []kube.Resource{kube.ServerVersion}
	check.Find = func(inv *kube.Inventory) scanners.Result {
		result := anything.find(inv)
		if !scanners.OlderThan(inv.Source.Version, rbac.ConstrainedSince) {
			result.Hits = append(result.Hits, constrained.find(inv).Hits...)
		}
		return result
	}
	return check
}

// impersonates leaves out rules that name whom to act as: those are for one
// purpose, and api/system-masters tells of the one name that is not.
// Users and groups have no namespace, so a RoleBinding gives none of them.
func impersonates(_ *rbac.Graph, grant rbac.Grant) (rbac.Rule, bool) {
	whom := []string{"serviceaccounts"}
	if grant.Namespace == "" {
		whom = append(whom, "users", "groups")
	}
	return given(grant, actAs(whom...))
}

// impersonatesForSome finds the same right where it is for some requests only,
// and the subject may make one. Nobody becomes system:masters by it, and a
// RoleBinding gives ServiceAccounts alone, too.
func impersonatesForSome(graph *rbac.Graph, grant rbac.Grant) (rbac.Rule, bool) {
	if _, told := impersonates(graph, grant); told {
		return rbac.Rule{}, false
	}
	for _, mode := range slices.Sorted(maps.Keys(rbac.ActAsAny())) {
		if grant.Namespace != "" && mode != "serviceaccount" {
			continue
		}
		rule, found := given(grant, rbac.ActAsAny()[mode])
		if !found {
			continue
		}
		for _, held := range append(graph.RulesOf(grant.Subject), grant) {
			if slices.ContainsFunc(held.Rules, func(r rbac.Rule) bool { return r.ActsOn(mode) }) {
				return rule, true
			}
		}
	}
	return rbac.Rule{}, false
}

func actAs(whom ...string) []rbac.Access { return access("", whom, "impersonate") }

// actAsAnybody is what the check looks for, in all its forms.
func actAsAnybody() []rbac.Access {
	all := actAs("serviceaccounts", "users", "groups")
	for _, mode := range slices.Sorted(maps.Keys(rbac.ActAsAny())) {
		all = append(all, rbac.ActAsAny()[mode]...)
	}
	return all
}
