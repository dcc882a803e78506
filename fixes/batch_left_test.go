package fixes

import (
	"os"
	"strings"
	"testing"
	"time"

	"kiln/scanners"
)

// What a killed kiln has left of a batch is told to the next one, on the same
// cluster only, and once.
func TestTheRestOfABatchIsTold(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, workload("Deployment", "", "hostPID: true,", "securityContext: {privileged: true}"), b.namespace)
	api := b.ref("apps/v1", "Deployment", "api")
	var findings []scanners.Finding
	for _, check := range []string{"pod/host-pid", "pod/privileged", "pod/privilege-escalation"} {
		findings = append(findings, scanners.Finding{ID: check, Check: check, Container: "api", Object: api})
	}
	group := NewGroup(time.Now())
	end, err := b.fixer.Begin(t.Context(), group, findings)
	if err != nil {
		t.Fatal(err)
	}
	left := func(f *Fixer) []BrokenOff {
		t.Helper()
		all, err := f.BrokenOff(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if all := left(b.newFixer()); len(all) != 0 {
		t.Fatalf("its kiln lives, and yet it is told: %+v", all)
	}
	if _, err := b.fixer.Apply(t.Context(), b.preview(findings[0]), Options{Group: group}); err != nil {
		t.Fatal(err)
	}
	file := b.fixer.Journal.batchFile(group)
	asKilled, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	if all := left(b.newFixer()); len(all) != 0 {
		t.Fatalf("it came to its end, and yet it is told: %+v", all)
	}

	if err := os.WriteFile(file, asKilled, 0o600); err != nil {
		t.Fatal(err)
	}
	if entries, unreadable := b.fixer.Journal.Entries(); len(entries) != 1 || len(unreadable) != 0 {
		t.Errorf("the journal has %d entries, and can't read %v", len(entries), unreadable)
	}
	elsewhere := b.newFixer()
	cluster := *b.cluster
	cluster.Server, cluster.UID = "https://elsewhere.example", "another"
	elsewhere.Cluster = &cluster
	if all := left(elsewhere); len(all) != 0 {
		t.Errorf("another cluster hears of it: %+v", all)
	}
	all := left(b.newFixer())
	if len(all) != 1 || all[0].ID != group || len(all[0].Findings) != 3 || len(all[0].Left) != 2 || all[0].Left[0].Check != "pod/privileged" {
		t.Fatalf("what is left: %+v", all)
	}

	for _, finding := range findings[1:] {
		if _, err := b.fixer.Apply(t.Context(), b.preview(finding), Options{Group: group}); err != nil {
			t.Fatal(err)
		}
	}
	if all := left(b.newFixer()); len(all) != 0 {
		t.Errorf("nothing is left: %+v", all)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("it should be forgotten: %v", err)
	}
}

func TestADamagedBatchIsNamed(t *testing.T) {
	b := newBench(t)
	file := b.fixer.Journal.batchFile("gdamaged")
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.fixer.BrokenOff(t.Context()); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v", err)
	}
}
