package main

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// At night, somebody stops a workload, and brings it back in the morning.
func TestActStory(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "act")
	testbed.Apply(t, strings.ReplaceAll(privileged, "namespace: shop", ""), ns)
	replicas := func() int32 {
		t.Helper()
		d, err := testbed.Client().AppsV1().Deployments(ns).Get(t.Context(), "web", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return *d.Spec.Replicas
	}
	before := replicas()

	if got := kiln(t, "", "act", "--list"); got.code != 0 || !strings.Contains(got.out, "quarantine") || !strings.Contains(got.out, "not all: the token's value is gone") {
		t.Errorf("exit %d\n%s", got.code, got.out)
	}
	got := kiln(t, "", "act", "scale-to-zero", "deploy/web", "-n", ns, "--dry-run")
	if got.code != 0 || !strings.Contains(got.out, "+  replicas: 0") || replicas() != before {
		t.Fatalf("the dry run: exit %d, %d replicas\n%s%s", got.code, replicas(), got.out, got.err)
	}
	if got := kiln(t, "", "act", "scale-to-zero", "deploy/web", "-n", ns); got.code != 1 || replicas() != before {
		t.Errorf("without a word: exit %d, %d replicas", got.code, replicas())
	}
	if got := kiln(t, "", "act", "scale-to-zero", "deploy/web", "-n", ns, "--yes"); got.code != 0 || replicas() != 0 || !strings.Contains(got.err, "takes it back") {
		t.Fatalf("exit %d, %d replicas\n%s", got.code, replicas(), got.err)
	}
	if got := kiln(t, "", "journal"); !strings.Contains(got.out, "act/scale-to-zero") {
		t.Errorf("the journal:\n%s", got.out)
	}
	if got := kiln(t, "", "undo", "--yes"); got.code != 0 || replicas() != before {
		t.Errorf("exit %d, %d replicas\n%s", got.code, replicas(), got.err)
	}
	if got := kiln(t, "", "act", "suspend", "deploy/web", "-n", ns); got.code != 1 || !strings.Contains(got.err, "suspend is for CronJob") {
		t.Errorf("an action on another kind: exit %d, %s", got.code, got.err)
	}
	if got := kiln(t, "", "act", "revoke", "ServiceAccount:"+ns+"/nobody"); got.code != 1 || !strings.Contains(got.err, "no binding names") {
		t.Errorf("nothing to revoke: exit %d, %s", got.code, got.err)
	}
}

func TestActUsage(t *testing.T) {
	useTestbed(t)
	for args, want := range map[string]string{
		"act":                    "kiln act takes ACTION OBJECT",
		"act --list x":           "--list takes no arguments",
		"act explode pod/x":      `there is no action "explode"`,
		"act quarantine web":     "write KIND/NAME",
		"act revoke Nobody:shop": "Nobody",
	} {
		got := kiln(t, "", strings.Fields(args)...)
		if got.code != exitUsage || !strings.Contains(got.err, want) {
			t.Errorf("%s: exit %d, %s; want %q", args, got.code, got.err, want)
		}
	}
}
