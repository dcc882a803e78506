package main

import (
	"encoding/json"
	"testing"

	"kiln/kube/kubetest"
	"kiln/scanners"
)

func report(t *testing.T, args ...string) scanners.Report {
	t.Helper()
	got := kiln(t, "", append([]string{"scan", "-o", "json"}, args...)...)
	var r scanners.Report
	if err := json.Unmarshal([]byte(got.out), &r); err != nil || got.err != "" {
		t.Fatalf("exit %d, %v: %s", got.code, err, got.err)
	}
	return r
}

const clusters = "../../testdata/clusters/"

func TestHardenedTwinScansClean(t *testing.T) {
	testbed := kubetest.Hardened(t)
	isolate(t)
	t.Setenv("KUBECONFIG", testbed.Kubeconfig())
	testbed.Load(t, clusters+"hardened")
	live := report(t, "--system")
	for _, f := range append(live.Findings, report(t, "-f", clusters+"hardened").Findings...) {
		t.Errorf("%s %s on %s: %s", f.Severity, f.Check, f.Object, f.Message)
	}
	passed := 0
	for _, c := range live.Checks {
		if c.Status == scanners.Pass {
			passed++
		}
	}
	if passed < len(live.Checks)*3/4 {
		t.Errorf("only %d of %d checks could pass: a clean scan has to mean something", passed, len(live.Checks))
	}
}

func TestDemoClusterHasFindingsInAllLayers(t *testing.T) {
	testbed := useTestbed(t)
	testbed.Load(t, clusters+"vulnerable")
	live := report(t)
	for _, layer := range scanners.Layers() {
		if s := live.Summary.ByLayer[layer]; s.Findings == 0 || s.Score == nil {
			t.Errorf("layer %s: %+v", layer, s)
		}
	}
	shown := 0
	for _, c := range live.Checks {
		if c.Findings > 0 {
			shown++
		}
	}
	// The rest needs kubelets, probes of nodes, or other flags of the API server.
	if shown < len(live.Checks)*7/10 {
		t.Errorf("it shows %d of %d checks", shown, len(live.Checks))
	}
	for _, f := range live.Findings {
		if f.Object.Kind == "ReplicaSet" || f.Object.Kind == "Pod" && f.Object.Name != "debug-shell" {
			t.Errorf("%s on %s: its owner stands for it", f.Check, f.Object)
		}
	}
}
