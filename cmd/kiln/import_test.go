package main

import (
	"strings"
	"testing"
)

func TestScanListsImportedResults(t *testing.T) {
	isolate(t)
	file := write(t, "web.yaml", privileged)
	report := write(t, "report.yaml", `apiVersion: wgpolicyk8s.io/v1alpha2
kind: PolicyReport
metadata: {name: web, namespace: shop}
scope: {kind: Deployment, name: web, namespace: shop}
results: [{policy: require-team, result: fail, message: whose is it}]
`)
	got := kiln(t, "", "scan", "-f", file, "--import", report, "--check", "import/policy-report")
	if got.code != exitDone || !strings.Contains(got.out, "require-team: whose is it") || !strings.Contains(got.out, "Deployment/web") {
		t.Errorf("exit %d, err %q, out:\n%s", got.code, got.err, got.out)
	}
	if got := kiln(t, "", "scan", "-f", file, "--import", file); got.code != exitError || !strings.Contains(got.err, "importing") {
		t.Errorf("a Deployment was imported: exit %d, err %q", got.code, got.err)
	}
}
