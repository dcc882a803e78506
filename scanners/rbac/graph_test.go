package rbac_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kiln/scanners/rbac"
	"kiln/scanners/scantest"
)

func user(name string) rbac.Subject  { return rbac.Subject{Kind: "User", Name: name} }
func group(name string) rbac.Subject { return rbac.Subject{Kind: "Group", Name: name} }
func account(namespace, name string) rbac.Subject {
	return rbac.Subject{Kind: "ServiceAccount", Namespace: namespace, Name: name}
}

// may says whether the grants that reach a subject permit an access.
func may(graph *rbac.Graph, who rbac.Subject, access rbac.Access) bool {
	own := &rbac.Graph{Grants: graph.RulesOf(who)}
	return len(own.WhoCan(access)) > 0
}

// bound binds a rule, written in YAML's flow style, to the user jane.
func bound(rule string) string {
	return `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: r}
rules:
- ` + rule + `
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
`
}

func TestRulesAllowWhatTheAuthorizerAllows(t *testing.T) {
	for _, tt := range []struct {
		rule   string
		access rbac.Access
		want   bool
	}{
		{`{apiGroups: [""], resources: [pods], verbs: [get]}`, rbac.Access{Verb: "get", Resource: "pods"}, true},
		{`{apiGroups: [""], resources: [pods], verbs: [get]}`, rbac.Access{Verb: "list", Resource: "pods"}, false},
		{`{apiGroups: [apps], resources: [pods], verbs: [get]}`, rbac.Access{Verb: "get", Resource: "pods"}, false},
		{`{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}`, rbac.Access{Verb: "escalate", Group: "rbac.authorization.k8s.io", Resource: "clusterroles"}, true},
		// A resource doesn't include its subresources, a star does.
		{`{apiGroups: [""], resources: [pods], verbs: ["*"]}`, rbac.Access{Verb: "create", Resource: "pods/exec"}, false},
		{`{apiGroups: [""], resources: ["*"], verbs: [create]}`, rbac.Access{Verb: "create", Resource: "pods/exec"}, true},
		{`{apiGroups: [""], resources: ["*/exec"], verbs: [create]}`, rbac.Access{Verb: "create", Resource: "pods/exec"}, true},
		{`{apiGroups: [""], resources: ["pods/*"], verbs: [create]}`, rbac.Access{Verb: "create", Resource: "pods/exec"}, false},
		// Names restrict requests for one object, and permit none for all.
		{`{apiGroups: [""], resources: [secrets], resourceNames: [db], verbs: [get]}`, rbac.Access{Verb: "get", Resource: "secrets"}, false},
		{`{apiGroups: [""], resources: [secrets], resourceNames: [db], verbs: [get]}`, rbac.Access{Verb: "get", Resource: "secrets", Name: "db"}, true},
		{`{apiGroups: [""], resources: [secrets], resourceNames: [db], verbs: [get]}`, rbac.Access{Verb: "get", Resource: "secrets", Name: "web"}, false},
	} {
		graph := rbac.NewGraph(scantest.Cluster(t, bound(tt.rule)))
		if got := may(graph, user("jane"), tt.access); got != tt.want {
			t.Errorf("%s permits %+v: %v, want %v", tt.rule, tt.access, got, tt.want)
		}
		if got := len(graph.WhoCan(tt.access)) > 0; got != tt.want {
			t.Errorf("%s: somebody can %+v: %v, want %v", tt.rule, tt.access, got, tt.want)
		}
	}
}

func TestWhatIsEverything(t *testing.T) {
	for rule, want := range map[string]bool{
		`{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}`:                                      true,
		`{apiGroups: ["*"], resources: ["*"], verbs: [get, list, create, update, delete]}`:        true,
		`{apiGroups: ["*"], resources: ["*"], verbs: [get, list, create, update]}`:                false,
		`{apiGroups: ["*"], resources: ["*"], resourceNames: [db], verbs: ["*"]}`:                 false,
		`{apiGroups: [""], resources: ["*"], verbs: ["*"]}`:                                       false,
		`{apiGroups: ["*"], resources: [pods, secrets, deployments, clusterroles], verbs: ["*"]}`: false,
	} {
		graph := rbac.NewGraph(scantest.Cluster(t, bound(rule)))
		if _, got := graph.Grants[0].Everything(); got != want {
			t.Errorf("%s is everything: %v", rule, got)
		}
	}
}

const team = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: in-shop, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects:
- {kind: ServiceAccount, name: api}
- {kind: User, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccount:shop:web"}
- {kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccounts:ops"}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everywhere}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects:
- {kind: ServiceAccount, name: nobody}
- {kind: ServiceAccount, namespace: ops, name: audit}
`

func TestBindingsReachTheirSubjects(t *testing.T) {
	graph := rbac.NewGraph(scantest.Cluster(t, team))
	inShop, everywhere := rbac.Access{Verb: "get", Resource: "pods", Namespace: "shop"}, rbac.Access{Verb: "get", Resource: "pods"}
	for _, tt := range []struct {
		who    rbac.Subject
		access rbac.Access
		want   bool
	}{
		{account("shop", "api"), inShop, true}, // the namespace is the binding's
		{account("shop", "api"), everywhere, false},
		{account("shop", "web"), inShop, true}, // written as a user
		{account("ops", "anything"), inShop, true},
		{account("dev", "anything"), inShop, false},
		{account("ops", "audit"), everywhere, true},
		{account("ops", "audit"), inShop, true},
		{account("shop", "nobody"), inShop, false}, // no namespace, nobody
	} {
		if got := may(graph, tt.who, tt.access); got != tt.want {
			t.Errorf("%s may %+v: %v, want %v", tt.who, tt.access, got, tt.want)
		}
	}
}

func TestEverybodyIsInTheGroupsOfTheAPIServer(t *testing.T) {
	binding := func(group string) string {
		return strings.ReplaceAll(bound(`{apiGroups: [""], resources: [pods], verbs: [get]}`),
			"{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}",
			`{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "`+group+`"}`)
	}
	pods := rbac.Access{Verb: "get", Resource: "pods"}
	for _, tt := range []struct {
		group string
		who   rbac.Subject
		want  bool
	}{
		{rbac.Authenticated, user("jane"), true},
		{rbac.Authenticated, account("shop", "api"), true},
		{rbac.Authenticated, user(rbac.Anonymous), false},
		{rbac.Authenticated, group(rbac.Unauthenticated), false},
		{rbac.Authenticated, group("system:serviceaccounts:shop"), true},
		{rbac.Unauthenticated, user(rbac.Anonymous), true},
		{rbac.Unauthenticated, user("jane"), false},
		{rbac.AllServiceAccounts, account("shop", "api"), true},
		{rbac.AllServiceAccounts, group("system:serviceaccounts:shop"), true},
		{rbac.AllServiceAccounts, user("jane"), false},
		{"developers", user("jane"), false}, // membership can't be seen
	} {
		if got := may(rbac.NewGraph(scantest.Cluster(t, binding(tt.group))), tt.who, pods); got != tt.want {
			t.Errorf("a right of %s reaches %s: %v, want %v", tt.group, tt.who, got, tt.want)
		}
	}
}

const aggregated = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: ops}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {into: ops}}]}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: middle, labels: {into: ops}}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {into: middle}}, {matchLabels: {into: ops}}]}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: secrets, labels: {into: middle}}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}, {apiGroups: [""], resources: [secrets], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ops}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
`

func TestAggregatedRolesHoldTheRulesOfTheirParts(t *testing.T) {
	who := rbac.NewGraph(scantest.Files(t, aggregated)).WhoCan(rbac.Access{Verb: "get", Resource: "secrets"})
	if len(who) != 1 || who[0].Subject != user("jane") {
		t.Fatalf("who can read secrets: %+v", who)
	}
	if rule := who[0].Rules[0]; rule.From.GetName() != "secrets" || rule.Index != 1 {
		t.Errorf("the rule is said to be rules[%d] of %s", rule.Index, rule.From.GetName())
	}
	// On a cluster a role's rules hold what it took in, and that may be more
	// than the roles that are there now.
	own := strings.Replace(aggregated, "rules: []", `rules: [{apiGroups: [""], resources: [nodes], verbs: [list]}]`, 1)
	if !may(rbac.NewGraph(scantest.Cluster(t, own)), user("jane"), rbac.Access{Verb: "list", Resource: "nodes"}) {
		t.Error("an aggregated role has lost its own rules")
	}
}

func TestRolesOfEveryClusterAreKnownInManifestsOnly(t *testing.T) {
	const binding = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
`
	secrets := rbac.Access{Verb: "get", Resource: "secrets", Namespace: "shop"}
	if !may(rbac.NewGraph(scantest.Files(t, binding)), user("jane"), secrets) {
		t.Error("a manifest that binds edit doesn't let jane read secrets")
	}
	const emptied = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: edit%s}\nrules: []\n"
	if !may(rbac.NewGraph(scantest.Files(t, binding+fmt.Sprintf(emptied, ""))), user("jane"), secrets) {
		t.Error("a manifest takes rules from edit, which the API server puts back")
	}
	kept := fmt.Sprintf(emptied, `, annotations: {rbac.authorization.kubernetes.io/autoupdate: "false"}`)
	if may(rbac.NewGraph(scantest.Files(t, binding+kept)), user("jane"), secrets) {
		t.Error("an edit that the API server leaves alone has its rules all the same")
	}
	graph := rbac.NewGraph(scantest.Cluster(t, binding))
	if may(graph, user("jane"), secrets) || !graph.Grants[0].Dangling {
		t.Error("on a cluster without the role edit, the binding isn't dangling")
	}
}

// upstream is a binding as the API server makes it, with its role.
const upstream = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "system:basic-user", labels: {kubernetes.io/bootstrapping: rbac-defaults}}
rules:
- {apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews, selfsubjectrulesreviews], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "system:basic-user", labels: {kubernetes.io/bootstrapping: rbac-defaults}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:basic-user"}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:authenticated"}
`

func TestOnlyWhatKubernetesItselfGrantsIsBuiltIn(t *testing.T) {
	for name, tt := range map[string]struct {
		change [2]string
		want   []string // subject and resources that were added
	}{
		"untouched":       {},
		"another subject": {[2]string{"subjects:\n", "subjects:\n- {apiGroup: rbac.authorization.k8s.io, kind: User, name: mallory}\n"}, []string{"User:mallory selfsubjectaccessreviews,selfsubjectrulesreviews"}},
		"another rule":    {[2]string{"rules:\n", "rules:\n- {apiGroups: [\"\"], resources: [secrets], verbs: [get]}\n"}, []string{"Group:system:authenticated secrets"}},
		"a wider rule":    {[2]string{"[create]", "[create, delete]"}, []string{"Group:system:authenticated selfsubjectaccessreviews,selfsubjectrulesreviews"}},
		"a smaller rule":  {[2]string{", selfsubjectrulesreviews", ""}, nil},
		"another name":    {[2]string{"kind: ClusterRoleBinding\nmetadata: {name: \"system:basic-user\"", "kind: ClusterRoleBinding\nmetadata: {name: \"system:basic-users\""}, []string{"Group:system:authenticated selfsubjectaccessreviews,selfsubjectrulesreviews"}},
	} {
		t.Run(name, func(t *testing.T) {
			manifest := upstream
			if tt.change[0] != "" {
				manifest = strings.Replace(upstream, tt.change[0], tt.change[1], 1)
				if manifest == upstream {
					t.Fatal("the change changes nothing")
				}
			}
			var got []string
			for _, grant := range rbac.NewGraph(scantest.Cluster(t, manifest)).Grants {
				for _, rule := range grant.Added {
					got = append(got, grant.Subject.String()+" "+strings.Join(rule.Resources, ","))
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("added: %q, want %q", got, tt.want)
			}
		})
	}
}
