package tui

import (
	"strings"
	"testing"

	"kiln/scanners/rbac"
	"kiln/scanners/scantest"
)

// accessScenes are pictures of who may do what, and who may talk to whom.
func accessScenes() []scene {
	return []scene{
		{"subjects", "staging", func(_ *testing.T, a *App) {
			v := newSubjectsView(a)
			a.root(v)
			v.update(rightsMsg{&rights{rows: []subjectRow{
				{subject: rbac.Subject{Kind: "ServiceAccount", Namespace: "shop", Name: "ci"}, reach: reachCluster, everywhere: true, grants: 2},
				{subject: rbac.Subject{Kind: "ServiceAccount", Namespace: "データ基盤", Name: "注文データベース"}, reach: reachOthers, grants: 3},
				{subject: rbac.Subject{Kind: "User", Name: hostile}, reach: reachSecrets, grants: 1},
				{subject: rbac.Subject{Kind: "Group", Name: "system:masters"}, reach: reachCluster, everywhere: true, grants: 1, builtin: true},
				{subject: rbac.Subject{Kind: "User", Name: "🧑‍🚀@" + longName}, reach: reachRuns, grants: 1},
				{subject: rbac.Subject{Kind: "Group", Name: "viewers"}, reach: reachLooks, grants: 12},
			}}})
		}},
		{"subject", "staging", func(t *testing.T, a *App) {
			deliver(a, rightsSnapshot(t))
			settle(a, a.openSubject(rbac.Subject{Kind: "ServiceAccount", Namespace: "shop", Name: "ci"}))
		}},
		{"who-can", "staging", func(t *testing.T, a *App) {
			a.runCommand("who-can list secrets")
			r := rightsOf(rightsSnapshot(t))
			a.top().update(grantsMsg{r, r.whoCan(rbac.Access{Verb: "list", Resource: "secrets"})})
		}},
		{"who-can-none", "staging", func(t *testing.T, a *App) {
			a.runCommand("who-can escalate clusterroles")
			a.top().update(grantsMsg{rights: rightsOf(rightsSnapshot(t))})
		}},
		{"trace-form", "staging", func(_ *testing.T, a *App) { press(a, "down", "t") }},
		{"trace", "staging", func(_ *testing.T, a *App) { showTrace(a, fixtureTrace()) }},
		{"trace-problem", "staging", func(_ *testing.T, a *App) {
			showTrace(a, tracedMsg{problem: "\"podz\" is no resource that the server knows: kubectl api-resources lists them"})
		}},
		{"reach", "staging", showReach},
		{"reach-none", "staging", func(t *testing.T, a *App) {
			deliver(a, reachSnapshot(t))
			settle(a, a.runCommand("reach idle"))
		}},
		{"neighbours", "staging", func(t *testing.T, a *App) {
			showReach(t, a)
			press(a, "down", "enter")
		}},
	}
}

// rightsSnapshot is a cluster whose names are hard to draw, with a
// ServiceAccount that may bind itself to any role.
func rightsSnapshot(t *testing.T) *snapshot {
	s := newSnapshot(fixtureResults(), nil)
	s.inventory = scantest.Cluster(t, strings.ReplaceAll(`
apiVersion: v1
kind: ServiceAccount
metadata: {name: ci, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: deployer}
rules:
- {apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [create, bind]}
- {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]}
- {apiGroups: [""], resources: [secrets], verbs: [get, list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ci-deploys}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: deployer}
subjects:
- {kind: ServiceAccount, namespace: shop, name: ci}
- {kind: User, name: "🧑‍🚀@LONG", apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: データ基盤}
rules: [{apiGroups: [""], resources: [secrets], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: 注文データベース, namespace: データ基盤}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {kind: ServiceAccount, namespace: データ基盤, name: 注文データベース}
- {kind: ServiceAccount, namespace: shop, name: ci}
- {kind: Group, name: "חנות", apiGroup: rbac.authorization.k8s.io}
`, "LONG", longName))
	return s
}
