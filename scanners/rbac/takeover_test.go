package rbac_test

import (
	"strings"
	"testing"

	"kiln/scanners/rbac"
	"kiln/scanners/scantest"
)

// accounts are three applications, one of them with an admin's token.
const accounts = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: ci, namespace: build}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: operator, namespace: platform}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: root, namespace: admin}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: operator, namespace: platform}
spec:
  selector: {matchLabels: {app: operator}}
  template:
    metadata: {labels: {app: operator}}
    spec: {serviceAccountName: operator, containers: [{name: c, image: operator:1}]}
---
`

// grant gives a ServiceAccount a rule, in a namespace or, with none, everywhere.
func grant(namespace, account, in, rule string) string {
	name := namespace + "-" + account + "-" + in
	kind, where := "ClusterRoleBinding", ""
	if in != "" {
		kind, where = "RoleBinding", ", namespace: "+in
	}
	return `
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: ` + name + `}
rules: [` + rule + `]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ` + kind + `
metadata: {name: ` + name + where + `}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ` + name + `}
subjects: [{kind: ServiceAccount, name: ` + account + `, namespace: ` + namespace + `}]
`
}

const everything = `{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}`

func TestTakeoverFollowsRightsToTheCluster(t *testing.T) {
	root := grant("admin", "root", "", everything)
	const static = `
---
apiVersion: v1
kind: Pod
metadata: {name: etcd, namespace: kube-system, annotations: {kubernetes.io/config.mirror: x}}
spec: {containers: [{name: c, image: etcd:1}]}
`
	for name, tt := range map[string]struct {
		rbac string
		want string // the steps of build/ci
	}{
		"nothing":             {root, ""},
		"every right":         {grant("build", "ci", "", everything), "has every right"},
		"every right here":    {root + grant("build", "ci", "build", everything), ""},
		"a pod beside root":   {root + grant("build", "ci", "admin", `{apiGroups: [""], resources: [pods], verbs: [create]}`), "starts a pod with ServiceAccount admin/root; has every right"},
		"a pod elsewhere":     {root + grant("build", "ci", "build", `{apiGroups: [""], resources: [pods], verbs: [create]}`), ""},
		"a token of root":     {root + grant("build", "ci", "", `{apiGroups: [""], resources: [serviceaccounts/token], verbs: [create]}`), "makes a token of ServiceAccount admin/root; has every right"},
		"a token by name":     {root + grant("build", "ci", "", `{apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [ci], verbs: [create]}`), ""},
		"exec, and no pod":    {root + grant("build", "ci", "admin", `{apiGroups: [""], resources: [pods/exec], verbs: [create]}`), ""},
		"exec into a pod":     {grant("platform", "operator", "", everything) + grant("build", "ci", "platform", `{apiGroups: [""], resources: [pods/exec], verbs: [create]}`), "runs a command in a pod of ServiceAccount platform/operator; has every right"},
		"exec, static pods":   {grant("kube-system", "default", "", everything) + static + grant("build", "ci", "kube-system", `{apiGroups: [""], resources: [pods/exec], verbs: [create]}`), ""},
		"secrets, no token":   {root + grant("build", "ci", "", `{apiGroups: [""], resources: [secrets], verbs: [list]}`), ""},
		"two steps":           {root + grant("platform", "operator", "admin", `{apiGroups: [apps], resources: [deployments], verbs: [patch]}`) + grant("build", "ci", "platform", `{apiGroups: [""], resources: [pods/ephemeralcontainers], verbs: [patch]}`), "adds a container to a pod of ServiceAccount platform/operator; starts a pod with ServiceAccount admin/root; has every right"},
		"escalate alone":      {grant("build", "ci", "", `{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate]}`), ""},
		"escalate and patch":  {grant("build", "ci", "", `{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, patch]}`), "gives itself every right (escalate)"},
		"bind and create":     {grant("build", "ci", "", `{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles, clusterrolebindings], verbs: [bind, create]}`), "binds itself to cluster-admin (bind)"},
		"bind alone":          {grant("build", "ci", "", `{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]}`), ""},
		"bind view only":      {grant("build", "ci", "", `{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view], verbs: [bind]}, {apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [create]}`), ""},
		"masters":             {grant("build", "ci", "", `{apiGroups: [""], resources: [users, groups], verbs: [impersonate]}`), "acts as the group system:masters (impersonate)"},
		"groups, but no user": {grant("build", "ci", "", `{apiGroups: [""], resources: [groups], verbs: [impersonate]}`), ""},
		"kubelets":            {grant("build", "ci", "", `{apiGroups: [""], resources: [nodes/proxy], verbs: [get]}`), "runs commands in every pod through the kubelets (nodes/proxy)"},
	} {
		t.Run(name, func(t *testing.T) {
			inv := scantest.Cluster(t, accounts+tt.rbac)
			var steps []string
			for _, step := range rbac.NewGraph(inv).Takeovers(inv).Path(account("build", "ci")) {
				text := step.String()
				steps = append(steps, strings.TrimPrefix(text, step.Actor.Phrase()+" "))
			}
			if got := strings.Join(steps, "; "); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// A shell in a pod takes one that runs.
func TestAPodThatHasEndedIsNoWay(t *testing.T) {
	inv := scantest.Cluster(t, accounts+grant("platform", "operator", "", everything)+
		grant("build", "ci", "platform", `{apiGroups: [""], resources: [pods/exec], verbs: [create]}`))
	for _, ended := range []bool{false, true} {
		inv.Workloads[0].Ended = ended
		if path := rbac.NewGraph(inv).Takeovers(inv).Path(account("build", "ci")); (len(path) == 0) != ended {
			t.Errorf("ended: %v, and the way is %v", ended, path)
		}
	}
}

func TestATokenInASecretIsAWay(t *testing.T) {
	inv := scantest.Cluster(t, accounts+grant("admin", "root", "", everything)+
		grant("build", "ci", "admin", `{apiGroups: [""], resources: [secrets], verbs: [get]}`)+`
---
apiVersion: v1
kind: Secret
metadata: {name: root-token, namespace: admin, annotations: {kubernetes.io/service-account.name: root}}
type: kubernetes.io/service-account-token
`)
	path := rbac.NewGraph(inv).Takeovers(inv).Path(account("build", "ci"))
	if len(path) != 2 || path[0].Becomes != account("admin", "root") {
		t.Errorf("the way is %v", path)
	}
}
