package main

import (
	"encoding/json"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/scanners/tracing"
)

const podToTrace = "{apiVersion: v1, kind: Pod, metadata: {name: shell}, spec: {containers: [{name: sh, image: registry.example/sh:1}]}}"

func traceJSON(t *testing.T, in string, args ...string) traceReport {
	t.Helper()
	got := kiln(t, in, append([]string{"trace", "-o", "json"}, args...)...)
	var report traceReport
	if err := json.Unmarshal([]byte(got.out), &report); err != nil || got.code != exitDone {
		t.Fatalf("exit %d, %v: %s%s", got.code, err, got.out, got.err)
	}
	return report
}

func TestTraceOfAManifest(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "trace")
	report := traceJSON(t, podToTrace, "create", "-f", "-", "-n", ns)
	if !report.Allowed || report.Request.Resource != "pods" || report.Request.Name != "shell" || len(report.Steps) != 4 {
		t.Errorf("report: %+v", report.Request)
	}
	if s := report.Steps[2]; s.Outcome != tracing.Passed || len(s.Changes) == 0 || !strings.Contains(s.After, "restartPolicy: Always") {
		t.Errorf("admission: %+v", s)
	}
	text := strings.Join(strings.Fields(kiln(t, podToTrace, "trace", "create", "-f", "-", "-n", ns).out), " ")
	for _, want := range []string{"1. authentication: passed", "system:masters may do everything", ".spec.priority: plugin Priority", "+ restartPolicy: Always", "lie in etcd in the clear"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
}

func TestTraceAsAServiceAccountByARule(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "trace-sa")
	testbed.Apply(t, `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: default}]
`, ns)
	report := traceJSON(t, "", "get", "cm", "kube-root-ca.crt", "-n", ns, "--as", "sa:"+ns+"/default")
	if by := strings.Join(report.Steps[1].Says, "\n"); !report.Allowed || !strings.Contains(by, "rules[0]: get configmaps of Role reader allows it, by RoleBinding/readers in "+ns) {
		t.Errorf("allowed %v by:\n%s", report.Allowed, by)
	}
	report = traceJSON(t, "", "delete", "cm", "kube-root-ca.crt", "-n", ns, "--as", "system:serviceaccount:"+ns+":default")
	if by := strings.Join(report.Steps[1].Says, "\n"); report.Allowed || !strings.Contains(by, "it allows get, not delete") || report.Steps[2].Outcome != tracing.NotReached {
		t.Errorf("allowed %v:\n%s", report.Allowed, by)
	}
}

func TestTraceWithoutTheRightToImpersonate(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "trace-modest")
	t.Setenv("KUBECONFIG", testbed.Identity(t, "trace-cli", nil, rbacv1.PolicyRule{Verbs: []string{"list"}, APIGroups: []string{"rbac.authorization.k8s.io"}, Resources: []string{"*"}}))
	report := traceJSON(t, "", "get", "secrets", "-n", ns, "--as", "jane")
	if s := report.Steps[0]; report.Allowed || s.Outcome != tracing.Refused || !strings.Contains(s.Title, "may not act as jane") {
		t.Errorf("identity: %+v", s)
	}
	if s := report.Steps[1]; s.Outcome != tracing.Unknown || !strings.Contains(strings.Join(s.Says, "\n"), "nothing allows it") {
		t.Errorf("access: %+v", s)
	}
}

func TestTraceUsage(t *testing.T) {
	isolate(t)
	for args, want := range map[string]string{
		"trace":                          "VERB RESOURCE",
		"trace get":                      "the verb is enough",
		"trace get pods -o table":        "use text or json",
		"trace get pods --as-group devs": "groups can be acted as with a user only",
		"trace get pods --as sa:nowhere": "is no subject",
		"trace get pods a b":             "VERB RESOURCE",
	} {
		if got := kiln(t, "", strings.Fields(args)...); got.code != exitUsage || !strings.Contains(got.err, want) {
			t.Errorf("%s: exit %d, %q; want %q", args, got.code, got.err, want)
		}
	}
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "trace-usage")
	for in, want := range map[string]string{
		"": "the manifest is empty", "a: b": "no apiVersion and kind", podToTrace + "\n---\n" + podToTrace: "several objects", "{": "can't be read",
	} {
		if got := kiln(t, in, "trace", "create", "-f", "-", "-n", ns); got.code != exitError || !strings.Contains(got.err, want) {
			t.Errorf("%q: exit %d, %q; want %q", in, got.code, got.err, want)
		}
	}
	if got := kiln(t, "", "trace", "get", "kilns"); got.code != exitError || !strings.Contains(got.err, `no resource "kilns"`) {
		t.Errorf("exit %d, %q", got.code, got.err)
	}
	if _, err := testbed.Client().CoreV1().Pods(ns).Get(t.Context(), "shell", metav1.GetOptions{}); err == nil {
		t.Error("a trace has made the pod")
	}
}
