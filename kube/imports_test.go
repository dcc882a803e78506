package kube

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const kubeBenchJSON = `{"Controls": [{"id": "1", "version": "cis-1.10", "text": "Control Plane", "node_type": "master", "tests": [
  {"section": "1.2", "desc": "API Server", "results": [
    {"test_number": "1.2.1", "test_desc": "Ensure that anonymous-auth is off", "status": "WARN"},
    {"test_number": "1.2.15", "test_desc": "Ensure that profiling is off", "status": "FAIL"},
    {"test_number": "1.2.2", "test_desc": "Ensure that there is no token file", "status": "PASS"}]}]}],
 "Totals": {"total_pass": 1, "total_fail": 1, "total_warn": 1, "total_info": 0}}`

const report = `
apiVersion: wgpolicyk8s.io/v1alpha2
kind: PolicyReport
metadata: {name: a, namespace: shop}
results: [{policy: p, result: fail}]
`

func TestResultsOfOtherToolsAreImported(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	older := kubeBenchJSON[strings.Index(kubeBenchJSON, "["):strings.LastIndex(kubeBenchJSON, ",\n")]
	for _, bench := range []string{kubeBenchJSON, older} {
		inv, _ := read(t, shop+"---"+report)
		if err := Import(inv, []string{file("bench.json", bench), file("report.yaml", report)}); err != nil {
			t.Fatal(err)
		}
		if len(inv.KubeBench) != 2 || inv.KubeBench[1].Number != "1.2.15" || inv.KubeBench[1].NodeType != "master" {
			t.Errorf("kube-bench: %+v", inv.KubeBench)
		}
		if n := len(inv.Custom[PolicyReports]); n != 2 {
			t.Errorf("%d policy reports, want the manifest's and the imported one", n)
		}
	}
	for name, text := range map[string]string{"shop.yaml": shop, "broken.yaml": "a: [", "empty.json": "{}"} {
		if err := Import(newInventory(), []string{file(name, text)}); err == nil {
			t.Errorf("%s was imported", name)
		}
	}
}

func TestReportsAreKeptSlim(t *testing.T) {
	inv, _ := read(t, `
apiVersion: aquasecurity.github.io/v1alpha1
kind: ExposedSecretReport
metadata: {name: a, namespace: shop}
report: {artifact: {tag: "1"}, secrets: [{ruleID: r, match: hunter2}]}
`)
	slim := slimCustom(inv.Custom[ExposedSecretReports][0], []string{"report.artifact", "report.secrets[ruleID,severity]"})
	text, err := slim.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if got := string(text); !strings.Contains(got, `"secrets":[{"ruleID":"r"}]`) || strings.Contains(got, "hunter2") {
		t.Errorf("kept %s", got)
	}
}
