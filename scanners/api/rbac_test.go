package api

import (
	"fmt"
	"strings"
	"testing"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/scantest"
)

// role and binding write RBAC objects; an empty namespace makes them
// cluster-wide.
func role(namespace, name string, rules ...string) string {
	kind, meta := "ClusterRole", "{name: \""+name+"\"}"
	if namespace != "" {
		kind, meta = "Role", "{name: \""+name+"\", namespace: "+namespace+"}"
	}
	return fmt.Sprintf("---\napiVersion: rbac.authorization.k8s.io/v1\nkind: %s\nmetadata: %s\nrules: [%s]\n", kind, meta, strings.Join(rules, ", "))
}

func binding(namespace, name, roleRef string, subjects ...string) string {
	kind, meta := "ClusterRoleBinding", "{name: \""+name+"\"}"
	if namespace != "" {
		kind, meta = "RoleBinding", "{name: \""+name+"\", namespace: "+namespace+"}"
	}
	refKind, refName, _ := strings.Cut(roleRef, "/")
	return fmt.Sprintf("---\napiVersion: rbac.authorization.k8s.io/v1\nkind: %s\nmetadata: %s\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: %s, name: %q}\nsubjects: [%s]\n",
		kind, meta, refKind, refName, strings.Join(subjects, ", "))
}

const (
	jane          = `{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}`
	devs          = `{kind: Group, apiGroup: rbac.authorization.k8s.io, name: devs}`
	ci            = `{kind: ServiceAccount, namespace: build, name: ci}`
	anonymous     = `{kind: User, apiGroup: rbac.authorization.k8s.io, name: "system:anonymous"}`
	unauthed      = `{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:unauthenticated"}`
	authed        = `{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:authenticated"}`
	masters       = `{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:masters"}`
	everything    = `{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}`
	everyURL      = `{nonResourceURLs: ["*"], verbs: ["*"]}`
	getPods       = `{apiGroups: [""], resources: [pods], verbs: [get]}`
	getSecrets    = `{apiGroups: [""], resources: [secrets], verbs: [get]}`
	getNamed      = `{apiGroups: [""], resources: [secrets], resourceNames: [db], verbs: [get]}`
	publicInfo    = `{nonResourceURLs: [/healthz, /livez, /readyz, /version, /version/], verbs: [get]}`
	readInfo      = `{apiGroups: [""], resources: [configmaps], resourceNames: [cluster-info], verbs: [get]}`
	clusterAdmins = "ClusterRole/cluster-admin"
)

func builtinAdmin() string { return role("", "cluster-admin", everything, everyURL) }

func TestClusterAdmin(t *testing.T) {
	scantest.Judge(t, clusterAdmin(), []scantest.Verdict{
		{Name: "built in", Objects: builtinAdmin() + binding("", "cluster-admin", clusterAdmins, masters)},
		{Name: "kubeadm", Objects: builtinAdmin() + binding("", "kubeadm:cluster-admins", clusterAdmins, `{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "kubeadm:cluster-admins"}`)},
		{Name: "each subject", Objects: builtinAdmin() + binding("", "ops", clusterAdmins, jane, ci), Want: []string{
			"ClusterRoleBinding/ops | subjects[0] | User:jane", "ClusterRoleBinding/ops | subjects[1] | ServiceAccount:build/ci"}},
		{Name: "beside the built-in subject", Objects: builtinAdmin() + binding("", "cluster-admin", clusterAdmins, masters, jane), Want: []string{
			"ClusterRoleBinding/cluster-admin | subjects[1] | User:jane"}},
		{Name: "every verb spelled out", Objects: role("", "all", `{apiGroups: ["*"], resources: ["*"], verbs: [get, list, watch, create, update, patch, delete]}`) + binding("", "all", "ClusterRole/all", jane), Want: []string{
			"ClusterRoleBinding/all | subjects[0] | User:jane"}},
		{Name: "no right to delete", Objects: role("", "most", `{apiGroups: ["*"], resources: ["*"], verbs: [get, list, watch, create, update, patch]}`) + binding("", "most", "ClusterRole/most", jane)},
		{Name: "another name", Objects: role("", "system:helper", everything) + binding("", "system:helper", "ClusterRole/system:helper", devs), Want: []string{
			"ClusterRoleBinding/system:helper | subjects[0] | Group:devs"}},
		{Name: "one namespace", Objects: builtinAdmin() + binding("shop", "team", clusterAdmins, devs), Want: []string{
			"RoleBinding/team in shop | subjects[0] | Group:devs | medium"}},
		{Name: "kube-system", Objects: builtinAdmin() + binding("kube-system", "team", clusterAdmins, devs), Want: []string{
			"RoleBinding/team in kube-system | subjects[0] | Group:devs"}},
		{Name: "from a manifest that lacks the role", Files: true, Objects: binding("", "ops", clusterAdmins, jane), Want: []string{
			"ClusterRoleBinding/ops | subjects[0] | User:jane"}},
		{Name: "no subjects", Objects: builtinAdmin() + binding("", "ops", clusterAdmins)},
		{Name: "the role is gone", Objects: binding("", "ops", clusterAdmins, jane)},
		{Name: "not quite everything", Objects: role("", "r", `{apiGroups: ["*"], resources: ["*"], verbs: [get, list, watch]}`) + binding("", "b", "ClusterRole/r", jane)},
		{Name: "unbound", Objects: role("", "r", everything)},
	})
}

func TestSystemMasters(t *testing.T) {
	const unseen = "can't be seen in a cluster"
	scantest.Judge(t, systemMasters(), []scantest.Verdict{
		{Name: "built in", Objects: builtinAdmin() + binding("", "cluster-admin", clusterAdmins, masters), Unknown: unseen},
		{Name: "another binding", Objects: builtinAdmin() + binding("", "ops", clusterAdmins, masters), Unknown: unseen, Want: []string{
			"ClusterRoleBinding/ops | subjects[0] | Group:system:masters | low"}},
		{Name: "by impersonation", Unknown: unseen, Objects: role("", "r", `{apiGroups: [""], resources: [groups], resourceNames: ["system:masters"], verbs: [impersonate]}`) + binding("", "b", "ClusterRole/r", jane),
			Want: []string{"ClusterRoleBinding/b | subjects[0] | User:jane"}},
		{Name: "another group", Unknown: unseen, Objects: role("", "r", `{apiGroups: [""], resources: [groups], resourceNames: [devs], verbs: [impersonate]}`) + binding("", "b", "ClusterRole/r", jane)},
		{Name: "groups have no namespace", Unknown: unseen, Objects: role("shop", "r", `{apiGroups: [""], resources: [groups], resourceNames: ["system:masters"], verbs: [impersonate]}`) + binding("shop", "b", "Role/r", jane)},
		{Name: "manifests", Files: true, Objects: builtinAdmin()},
	})
}

func TestAnonymousBinding(t *testing.T) {
	viewer := role("", "system:public-info-viewer", publicInfo)
	scantest.Judge(t, anonymousBinding(), []scantest.Verdict{
		{Name: "built in", Objects: viewer + binding("", "system:public-info-viewer", "ClusterRole/system:public-info-viewer", authed, unauthed)},
		{Name: "the built-in role with more", Objects: role("", "system:public-info-viewer", publicInfo, getSecrets) + binding("", "system:public-info-viewer", "ClusterRole/system:public-info-viewer", authed, unauthed),
			Want: []string{"ClusterRoleBinding/system:public-info-viewer | subjects[1] | Group:system:unauthenticated"}},
		{Name: "the built-in role by another binding", Objects: viewer + binding("", "mine", "ClusterRole/system:public-info-viewer", anonymous),
			Want: []string{"ClusterRoleBinding/mine | subjects[0] | User:system:anonymous | high"}},
		{Name: "reading", Objects: role("", "r", getPods) + binding("", "b", "ClusterRole/r", unauthed), Want: []string{
			"ClusterRoleBinding/b | subjects[0] | Group:system:unauthenticated | high"}},
		{Name: "secrets", Objects: role("", "r", getSecrets) + binding("shop", "b", "ClusterRole/r", anonymous), Want: []string{
			"RoleBinding/b in shop | subjects[0] | User:system:anonymous"}},
		{Name: "kubeadm join", Objects: role("kube-public", "kubeadm:bootstrap-signer-clusterinfo", readInfo) + binding("kube-public", "kubeadm:bootstrap-signer-clusterinfo", "Role/kubeadm:bootstrap-signer-clusterinfo", anonymous),
			Want: []string{"RoleBinding/kubeadm:bootstrap-signer-clusterinfo in kube-public | subjects[0] | User:system:anonymous | low"}},
		{Name: "more than kubeadm join", Objects: role("kube-public", "r", readInfo, getSecrets) + binding("kube-public", "b", "Role/r", anonymous),
			Want: []string{"RoleBinding/b in kube-public | subjects[0] | User:system:anonymous"}},
		{Name: "a group that only sounds alike", Objects: role("", "r", getPods) + binding("", "b", "ClusterRole/r", `{kind: User, apiGroup: rbac.authorization.k8s.io, name: "system:unauthenticated"}`)},
	})
}

func TestAuthenticatedBinding(t *testing.T) {
	basic := role("", "system:basic-user", `{apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews], verbs: [create]}`)
	scantest.Judge(t, authenticatedBinding(), []scantest.Verdict{
		{Name: "built in", Objects: basic + binding("", "system:basic-user", "ClusterRole/system:basic-user", authed)},
		{Name: "reading", Objects: role("", "r", getPods) + binding("", "b", "ClusterRole/r", authed), Want: []string{
			"ClusterRoleBinding/b | subjects[0] | Group:system:authenticated | low"}},
		{Name: "secrets", Objects: role("", "r", getSecrets) + binding("", "b", "ClusterRole/r", `{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccounts"}`), Want: []string{
			"ClusterRoleBinding/b | subjects[0] | Group:system:serviceaccounts"}},
		{Name: "one namespace's accounts", Objects: role("", "r", getSecrets) + binding("", "b", "ClusterRole/r", `{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccounts:shop"}`)},
	})
}

func TestWildcards(t *testing.T) {
	star := func(group, resource, verb string) string {
		return fmt.Sprintf(`{apiGroups: [%q], resources: [%q], verbs: [%q]}`, group, resource, verb)
	}
	scantest.Judge(t, rbacWildcard(), []scantest.Verdict{
		{Name: "unbound", Objects: role("", "r", star("", "*", "*"))},
		{Name: "bound without subjects", Objects: role("", "r", star("", "*", "*")) + binding("", "b", "ClusterRole/r")},
		{Name: "resources", Objects: role("", "r", getPods, star("", "*", "get")) + binding("", "b", "ClusterRole/r", jane), Want: []string{
			"ClusterRole/r | rules[1].resources | get on * of core | high"}},
		{Name: "verbs", Objects: role("", "r", star("", "pods", "*")) + binding("", "b", "ClusterRole/r", jane), Want: []string{
			"ClusterRole/r | rules[0].verbs | * on pods of core | high"}},
		{Name: "once for all bindings, the worst counts", Objects: role("", "r", star("", "pods", "*")) + binding("shop", "b", "ClusterRole/r", jane) + binding("", "c", "ClusterRole/r", ci), Want: []string{
			"ClusterRole/r | rules[0].verbs | * on pods of core | high"}},
		{Name: "one namespace", Objects: role("shop", "r", star("", "pods", "*")) + binding("shop", "b", "Role/r", jane), Want: []string{
			"Role/r in shop | rules[0].verbs | * on pods of core | low"}},
		{Name: "an API group of one's own", Objects: role("", "r", star("cert-manager.io", "*", "*")) + binding("", "b", "ClusterRole/r", ci), Want: []string{
			"ClusterRole/r | rules[0].resources | * on * of cert-manager.io | medium"}},
		{Name: "everything is cluster-admin's", Objects: role("", "r", everything) + binding("", "b", "ClusterRole/r", jane)},
		{Name: "groups alone", Objects: role("", "r", star("*", "pods", "get")) + binding("", "b", "ClusterRole/r", jane)},
		{Name: "URLs", Objects: role("", "r", everyURL) + binding("", "b", "ClusterRole/r", jane)},
	})
}

// single finds a check of the list of rights.
func single(t *testing.T, id string) scanners.Check {
	t.Helper()
	for _, c := range rights() {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("no check %s", id)
	return scanners.Check{}
}

func TestSecretReaders(t *testing.T) {
	bound := func(rule string) string { return role("", "r", rule) + binding("", "b", "ClusterRole/r", ci) }
	want := []string{"ClusterRoleBinding/b | subjects[0] | ServiceAccount:build/ci | high"}
	scantest.Judge(t, single(t, "api/rbac-secrets"), []scantest.Verdict{
		{Name: "get", Objects: bound(getSecrets), Want: want},
		{Name: "watch by star", Objects: bound(`{apiGroups: [""], resources: ["*"], verbs: [watch]}`), Want: want},
		{Name: "one namespace", Objects: role("", "r", getSecrets) + binding("shop", "b", "ClusterRole/r", ci), Want: []string{
			"RoleBinding/b in shop | subjects[0] | ServiceAccount:build/ci | medium"}},
		{Name: "kube-system", Objects: role("", "r", getSecrets) + binding("kube-system", "b", "ClusterRole/r", ci), Want: []string{
			"RoleBinding/b in kube-system | subjects[0] | ServiceAccount:build/ci | high"}},
		{Name: "edit, from a manifest", Files: true, Objects: binding("shop", "b", "ClusterRole/edit", devs), Want: []string{
			"RoleBinding/b in shop | subjects[0] | Group:devs | medium"}},
		{Name: "view", Files: true, Objects: binding("shop", "b", "ClusterRole/view", devs)},
		{Name: "by name", Objects: bound(getNamed)},
		{Name: "creating", Objects: bound(`{apiGroups: [""], resources: [secrets], verbs: [create, delete]}`)},
		{Name: "another group's secrets", Objects: bound(`{apiGroups: [example.com], resources: [secrets], verbs: [get]}`)},
		{Name: "cluster-admin's", Objects: bound(everything)},
		{Name: "unbound", Objects: role("", "r", getSecrets)},
	})
}

func TestTheOtherRights(t *testing.T) {
	for _, tt := range []struct{ check, bad, near string }{
		{"api/rbac-exec", `{apiGroups: [""], resources: [pods/exec], verbs: [create]}`, `{apiGroups: [""], resources: [pods], verbs: [create]}`},
		{"api/rbac-create-workloads", `{apiGroups: [batch], resources: [cronjobs], verbs: [create]}`, `{apiGroups: [batch], resources: [cronjobs], verbs: [get, patch]}`},
		{"api/rbac-ephemeral-containers", `{apiGroups: [""], resources: ["*/*", "pods/ephemeralcontainers"], verbs: [patch]}`, `{apiGroups: [""], resources: [pods], verbs: [patch]}`},
		{"api/rbac-port-forward", `{apiGroups: [""], resources: [pods/portforward], verbs: [create]}`, `{apiGroups: [""], resources: [services/proxy], verbs: [create]}`},
		{"api/rbac-nodes-proxy", `{apiGroups: [""], resources: [nodes/proxy], verbs: [get]}`, `{apiGroups: [""], resources: [nodes, nodes/metrics, nodes/stats], verbs: [get]}`},
		{"api/rbac-token-create", `{apiGroups: [""], resources: [serviceaccounts/token], verbs: [create]}`, `{apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [vault], verbs: [create]}`},
		{"api/rbac-webhooks", `{apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [update]}`, `{apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], resourceNames: [mine], verbs: [update]}`},
		{"api/rbac-persistent-volumes", `{apiGroups: [""], resources: [persistentvolumes], verbs: [create]}`, `{apiGroups: [""], resources: [persistentvolumeclaims], verbs: [create]}`},
		{"api/rbac-delete", `{apiGroups: [""], resources: [events], verbs: [deletecollection]}`, `{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [delete]}`},
		{"api/rbac-coredns", `{apiGroups: [""], resources: [configmaps], resourceNames: [coredns], verbs: [patch]}`, `{apiGroups: [""], resources: [configmaps], resourceNames: [other], verbs: [patch]}`},
	} {
		check := single(t, tt.check)
		everywhere := fmt.Sprintf("ClusterRoleBinding/b | subjects[0] | User:jane | %s", check.Severity)
		scantest.Judge(t, check, []scantest.Verdict{
			{Name: "bad", Objects: role("", "r", tt.bad) + binding("", "b", "ClusterRole/r", jane), Want: []string{everywhere}},
			{Name: "near miss", Objects: role("", "r", tt.near) + binding("", "b", "ClusterRole/r", jane)},
		})
	}
}

func TestThingsWithoutANamespaceTakeAClusterRoleBinding(t *testing.T) {
	scantest.Judge(t, single(t, "api/rbac-nodes-proxy"), []scantest.Verdict{{
		Name:    "role binding in kube-system",
		Objects: role("", "r", `{apiGroups: [""], resources: [nodes/proxy], verbs: [get]}`) + binding("kube-system", "b", "ClusterRole/r", jane),
	}})
}

func TestEscalation(t *testing.T) {
	bound := func(rule string) string { return role("", "r", rule) + binding("", "b", "ClusterRole/r", jane) }
	want := []string{"ClusterRoleBinding/b | subjects[0] | User:jane | critical"}
	scantest.Judge(t, rbacEscalate(), []scantest.Verdict{
		{Name: "escalate", Objects: bound(`{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate]}`), Want: want},
		{Name: "bind by star", Objects: bound(`{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: ["*"]}`), Want: want},
		{Name: "bind view", Objects: role("", "view", getPods) + bound(`{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view], verbs: [bind]}`)},
		{Name: "bind cluster-admin", Objects: builtinAdmin() + bound(`{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view, cluster-admin], verbs: [bind]}`), Want: want},
		{Name: "writing roles", Objects: bound(`{apiGroups: [rbac.authorization.k8s.io], resources: [roles, rolebindings], verbs: [create, update, patch]}`)},
		{Name: "one namespace", Objects: role("shop", "r", `{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate]}`) + binding("shop", "b", "Role/r", jane), Want: []string{
			"RoleBinding/b in shop | subjects[0] | User:jane | medium"}},
	})
	scantest.Judge(t, rbacImpersonate(), []scantest.Verdict{
		{Name: "users", Objects: bound(`{apiGroups: [""], resources: [users], verbs: [impersonate]}`), Want: want},
		{Name: "by name", Objects: bound(`{apiGroups: [""], resources: [users], resourceNames: [admin], verbs: [impersonate]}`)},
		{Name: "users have no namespace", Objects: role("shop", "r", `{apiGroups: [""], resources: [users, groups], verbs: [impersonate]}`) + binding("shop", "b", "Role/r", jane)},
		{Name: "accounts of a namespace", Objects: role("shop", "r", `{apiGroups: [""], resources: [serviceaccounts], verbs: [impersonate]}`) + binding("shop", "b", "Role/r", jane), Want: []string{
			"RoleBinding/b in shop | subjects[0] | User:jane | medium"}},
	})
}

// TestConstrainedImpersonation: it takes two rights, on whom and on what.
func TestConstrainedImpersonation(t *testing.T) {
	whom := func(mode, resource, more string) string {
		return fmt.Sprintf(`{apiGroups: [authentication.k8s.io], resources: [%s], verbs: ["impersonate:%s"]%s}`, resource, mode, more)
	}
	const lists = `{apiGroups: [""], resources: [pods], verbs: ["impersonate-on:user-info:list", "impersonate-on:serviceaccount:list", "impersonate-on:arbitrary-node:list", "impersonate-on:associated-node:list"]}`
	bound := func(rules ...string) string { return role("", "r", rules...) + binding("", "b", "ClusterRole/r", jane) }
	inShop := func(rules ...string) string {
		return role("shop", "r", rules...) + binding("shop", "b", "Role/r", jane)
	}
	high := []string{"ClusterRoleBinding/b | subjects[0] | User:jane | high"}
	scantest.Judge(t, rbacImpersonate(), []scantest.Verdict{
		{Name: "users", Objects: bound(whom("user-info", "users", ""), lists), Want: high},
		{Name: "groups", Objects: bound(whom("user-info", "groups", ""), lists), Want: high},
		{Name: "accounts", Objects: bound(whom("serviceaccount", "serviceaccounts", ""), lists), Want: high},
		{Name: "nodes", Objects: bound(whom("arbitrary-node", "nodes", ""), lists), Want: high},
		{Name: "the other right by another role", Objects: bound(whom("user-info", "users", "")) + role("", "on", lists) + binding("shop", "on", "ClusterRole/on", jane), Want: high},
		{Name: "accounts of a namespace", Objects: inShop(whom("serviceaccount", "serviceaccounts", ""), lists), Want: []string{
			"RoleBinding/b in shop | subjects[0] | User:jane | medium"}},
		{Name: "a role that nobody is bound to yet", Files: true, Objects: role("", "r", whom("user-info", "users", ""), lists), Want: []string{
			"ClusterRole/r | rules[0] | unbound | info"}},
		{Name: "both ways, told once", Objects: bound(whom("user-info", "users", ""), lists, `{apiGroups: [""], resources: [users], verbs: [impersonate]}`), Want: []string{
			"ClusterRoleBinding/b | subjects[0] | User:jane | critical"}},
		{Name: "nothing to do as them", Objects: bound(whom("user-info", "users", ""))},
		{Name: "something to do in another mode", Objects: bound(whom("user-info", "users", ""), `{apiGroups: [""], resources: [pods], verbs: ["impersonate-on:serviceaccount:list"]}`)},
		{Name: "nobody to act as", Objects: bound(lists)},
		{Name: "a name", Objects: bound(whom("user-info", "users", ", resourceNames: [bob]"), lists)},
		{Name: "one's own node", Objects: bound(whom("associated-node", "nodes", ""), lists)},
		{Name: "users have no namespace", Objects: inShop(whom("user-info", "users", ""), lists)},
		{Name: "the wrong group", Objects: bound(strings.Replace(whom("user-info", "users", ""), "authentication.k8s.io", `""`, 1), lists)},
		{Name: "a server that doesn't know it", Objects: bound(whom("user-info", "users", ""), lists), Change: func(inv *kube.Inventory) { inv.Source.Version = "v1.35.2" }},
	})
}

func TestCertificateApproval(t *testing.T) {
	const approval = `{apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [update]}`
	signer := func(name string) string {
		return `{apiGroups: [certificates.k8s.io], resources: [signers], resourceNames: ["` + name + `"], verbs: [approve]}`
	}
	bound := func(rules ...string) string {
		return role("", "r", rules...) + binding("", "b", "ClusterRole/r", jane)
	}
	want := []string{"ClusterRoleBinding/b | subjects[0] | User:jane | high"}
	scantest.Judge(t, rbacCSRApprove(), []scantest.Verdict{
		{Name: "clients", Objects: bound(approval, signer("kubernetes.io/kube-apiserver-client")), Want: want},
		{Name: "all of a domain", Objects: bound(approval, signer("kubernetes.io/*")), Want: want},
		{Name: "kubelets' serving certificates", Objects: bound(approval, signer("kubernetes.io/kubelet-serving"))},
		{Name: "no signer", Objects: bound(approval)},
		{Name: "by two bindings", Objects: bound(approval) + role("", "s", signer("kubernetes.io/kube-apiserver-client")) + binding("", "b2", "ClusterRole/s", jane), Want: want},
		{Name: "the signer is somebody else's", Objects: bound(approval) + role("", "s", signer("kubernetes.io/kube-apiserver-client")) + binding("", "b2", "ClusterRole/s", ci)},
		{Name: "no approval", Objects: bound(signer("kubernetes.io/kube-apiserver-client"))},
	})
}

func TestDangling(t *testing.T) {
	account := "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ci, namespace: build}\n"
	scantest.Judge(t, rbacDangling(), []scantest.Verdict{
		{Name: "all there", Objects: account + role("", "r", getPods) + binding("", "b", "ClusterRole/r", ci, jane, devs)},
		{Name: "no account", Objects: role("", "r", getPods) + binding("", "b", "ClusterRole/r", ci), Want: []string{
			"ClusterRoleBinding/b | subjects[0] | ServiceAccount:build/ci"}},
		{Name: "no role, said once", Objects: account + binding("", "b", "ClusterRole/r", ci, jane), Want: []string{"ClusterRoleBinding/b | roleRef"}},
		{Name: "a Role isn't a ClusterRole", Objects: role("", "r", getPods) + binding("shop", "b", "Role/r", jane), Want: []string{"RoleBinding/b in shop | roleRef"}},
		{Name: "the control plane's own account", Objects: role("", "system:controller:ttl-controller", getPods) +
			binding("", "system:controller:ttl-controller", "ClusterRole/system:controller:ttl-controller", `{kind: ServiceAccount, namespace: kube-system, name: ttl-controller}`)},
		{Name: "manifests", Files: true, Objects: binding("", "b", "ClusterRole/r", ci), Unknown: "not among the files"},
	})
}

func TestTakeoverPath(t *testing.T) {
	deploy := func(extra string) string {
		return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: runner, namespace: build}\nspec:\n  selector: {matchLabels: {app: r}}\n  template:\n    metadata: {labels: {app: r}}\n    spec: {serviceAccountName: ci, containers: [{name: c, image: r:1}]" + extra + "}\n"
	}
	account := "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ci, namespace: build}\n"
	power := builtinAdmin() + binding("", "b", clusterAdmins, ci)
	scantest.Judge(t, takeoverPath(), []scantest.Verdict{
		{Name: "a pod holds it", Objects: account + deploy("") + power, Want: []string{"ServiceAccount/ci in build |  | ServiceAccount:build/ci"}},
		{Name: "the account wasn't read", Objects: deploy("") + power, Want: []string{"Deployment/runner in build |  | ServiceAccount:build/ci"}},
		{Name: "no pod uses it", Objects: account + power},
		{Name: "no token in the pod", Objects: account + deploy(", automountServiceAccountToken: false") + power},
		{Name: "a token by a volume", Objects: account + deploy(", automountServiceAccountToken: false, volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}]") + power, Want: []string{
			"ServiceAccount/ci in build |  | ServiceAccount:build/ci"}},
		{Name: "by the account's old field", Objects: account + strings.Replace(deploy(""), "serviceAccountName:", "serviceAccount:", 1) + power, Want: []string{
			"ServiceAccount/ci in build |  | ServiceAccount:build/ci"}},
		{Name: "a static pod holds none", Objects: "{apiVersion: v1, kind: Pod, metadata: {name: etcd, namespace: build, annotations: {kubernetes.io/config.mirror: x}}, spec: {containers: [{name: c, image: x}]}}\n" +
			role("", "r", `{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}`) + binding("", "b", "ClusterRole/r", "{kind: ServiceAccount, namespace: build, name: default}")},
		{Name: "a token for somebody else", Objects: account + deploy(", automountServiceAccountToken: false, volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t, audience: vault}}]}}]") + power},
		{Name: "the control plane's own", Objects: strings.NewReplacer("namespace: build", "namespace: kube-system", "ci", "clusterrole-aggregation-controller").Replace(account+deploy("")) +
			role("", "system:controller:clusterrole-aggregation-controller", `{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, get, list, patch, update, watch]}`) +
			binding("", "system:controller:clusterrole-aggregation-controller", "ClusterRole/system:controller:clusterrole-aggregation-controller", `{kind: ServiceAccount, namespace: kube-system, name: clusterrole-aggregation-controller}`)},
	})
}

func TestRolesThatManifestsDontBind(t *testing.T) {
	role := func(name, labels, rules string) string {
		return "---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: " + name + ", labels: {" + labels + "}}, rules: [" + rules + "]}\n"
	}
	const secrets = `{apiGroups: [""], resources: [secrets], verbs: [get]}`
	binding := func(subjects string) string {
		return "---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, " +
			"roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}, subjects: [" + subjects + "]}\n"
	}
	var readsSecrets scanners.Check
	for _, c := range rights() {
		if c.ID == "api/rbac-secrets" {
			readsSecrets = c
		}
	}
	scantest.Judge(t, readsSecrets, []scantest.Verdict{
		{Name: "in manifests", Objects: role("reader", "", secrets), Files: true, Want: []string{"ClusterRole/reader | rules[0] | unbound | info"}},
		{Name: "in a cluster, where it gives nobody a right", Objects: role("reader", "", secrets)},
		{Name: "bound", Objects: role("reader", "", secrets) + binding("{kind: User, name: jane}"), Files: true, Want: []string{"ClusterRoleBinding/b | subjects[0] | User:jane | high"}},
		{Name: "bound without subjects", Objects: role("reader", "", secrets) + binding(""), Files: true},
		{Name: "for others to take in", Objects: role("reader", "rbac.authorization.k8s.io/aggregate-to-admin: 'true'", secrets), Files: true},
		{Name: "harmless", Objects: role("reader", "", `{apiGroups: [""], resources: [pods], verbs: [get]}`), Files: true},
		{Name: "one secret by name", Objects: role("reader", "", `{apiGroups: [""], resources: [secrets], resourceNames: [a], verbs: [get]}`), Files: true},
		{Name: "everything, which is the wildcard's", Objects: role("all", "", `{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}`), Files: true},
	})
	scantest.Judge(t, rbacWildcard(), []scantest.Verdict{
		{Name: "everything", Objects: role("all", "", `{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}`), Files: true, Want: []string{"ClusterRole/all | rules[0].resources | * on * of * | info"}},
	})
}
