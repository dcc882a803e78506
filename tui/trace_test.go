package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners/rbac"
	"kiln/scanners/tracing"
)

// fixtureTrace is a refused request, with everything that a page can show.
func fixtureTrace() tracedMsg {
	req := kube.TraceRequest{Verb: "create", Namespace: "shop", Name: "evil\x1b[31m\u202ename"}
	req.Resource.Resource, req.As.UserName = "pods", "system:serviceaccount:shop:ci"
	return tracedMsg{request: req, steps: []tracing.Step{
		{Name: "authentication", Outcome: tracing.Passed, Title: "the server takes you for system:serviceaccount:shop:ci",
			Says: []string{"in the groups system:serviceaccounts, system:serviceaccounts:shop, system:authenticated", "behind it you are alice@example.org"}, Why: "The API server keeps no list of users."},
		{Name: "authorization", Outcome: tracing.Passed, Title: "create pods in shop is allowed",
			Says: []string{"rules[0]: create pods of Role ci allows it, by RoleBinding/ci in shop for ServiceAccount shop/ci, in namespace shop"}, Why: "RBAC can only allow."},
		{Name: "admission", Outcome: tracing.Refused, Title: "refused by Pod Security: the namespace enforces baseline:latest",
			Says: []string{"privileged (container \"api\" must not set securityContext.privileged=true)"}, Warnings: []string{"would violate PodSecurity \"restricted:latest\""},
			Changes: []tracing.Change{{Path: ".spec.priority", After: 0, By: "plugin Priority"}},
			Before:  "kind: Pod\nspec:\n  a: b\n", After: "kind: Pod\nspec:\n  a: b\n  priority: 0\n", Why: "One no is enough."},
		{Name: "etcd", Outcome: tracing.NotReached, Title: "the request doesn't get this far: nothing would be stored", Why: "What is left is written to etcd."},
	}}
}

// showTrace shows the page of a trace as it comes back.
func showTrace(a *App, msg tracedMsg) {
	v := newTraceView(a, traceQuestion{as: "sa:shop/ci", verb: "create", resource: "pods", name: "checkout", namespace: "shop"})
	v.editing = false
	a.push(v)
	v.update(msg)
}

func TestTraceFormIsFilledInFromTheCursor(t *testing.T) {
	a, clock := newTestApp(t, "staging", 120, 40)
	press(a, "down", "down", "t")
	v, ok := a.top().(*traceView)
	if !ok || !v.editing {
		t.Fatalf("t should open the form:\n%s", screenText(a))
	}
	q := v.question()
	if f := a.findings.current(); q.name != f.Object.Name || q.namespace != f.Object.Namespace || q.resource != strings.ToLower(f.Object.Kind)+".apps" || q.verb != "create" {
		t.Errorf("the form has %+v, the cursor is on %s", q, f.Object)
	}
	typeText(a, "q:?/")
	if got := v.question().as; got != "q:?/" {
		t.Errorf("keys that mean something elsewhere are letters here, but the form has %q", got)
	}
	press(a, "enter")
	if !v.editing {
		t.Error("a key in flight has handed the form in")
	}
	clock.now = clock.now.Add(settleTime)
	press(a, "esc")
	if a.top() != view(a.findings) {
		t.Error("esc should leave the form")
	}
}

func TestTraceQuestions(t *testing.T) {
	for arg, want := range map[string]traceQuestion{
		"get secrets":                        {verb: "get", resource: "secrets", namespace: "shop"},
		"get secrets db":                     {verb: "get", resource: "secrets", name: "db", namespace: "shop"},
		"create pods/exec as sa:shop/ci":     {as: "sa:shop/ci", verb: "create", resource: "pods/exec", namespace: "shop"},
		"get secrets db as Group:developers": {as: "Group:developers", verb: "get", resource: "secrets", name: "db", namespace: "shop"},
		"get pods -n ops as sa:shop/ci":      {as: "sa:shop/ci", verb: "get", resource: "pods", namespace: "ops"},
		"get pods --as tom --namespace ops":  {as: "tom", verb: "get", resource: "pods", namespace: "ops"},
		"get pods as":                        {verb: "get", resource: "pods", name: "as", namespace: "shop"},
	} {
		if got, problem := parseTrace(arg, "shop"); got != want || problem != "" {
			t.Errorf("%q is %+v (%s), want %+v", arg, got, problem, want)
		}
	}
	if q, _ := parseTrace("get secrets as sa:shop/ci", ""); q.namespace != "shop" {
		t.Errorf("a ServiceAccount asks in its own namespace, not in %q", q.namespace)
	}
	for _, arg := range []string{"get", "a b c d"} {
		if _, problem := parseTrace(arg, ""); problem == "" {
			t.Errorf("%q should be refused", arg)
		}
	}
	if q := questionOf(rbac.Subject{Kind: "ServiceAccount", Namespace: "shop", Name: "ci"}, ""); q.as != "ServiceAccount:shop/ci" || q.namespace != "shop" {
		t.Errorf("about a ServiceAccount: %+v", q)
	}
	q := traceQuestion{as: "sa:shop/ci", verb: "get", resource: "pods", name: "a", namespace: "shop"}
	if got := q.commandLine(); got != "kiln trace get pods a -n shop --as sa:shop/ci" {
		t.Errorf("as a command: %s", got)
	}
}

func TestTraceByKeys(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "trace")
	cluster.Apply(t, shopManifest, namespace)
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.find("privilege-escalation Deployment/checkout")
	d.keys("t")
	d.write("sa:" + namespace + "/default")
	d.keys("enter")
	d.shows("stopped at authorization", "system:serviceaccounts:"+namespace, "is not allowed by any authorizer")

	d.keys("enter") // the request once more, as ourselves
	for range len("sa:" + namespace + "/default") {
		d.keys("backspace")
	}
	d.keys("enter")
	d.shows("nothing that was asked refuses it")
	d.keys("end")
	d.shows("stored would be Deployment/checkout-copy in "+namespace, "etcd")
	if list, err := cluster.Client().AppsV1().Deployments(namespace).List(t.Context(), metav1.ListOptions{}); err != nil || len(list.Items) != 1 {
		t.Errorf("a trace has made something: %v, %v", list, err)
	}

	modest := cluster.Identity(t, "trace-tui", nil, rbacv1.PolicyRule{Verbs: []string{"list"}, APIGroups: []string{""}, Resources: []string{"pods"}})
	d = openStory(t, modest, namespace)
	d.command("trace list pods as jane")
	d.shows("stopped at authentication: you may not act as jane")
	d.command("trace list kilns")
	d.shows(`the server knows no resource "kilns"`)
}

func TestTraceCanBeLeftWhileItRuns(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	cmd := a.runCommand("trace get pods")
	if a.doing() == "" {
		t.Fatal("nothing runs")
	}
	press(a, "esc")
	if a.doing() != "" || cmd == nil {
		t.Error("leaving should end the question")
	}
	a.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
}
