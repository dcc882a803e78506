package rbac

import "slices"

// takes says whether the grants together are the whole cluster, without acting
// as another ServiceAccount first.
func takes(sa Subject, grants []Grant) (Step, bool) {
	const group = "rbac.authorization.k8s.io"
	everywhere := slices.DeleteFunc(slices.Clone(grants), func(grant Grant) bool { return grant.Namespace != "" })
	may := func(accesses ...Access) (Grant, bool) {
		for _, grant := range everywhere {
			if slices.ContainsFunc(accesses, func(a Access) bool { return len(grant.rules(a)) > 0 }) {
				return grant, true
			}
		}
		return Grant{}, false
	}
	for _, grant := range everywhere {
		if slices.ContainsFunc(grant.Rules, Rule.Everything) {
			return Step{Actor: sa, Does: "has every right", Grant: grant}, true
		}
	}
	if grant, ok := may(Access{Verb: "escalate", Group: group, Resource: "clusterroles"}); ok {
		if _, ok := may(Access{Verb: "update", Group: group, Resource: "clusterroles"}, Access{Verb: "patch", Group: group, Resource: "clusterroles"}); ok {
			return Step{Actor: sa, Does: "gives itself every right (escalate)", Grant: grant}, true
		}
	}
	if grant, ok := may(Access{Verb: "bind", Group: group, Resource: "clusterroles", Name: "cluster-admin"}); ok {
		if _, ok := may(Access{Verb: "create", Group: group, Resource: "clusterrolebindings"}); ok {
			return Step{Actor: sa, Does: "binds itself to cluster-admin (bind)", Grant: grant}, true
		}
	}
	if grant, ok := may(Access{Verb: "impersonate", Resource: "groups", Name: Masters}); ok {
		if _, ok := may(Access{Verb: "impersonate", Resource: "users"}, Access{Verb: "impersonate", Resource: "serviceaccounts"}); ok {
			return Step{Actor: sa, Does: "acts as the group system:masters (impersonate)", Grant: grant}, true
		}
	}
	if grant, ok := may(Access{Verb: "get", Resource: "nodes/proxy"}, Access{Verb: "create", Resource: "nodes/proxy"}); ok {
		return Step{Actor: sa, Does: "runs commands in every pod through the kubelets (nodes/proxy)", Grant: grant}, true
	}
	return Step{}, false
}
