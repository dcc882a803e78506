package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kiln/scanners"
)

const privileged = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1.29
        securityContext:
          privileged: true
`

func TestScanOfManifestsKeepsTheContract(t *testing.T) {
	isolate(t)
	file := write(t, "web.yaml", privileged)
	got := kiln(t, "", "scan", "-f", file, "--check", "pod/privileged,node/outdated-kubelet", "-o", "json")
	if got.code != exitDone || got.err != "" {
		t.Fatalf("exit %d, err %q", got.code, got.err)
	}
	var report map[string]any
	if err := json.Unmarshal([]byte(got.out), &report); err != nil {
		t.Fatal(err)
	}
	wantKeys(t, report, "apiVersion", "kind", "source", "startedAt", "seconds", "summary", "checks", "findings")
	wantKeys(t, report["source"], "context", "server", "version", "files")
	wantKeys(t, report["summary"], "objects", "bySeverity", "byLayer", "accepted", "system")
	byLayer := report["summary"].(map[string]any)["byLayer"].(map[string]any)
	wantKeys(t, byLayer["pod"], "score", "findings", "unknown")
	if score := byLayer["node"].(map[string]any)["score"]; score != nil {
		t.Errorf("the node layer can't be judged from manifests, but its score is %v", score)
	}
	findings := report["findings"].([]any)
	if len(findings) != 1 {
		t.Fatalf("findings = %v", findings)
	}
	finding := findings[0].(map[string]any)
	wantKeys(t, finding, "id", "check", "layer", "severity", "object", "container", "path", "message", "fix", "references", "owner", "source", "system", "accepted")
	wantKeys(t, finding["object"], "apiVersion", "kind", "namespace", "name")
	source := finding["source"].(map[string]any)
	if source["file"] != file || source["line"] != 15.0 {
		t.Errorf("source = %v, want line 15 of %s", source, file)
	}
	for _, check := range report["checks"].([]any) {
		wantKeys(t, check, "id", "layer", "status", "reason", "findings")
		c := check.(map[string]any)
		if c["id"] == "node/outdated-kubelet" && (c["status"] != "unknown" || c["reason"] == "") {
			t.Errorf("without nodes the check is unknown, with a reason; got %v", c)
		}
	}
}

// wantKeys checks that an object has exactly these keys: they are a contract.
func wantKeys(t *testing.T, object any, keys ...string) {
	t.Helper()
	m, ok := object.(map[string]any)
	if !ok {
		t.Errorf("%v is no object with keys %v", object, keys)
		return
	}
	for _, k := range keys {
		if _, ok := m[k]; !ok {
			t.Errorf("key %q is missing in %v", k, m)
		}
	}
	if len(m) != len(keys) {
		t.Errorf("%d keys in %v, want %v", len(m), m, keys)
	}
}

func TestScanExitCodes(t *testing.T) {
	isolate(t)
	file := write(t, "web.yaml", privileged)
	broken := write(t, "broken.yaml", privileged+"---\nkind: [\n")
	tests := []struct {
		name string
		args []string
		code int
		err  string
	}{
		{"findings don't fail by themselves", []string{"-f", file}, exitDone, ""},
		{"fail on", []string{"-f", file, "--fail-on", "high"}, exitFindings, "of severity high or worse"},
		{"fail on what isn't there", []string{"-f", file, "--check", "pod/host-network", "--fail-on", "info"}, exitDone, ""},
		{"incomplete", []string{"-f", file, "--layer", "node", "--require-complete"}, exitIncomplete, "incomplete"},
		{"complete", []string{"-f", file, "--check", "pod/host-network", "--require-complete"}, exitDone, ""},
		{"findings weigh more than gaps", []string{"-f", file, "--fail-on", "low", "--require-complete"}, exitFindings, ""},
		{"unreadable document", []string{"-f", broken, "--fail-on", "low"}, exitError, "broken.yaml:17"},
		{"no such file", []string{"-f", file + ".no"}, exitError, "no such file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := kiln(t, "", append([]string{"scan"}, tt.args...)...)
			if got.code != tt.code || !strings.Contains(got.err, tt.err) {
				t.Errorf("exit %d, err %q; want exit %d and %q", got.code, got.err, tt.code, tt.err)
			}
		})
	}
}

func TestScanReadsStandardInputAndFolders(t *testing.T) {
	isolate(t)
	if got := kiln(t, privileged, "scan", "-f", "-", "--check", "pod/privileged"); !strings.Contains(got.out, "Deployment/web (-:15)") {
		t.Errorf("out = %s", got.out)
	}
	dir := t.TempDir()
	for _, name := range []string{"a.yaml", "b.yml"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(privileged), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := kiln(t, "", "scan", "-f", dir, "--check", "pod/privileged", "-o", "yaml"); strings.Count(got.out, "check: pod/privileged") != 2 {
		t.Errorf("the same object in two files is two findings:\n%s", got.out)
	}
}

func TestStreamedReportIsTheSameJSON(t *testing.T) {
	isolate(t)
	for _, severity := range []string{"info", "critical"} {
		file := write(t, "web.yaml", strings.ReplaceAll(privileged, "privileged: true", "privileged: "+map[string]string{"info": "true", "critical": "false"}[severity]))
		got := kiln(t, "", "scan", "-f", file, "--severity", severity, "-o", "json")
		var report scanners.Report
		if err := json.Unmarshal([]byte(got.out), &report); err != nil {
			t.Fatal(err)
		}
		whole, err := json.MarshalIndent(report, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if string(whole)+"\n" != got.out {
			t.Errorf("with %d findings the report is\n%s\nnot\n%s", len(report.Findings), got.out, whole)
		}
	}
}
