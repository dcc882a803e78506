package main

import (
	"encoding/json"
	"strings"
	"testing"
)

const bareService = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}
`

// An admin keeps a check fixed, first with warnings, looks at the list, makes
// it firm, and takes it away.
func TestGuardStory(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "guard")
	testbed.Apply(t, bareService, ns)
	name := "kiln-network-nodeport." + ns

	got := kiln(t, "", "guard", "network/nodeport", "-n", ns, "--dry-run")
	if got.code != 0 || !strings.Contains(got.err, "in "+ns+": Service/web") || !strings.Contains(got.out, "+kind: ValidatingAdmissionPolicy") {
		t.Fatalf("the dry run: exit %d\n%s\n%s", got.code, got.out, got.err)
	}
	if got := kiln(t, "", "guard", "--list", "-n", ns, "-o", "json"); strings.Contains(got.out, name) {
		t.Fatalf("a dry run made it:\n%s", got.out)
	}
	if got := kiln(t, "", "guard", "network/nodeport", "-n", ns); got.code != 1 || !strings.Contains(got.err, "--yes") {
		t.Errorf("without a word: exit %d, %s", got.code, got.err)
	}
	got = kiln(t, "", "guard", "network/nodeport", "-n", ns, "--yes")
	if got.code != 0 || !strings.Contains(got.err, "tried: the server warns of a copy of Service/web in "+ns) {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	got = kiln(t, "", "guard", "network/nodeport", "-n", ns, "--deny", "--yes")
	if got.code != 0 || !strings.Contains(got.err, "tried: the server refuses a copy") || !strings.Contains(got.out, "+  - Deny") {
		t.Fatalf("exit %d\n%s\n%s", got.code, got.out, got.err)
	}
	var listed []guardEntry
	got = kiln(t, "", "guard", "--list", "-n", ns, "-o", "json")
	if err := json.Unmarshal([]byte(got.out), &listed); err != nil || len(listed) != 1 || listed[0].Stage != "deny" || !listed[0].Checked {
		t.Fatalf("%v: %s", err, got.out)
	}
	if got := kiln(t, "", "guard", "--list", "-n", ns); !strings.Contains(got.out, name) || !strings.Contains(got.out, "ok") {
		t.Errorf("the table:\n%s", got.out)
	}
	if got := kiln(t, "", "guard", "--remove", name, "--yes"); got.code != 0 || !strings.Contains(got.err, "takes it back") {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	if got := kiln(t, "", "guard", "--list", "-n", ns); got.out != "" || !strings.Contains(got.err, "no guardrail") {
		t.Errorf("after its removal:\n%s%s", got.out, got.err)
	}
}

func TestGuardUsage(t *testing.T) {
	isolate(t)
	for args, want := range map[string]string{
		"guard":                         "kiln guard takes one CHECK",
		"guard pod/nope":                `unknown check "pod/nope"`,
		"guard --list --remove x":       "don't go together",
		"guard pod/privileged --list":   "take no CHECK",
		"guard pod/privileged --by opa": `unknown kind "opa"`,
	} {
		got := kiln(t, "", strings.Fields(args)...)
		if got.code != exitUsage || !strings.Contains(got.err, want) {
			t.Errorf("%s: exit %d, %s; want %q", args, got.code, got.err, want)
		}
	}
}
