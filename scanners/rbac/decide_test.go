package rbac_test

import (
	"strings"
	"testing"

	"kiln/scanners/rbac"
	"kiln/scanners/scantest"
)

const decided = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: pods}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get, create]}
- {apiGroups: [""], resources: [secrets], resourceNames: [db], verbs: [get]}
- {apiGroups: [extensions], resources: [deployments], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: team, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: pods}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: team}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: lost, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: gone}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: others}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: pods}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: others}]
`

func TestDecide(t *testing.T) {
	graph := rbac.NewGraph(scantest.Cluster(t, decided))
	jane := rbac.PrincipalsOf("jane", []string{"team", "system:authenticated"})
	tests := []struct {
		name   string
		access rbac.Access
		by     string
		near   string // what the nearest lacks
	}{
		{"allowed", rbac.Access{Verb: "get", Resource: "pods", Namespace: "shop"}, "team", ""},
		{"another namespace", rbac.Access{Verb: "get", Resource: "pods", Namespace: "bank"}, "", "it holds in namespace shop only"},
		{"everywhere", rbac.Access{Verb: "get", Resource: "pods"}, "", "it holds in namespace shop only"},
		{"another verb", rbac.Access{Verb: "delete", Resource: "pods", Namespace: "shop"}, "", "it allows get, create, not delete"},
		{"another name", rbac.Access{Verb: "get", Resource: "secrets", Name: "web", Namespace: "shop"}, "", "it is for objects named db only"},
		{"a subresource", rbac.Access{Verb: "create", Resource: "pods/exec", Namespace: "shop"}, "", "it is for pods, which doesn't include their exec"},
		{"another group", rbac.Access{Verb: "get", Group: "apps", Resource: "deployments", Namespace: "shop"}, "", "it is for the API group extensions, not apps"},
		{"two things lack", rbac.Access{Verb: "delete", Resource: "pods", Namespace: "bank"}, "", "Role gone doesn't exist"},
		{"nothing near", rbac.Access{Verb: "get", Resource: "nodes"}, "", "Role gone doesn't exist"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := graph.Decide(jane, tt.access)
			var by []string
			for _, g := range d.By {
				by = append(by, g.Binding.GetName())
			}
			if got := strings.Join(by, ","); got != tt.by {
				t.Errorf("allowed by %q, want %q", got, tt.by)
			}
			near := ""
			if len(d.Near) > 0 {
				near = d.Near[0].Lacks
			}
			if near != tt.near {
				t.Errorf("the nearest lacks %q, want %q", near, tt.near)
			}
		})
	}
	if d := graph.Decide(rbac.PrincipalsOf("joe", nil), rbac.Access{Verb: "get", Resource: "pods"}); len(d.By)+len(d.Near) != 0 {
		t.Errorf("what others have is no business of joe's: %+v", d)
	}
}
