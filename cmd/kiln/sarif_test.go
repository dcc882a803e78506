package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sarifOf scans a manifest for privileged containers.
func sarifOf(t *testing.T, file string, more ...string) sarifRun {
	t.Helper()
	got := kiln(t, "", append([]string{"scan", "-f", file, "-o", "sarif"}, more...)...)
	var log sarifLog
	if err := json.Unmarshal([]byte(got.out), &log); err != nil || len(log.Runs) != 1 {
		t.Fatalf("exit %d, %v, %s: %s", got.code, err, got.err, got.out)
	}
	return log.Runs[0]
}

func TestSARIFPointsAtTheLine(t *testing.T) {
	isolate(t)
	run := sarifOf(t, write(t, "web.yaml", privileged), "--check", "pod/privileged")
	if len(run.Results) != 1 || len(run.Tool.Driver.Rules) != 1 {
		t.Fatalf("sarif = %+v", run)
	}
	result := run.Results[0]
	if result.RuleID != "pod/privileged" || result.Level != "error" || result.Locations[0].Physical.Region.StartLine != 15 || len(result.Suppressions) != 0 {
		t.Errorf("result = %+v", result)
	}
}

func TestSARIFNamesFilesAsURIs(t *testing.T) {
	isolate(t)
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("my apps", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("my apps", "50%.yaml"), []byte(privileged), 0o600); err != nil {
		t.Fatal(err)
	}
	run := sarifOf(t, "my apps", "--check", "pod/privileged")
	if len(run.Results) != 1 || run.Results[0].Locations[0].Physical.Artifact.URI != "my%20apps/50%25.yaml" {
		t.Errorf("results = %+v", run.Results)
	}
}

func TestSARIFSaysWhatWasAccepted(t *testing.T) {
	isolate(t)
	const reason = "it sets the nodes' time"
	annotated := strings.Replace(privileged, "  name: web\n", "  name: web\n  annotations: {accept.kiln/pod.privileged: \""+reason+"\"}\n", 1)
	config := write(t, "kiln.yaml", "apiVersion: kiln/v1\nkind: Config\nexceptions:\n- {check: pod/privileged, reason: \""+reason+"\"}\n")
	for kind, run := range map[string]sarifRun{
		"inSource": sarifOf(t, write(t, "web.yaml", annotated), "--check", "pod/privileged"),
		"external": sarifOf(t, write(t, "web.yaml", privileged), "--check", "pod/privileged", "--config", config),
	} {
		if len(run.Results) != 1 || len(run.Results[0].Suppressions) != 1 || run.Results[0].Suppressions[0] != (sarifSuppression{kind, reason}) {
			t.Errorf("%s: results = %+v", kind, run.Results)
		}
	}
}

// What could not be judged has no results; without a word it would look clean.
func TestSARIFSaysWhatCouldNotBeAssessed(t *testing.T) {
	isolate(t)
	run := sarifOf(t, write(t, "web.yaml", privileged), "--check", "pod/privileged,audit/audit-disabled,node/kubelet-anonymous-auth")
	var told []string
	for _, n := range run.Invocations[0].Notifications {
		if n.Message.Text == "" || n.Level != "warning" {
			t.Errorf("notification = %+v", n)
		}
		told = append(told, n.Rule.ID)
	}
	if got := strings.Join(told, " "); got != "node/kubelet-anonymous-auth audit/audit-disabled" {
		t.Errorf("told of %s", got)
	}
}
