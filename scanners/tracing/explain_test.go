package tracing_test

import (
	"errors"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"kiln/kube"
	"kiln/scanners/scantest"
	"kiln/scanners/tracing"
)

const roles = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: editor, namespace: shop}
rules: [{apiGroups: [""], resources: [pods], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: editors, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: editor}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: devs}]
`

func object(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	obj := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &obj.Object); err != nil {
		t.Fatal(err)
	}
	return obj
}

// traceOf is a create of a pod by jane of the devs, as the server would answer.
func traceOf(t *testing.T) kube.Trace {
	t.Helper()
	sent := object(t, "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {containers: [{name: c, image: i, env: [{name: DB_PASSWORD, value: correct-horse}]}]}")
	stored := object(t, "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {serviceAccountName: default, priority: 0, restartPolicy: Always, containers: [{name: c, image: mirror/i, env: [{name: DB_PASSWORD, value: correct-horse-2}]}]}")
	changes, err := kube.CompareFields(sent, stored)
	if err != nil {
		t.Fatal(err)
	}
	return kube.Trace{
		Request:   kube.TraceRequest{Verb: "create", Resource: schema.GroupVersionResource{Version: "v1", Resource: "pods"}, Namespace: "shop", Name: "a"},
		Identity:  kube.TraceIdentity{User: authenticationv1.UserInfo{Username: "jane", Groups: []string{"devs", "system:authenticated"}}},
		Access:    kube.TraceAccess{Allowed: true, Review: "SelfSubjectAccessReview"},
		Admission: kube.TraceAdmission{Method: "POST", Sent: sent, Stored: stored, Changes: changes},
	}
}

func says(s tracing.Step) string { return s.Title + "\n" + strings.Join(s.Says, "\n") }

func requireSays(t *testing.T, s tracing.Step, outcome tracing.Outcome, texts ...string) {
	t.Helper()
	if s.Outcome != outcome {
		t.Errorf("%s: %s, want %s", s.Name, s.Outcome, outcome)
	}
	for _, text := range texts {
		if !strings.Contains(says(s), text) {
			t.Errorf("%s doesn't say %q:\n%s", s.Name, text, says(s))
		}
	}
}

func TestAllowedByARule(t *testing.T) {
	steps := tracing.Explain(traceOf(t), scantest.Cluster(t, roles))
	requireSays(t, steps[0], tracing.Passed, "takes you for jane", "devs, system:authenticated")
	requireSays(t, steps[1], tracing.Passed, "create pods in shop is allowed", "rules[0]: create pods of Role editor allows it, by RoleBinding/editors in shop for Group devs")
	requireSays(t, steps[2], tracing.Passed, "sets or changes 5 fields")
	requireSays(t, steps[3], tracing.Passed, "Pod/a in shop", "encrypted at rest")
	if !tracing.Allowed(steps) {
		t.Error("nothing has refused it")
	}
	by := map[string]string{}
	for _, c := range steps[2].Changes {
		by[c.Path] = c.By
	}
	for path, want := range map[string]string{
		".spec.serviceAccountName": "plugin ServiceAccount", ".spec.priority": "plugin Priority", ".spec.restartPolicy": "the API's default",
		`.spec.containers[name="c"].image`: "a mutating webhook or policy, or the API's own tidying",
	} {
		if by[path] != want {
			t.Errorf("%s was set by %q, want %q", path, by[path], want)
		}
	}
}

func TestNoSecretIsTold(t *testing.T) {
	for _, s := range tracing.Explain(traceOf(t), scantest.Cluster(t, roles)) {
		text, err := yaml.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "correct-horse") {
			t.Errorf("%s tells a password:\n%s", s.Name, text)
		}
	}
}

func TestWhereRBACIsntTheAnswerer(t *testing.T) {
	inv := scantest.Cluster(t, roles)
	tests := []struct {
		name    string
		change  func(*kube.Trace)
		outcome tracing.Outcome
		says    string
	}{
		{"a webhook allows", func(tr *kube.Trace) {
			tr.Request.Verb, tr.Access.Reason = "get", "the webhook likes you"
		}, tracing.Passed, "the server's reason: the webhook likes you\nRBAC allows it nowhere: another authorizer does"},
		{"a webhook forbids", func(tr *kube.Trace) {
			tr.Access = kube.TraceAccess{Denied: true}
		}, tracing.Refused, "RBAC would allow it: another authorizer forbids it"},
		{"the Node authorizer", func(tr *kube.Trace) {
			tr.Request.Verb, tr.Identity.User.Username, tr.Identity.User.Groups = "get", "system:node:n1", []string{"system:nodes"}
		}, tracing.Passed, "the Node authorizer answers for kubelets"},
		{"the masters", func(tr *kube.Trace) { tr.Identity.User.Groups = []string{"system:masters"} }, tracing.Passed, "no rule is looked at"},
		{"near", func(tr *kube.Trace) {
			tr.Access, tr.Request.Namespace = kube.TraceAccess{}, "bank"
		}, tracing.Refused, "near: rules[0]: create pods of Role editor, by RoleBinding/editors in shop for Group devs, in namespace shop: it holds in namespace shop only"},
		{"no answer", func(tr *kube.Trace) { tr.Access = kube.TraceAccess{Err: errors.New("webhook down")} }, tracing.Unknown, "by RBAC it is allowed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr := traceOf(t)
			tt.change(&tr)
			requireSays(t, tracing.Explain(tr, inv)[1], tt.outcome, tt.says)
		})
	}
}

func TestWhatIsHandedOnComesFromNoEtcd(t *testing.T) {
	for what, to := range map[[3]string]string{
		{"get", "pods", "log"}: "the kubelet of the pod's node", {"create", "pods", "exec"}: "the kubelet of the pod's node",
		{"get", "nodes", "proxy"}: "the node's kubelet", {"get", "services", "proxy"}: "what runs behind it",
	} {
		tr := traceOf(t)
		tr.Request.Verb, tr.Request.Resource.Resource, tr.Request.Subresource = what[0], what[1], what[2]
		tr.Admission = kube.TraceAdmission{NotAsked: "no dry run"}
		requireSays(t, tracing.Explain(tr, scantest.Cluster(t, roles))[3], tracing.Passed, "handed on to "+to, "stores nothing")
		tr.Access.Allowed = false
		requireSays(t, tracing.Explain(tr, scantest.Cluster(t, roles))[3], tracing.NotReached)
	}
}

func TestRefusedByAdmission(t *testing.T) {
	tr := traceOf(t)
	tr.Admission.Stored, tr.Admission.Changes = nil, nil
	tr.Admission.Err = errors.New("refused")
	tr.Admission.Refusal = &kube.Refusal{By: "PodSecurity", Name: "baseline:latest", Says: "privileged"}
	steps := tracing.Explain(tr, scantest.Cluster(t, roles))
	requireSays(t, steps[2], tracing.Refused, "refused by Pod Security: the namespace enforces baseline:latest", "privileged")
	requireSays(t, steps[3], tracing.NotReached, "nothing would be stored")
	if tracing.Allowed(steps) {
		t.Error("it was refused")
	}
}

func TestIdentityAsUsersWriteIt(t *testing.T) {
	for text, want := range map[string]rest.ImpersonationConfig{
		"": {}, "me": {},
		"jane":                           {UserName: "jane"},
		"User:jane":                      {UserName: "jane"},
		"sa:shop/api":                    {UserName: "system:serviceaccount:shop:api"},
		"ServiceAccount:shop/api":        {UserName: "system:serviceaccount:shop:api"},
		"system:serviceaccount:shop:api": {UserName: "system:serviceaccount:shop:api"},
		"Group:devs":                     {UserName: "someone", Groups: []string{"devs"}},
	} {
		got, err := tracing.Identity(text, nil)
		if err != nil || got.UserName != want.UserName || strings.Join(got.Groups, ",") != strings.Join(want.Groups, ",") {
			t.Errorf("%q is %+v (%v), want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"sa:api", "ServiceAccount:", "group:"} {
		if _, err := tracing.Identity(text, nil); err == nil {
			t.Errorf("%q should be refused", text)
		}
	}
	if _, err := tracing.Identity("", []string{"devs"}); err == nil {
		t.Error("groups without a user should be refused")
	}
}

func TestAVerbThatIsNoneIsSaidToBeNone(t *testing.T) {
	for verb, want := range map[string]string{
		"exec": "create pods/exec", "logs": "get pods/log", "apply": "gets, creates and patches", "fly": "none of the verbs",
	} {
		trace := traceOf(t)
		trace.Request.Verb = verb
		requireSays(t, tracing.Explain(trace, scantest.Cluster(t, roles))[1], tracing.Passed, want)
	}
	for _, verb := range []string{"get", "impersonate", "*"} {
		trace := traceOf(t)
		trace.Request.Verb = verb
		if text := says(tracing.Explain(trace, scantest.Cluster(t, roles))[1]); strings.Contains(text, "no verb") || strings.Contains(text, "none of the verbs") {
			t.Errorf("%s is a verb:\n%s", verb, text)
		}
	}
}

func TestAServiceAccountThatIsNotThere(t *testing.T) {
	trace := traceOf(t)
	account := "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ci, namespace: shop}\n"
	for name, missing := range map[string]bool{"ci": false, "ghost": true} {
		trace.Request.As.UserName = "system:serviceaccount:shop:" + name
		text := says(tracing.Explain(trace, scantest.Cluster(t, roles+account))[0])
		if strings.Contains(text, "there is no ServiceAccount "+name+" in shop") != missing {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}
