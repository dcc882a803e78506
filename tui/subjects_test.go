package tui

import (
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners/rbac"
)

func TestReachIsWhatAnAttackerSees(t *testing.T) {
	rule := func(verbs, groups, resources string) rbacv1.PolicyRule {
		split := func(s string) []string { return strings.Split(s, ",") }
		return rbacv1.PolicyRule{Verbs: split(verbs), APIGroups: split(groups), Resources: split(resources)}
	}
	for _, c := range []struct {
		name      string
		rule      rbacv1.PolicyRule
		namespace string
		want      reach
	}{
		{"everything", rule("*", "*", "*"), "", reachCluster},
		{"everything in a namespace", rule("*", "*", "*"), "shop", reachNamespace},
		{"impersonation", rule("impersonate", "", "groups"), "", reachOthers},
		{"constrained impersonation", rule("impersonate:user-info", "authentication.k8s.io", "users"), "", reachOthers},
		{"binding any role", rule("bind", "rbac.authorization.k8s.io", "clusterroles"), "", reachOthers},
		{"tokens of others", rule("create", "", "serviceaccounts/token"), "shop", reachOthers},
		{"secrets", rule("get", "", "secrets,pods"), "", reachSecrets},
		{"secrets are only made", rule("create", "", "secrets"), "", reachWrites},
		{"exec", rule("create", "", "pods/exec"), "", reachRuns},
		{"deployments", rule("patch", "apps", "deployments"), "", reachRuns},
		{"deployments of another group", rule("patch", "extensions", "deployments"), "", reachWrites},
		{"config maps", rule("update", "", "configmaps"), "", reachWrites},
		{"looks", rule("get,list,watch", "", "pods"), "", reachLooks},
	} {
		g := rbac.Grant{Namespace: c.namespace, Rules: []rbac.Rule{{PolicyRule: c.rule}}}
		if got := reachOf(g); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestSubjectsAreDrilledInto(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "rights")
	cluster.Apply(t, shopManifest, namespace)
	cluster.IdentityIn(t, namespace, "deployer", nil, rbacv1.PolicyRule{
		APIGroups: []string{"apps"}, Resources: []string{"deployments"}, Verbs: []string{"create"},
	})
	cluster.Identity(t, "snoop", nil, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get", "list"}})
	d := openStory(t, cluster.Kubeconfig(), "")
	d.command("rbac")
	d.shows("reads secrets", "snoop", "runs pods and commands", "of Kubernetes itself folded (z)")
	d.keys("/")
	d.write("snoop")
	d.keys("enter", "enter")
	d.shows("snoop", "reads secrets", "in every namespace", "rules[0]: get,list secrets")
	page := d.app.top().(*subjectView)
	d.keys("tab", "tab")
	if page.at != 2 {
		t.Errorf("tab goes to grant %d of %d", page.at, len(page.grants))
	}
	d.keys("shift+tab", "shift+tab", "shift+tab", "enter")
	d.shows("kind: ClusterRoleBinding", "name: snoop")
	if v, ok := d.app.top().(*yamlView); !ok || v.path != "subjects[0]" {
		t.Errorf("enter leads to %s", d.app.top().title())
	}
	d.keys("esc", "o", "esc")
	if d.app.top() != page || page.at != 0 {
		t.Errorf("back, the cursor is on grant %d of %s", page.at, d.app.top().title())
	}
	d.keys("esc", "esc", "z")
	d.shows("the whole cluster", "system:masters")

	d.command("who-can list secrets")
	d.shows("Who can list secrets?", "snoop", "everywhere")
	d.command("who-can create deploy")
	d.shows("deployer", "in "+namespace)
	d.keys("enter")
	d.shows("grant")

	d.command("findings")
	d.find("privilege-escalation Deployment/checkout .* " + namespace)
	d.keys("r")
	d.shows("ServiceAccount " + namespace + "/default")
}

func TestBindingsLeadToTheirSubjects(t *testing.T) {
	cluster := kubetest.Cluster(t)
	connection, err := kube.NewCluster(cluster.Config(), "testbed")
	if err != nil {
		t.Fatal(err)
	}
	inv, err := kube.Collect(t.Context(), connection, kube.CollectOptions{Only: rbac.Resources()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	binding := kube.Ref{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRoleBinding", Name: "cluster-admin"}
	masters := rbac.Subject{Kind: "Group", Name: rbac.Masters}
	if got := subjectsOf(binding, inv); len(got) != 1 || got[0] != masters {
		t.Errorf("cluster-admin is bound to %v", got)
	}
	role := kube.Ref{APIVersion: binding.APIVersion, Kind: "ClusterRole", Name: "cluster-admin"}
	if got := subjectsOf(role, inv); len(got) == 0 || got[0] != masters {
		t.Errorf("the role cluster-admin leads to %v", got)
	}
	if got := subjectsOf(kube.Ref{Kind: "ConfigMap", Name: "x"}, inv); got != nil {
		t.Errorf("a ConfigMap leads to %v", got)
	}
}
