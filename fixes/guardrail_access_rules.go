package fixes

import (
	"fmt"
	"strings"
)

// accessRules are about roles and bindings. The checks join both; a request
// shows one of them, so that a role is refused before anybody is bound to it.
func accessRules() []guardRule {
	const roleNote = "It judges the role itself, bound or not."
	return []guardRule{
		{
			check: "api/cluster-admin", on: rolesAndBindings(),
			allowed: `!(variables.roleRef.?name.orValue("") == "cluster-admin" && variables.roleRef.?kind.orValue("") == "ClusterRole"
  && variables.subjects.exists(s, s.name != "system:masters"))
&& !variables.rules.exists(r, "*" in r.?verbs.orValue([]) && "*" in r.?resources.orValue([]) && "*" in r.?apiGroups.orValue([]) && !has(r.resourceNames))`,
			note: "It refuses bindings to cluster-admin, and roles that have every right; a binding to a role of yours that has every right already is let through.",
		},
		{check: "api/system-masters", on: bindings(), allowed: withoutGroups("system:masters")},
		{check: "api/anonymous-binding", on: bindings(), allowed: withoutGroups("system:anonymous", "system:unauthenticated")},
		{check: "api/authenticated-binding", on: bindings(), allowed: withoutGroups("system:authenticated", "system:serviceaccounts")},
		{
			check: "api/rbac-wildcard", on: roles(),
			allowed: `!variables.rules.exists(r, "*" in r.?resources.orValue([]) || "*" in r.?verbs.orValue([]) && r.?resources.orValue([]).size() > 0)`,
			note:    roleNote,
		},
		{check: "api/rbac-secrets", on: roles(), allowed: withoutRight("", []string{"get", "list", "watch"}, "secrets"), note: roleNote},
		{check: "api/rbac-exec", on: roles(), allowed: withoutRight("", []string{"get", "create"}, "pods/exec", "pods/attach"), note: roleNote},
		{check: "api/rbac-ephemeral-containers", on: roles(), allowed: withoutRight("", []string{"update", "patch"}, "pods/ephemeralcontainers"), note: roleNote},
		{check: "api/rbac-port-forward", on: roles(), allowed: withoutRight("", []string{"get", "create"}, "pods/portforward"), note: roleNote},
		{check: "api/rbac-nodes-proxy", on: roles(), allowed: withoutRight("", []string{"get", "create"}, "nodes/proxy"), note: roleNote},
		{check: "api/rbac-token-create", on: roles(), allowed: withoutRight("", []string{"create"}, "serviceaccounts/token"), note: roleNote},
		{check: "api/rbac-persistent-volumes", on: roles(), allowed: withoutRight("", []string{"create"}, "persistentvolumes"), note: roleNote},
		{
			check: "api/rbac-impersonate", on: roles(), note: roleNote,
			allowed: withoutRight("", []string{"impersonate"}, "users", "groups", "serviceaccounts") + "\n&& " +
				withoutRight("authentication.k8s.io", []string{"impersonate:user-info", "impersonate:serviceaccount", "impersonate:arbitrary-node"}, "users", "groups", "serviceaccounts", "nodes"),
		},
		{check: "api/rbac-escalate", on: roles(), allowed: withoutRight("rbac.authorization.k8s.io", []string{"escalate", "bind"}, "roles", "clusterroles"), note: roleNote},
	}
}

// withoutGroups is true of bindings that name none of these subjects.
func withoutGroups(names ...string) string {
	return fmt.Sprintf(`!variables.subjects.exists(s, s.kind != "ServiceAccount" && s.name in %s)`, celList(names))
}

// withoutRight is true of roles that permit none of the verbs on any of the
// resources, not by a star either. Rules for named objects alone pass.
func withoutRight(group string, verbs []string, resources ...string) string {
	stars := []string{"*"}
	for _, resource := range resources {
		if _, sub, found := strings.Cut(resource, "/"); found {
			stars = append(stars, "*/"+sub)
		}
	}
	return fmt.Sprintf(`!variables.rules.exists(r, !has(r.resourceNames)
&& r.?apiGroups.orValue([]).exists(g, g in %s) && r.?verbs.orValue([]).exists(v, v in %s) && r.?resources.orValue([]).exists(x, x in %s))`,
		celList([]string{group, "*"}), celList(append([]string{"*"}, verbs...)), celList(append(stars, resources...)))
}

// celList writes a list of strings in CEL.
func celList(items []string) string {
	quoted := make([]string, len(items))
	for i, item := range items {
		quoted[i] = fmt.Sprintf("%q", item)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
