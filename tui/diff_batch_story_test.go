package tui

import (
	"os"
	"path/filepath"
	"testing"

	"kiln/fixes"
	"kiln/kube/kubetest"
	"kiln/scanners"
)

// The next start offers the end of a batch whose kiln was killed, and all of
// it is taken back as one.
func TestTheRestOfABatchIsOfferedAndAppliedByKeys(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "killed")
	cluster.Apply(t, shopManifest, namespace)
	d := openStory(t, cluster.Kubeconfig(), namespace)
	var batch []scanners.Finding
	for _, f := range d.app.snapshot.findings {
		if f.Object.Name == "checkout" && (f.Check == "pod/privilege-escalation" || f.Check == "pod/seccomp" || f.Check == "pod/automount-token") {
			batch = append(batch, *f)
		}
	}
	if len(batch) != 3 {
		t.Fatalf("the story needs three findings, not %d", len(batch))
	}
	d.killed(batch)
	d.starts()
	d.shows("A batch was interrupted", "Still to do: 2 of 3 fixes", "Preview the rest")
	d.keys("tab", "enter")
	d.shows("2 fixes, 2 can be applied")
	d.keys("tab", "enter")
	d.shows("2 fixes applied")
	d.starts()
	if d.app.dialog != nil {
		t.Errorf("it is done, and asked about again:\n%s", screenText(d.app))
	}
	d.command("journal")
	d.keys("U")
	d.shows("3 fixes of a batch, 3 can be taken back")
}

// starts connects as a start does.
func (d *driver) starts() {
	d.t.Helper()
	session := d.app.session
	d.app.session = nil
	d.run(d.app.onConnected(session))
	d.idle()
}

// What is left on one cluster isn't offered on another, where objects may have
// the same names.
func TestTheRestOfABatchStaysWithItsCluster(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	a.session.fixer = &fixes.Fixer{}
	left := []fixes.FindingID{{ID: a.snapshot.findings[0].ID}}
	a.brokenOff = []fixes.BrokenOff{{Batch: fixes.Batch{Findings: left}, Left: left}}
	a.recoverJournal() // as when another cluster is connected
	deliver(a, newSnapshot(fixtureResults(), nil))
	if a.dialog != nil {
		t.Errorf("it is offered:\n%s", screenText(a))
	}
}

// killed leaves a batch as a kiln that was killed after its first fix does.
func (d *driver) killed(batch []scanners.Finding) {
	d.t.Helper()
	fixer := d.app.session.fixer
	group := fixes.NewGroup(d.clock.now)
	end, err := fixer.Begin(d.t.Context(), group, batch)
	if err != nil {
		d.t.Fatal(err)
	}
	p := d.app.session.proposeOne(d.t.Context(), batch[0], d.app.snapshot.inventory)
	p.group = group
	if _, err := fixer.Apply(d.t.Context(), p.preview, p.words()); err != nil {
		d.t.Fatal(err)
	}
	dir, err := fixes.JournalDir()
	if err != nil {
		d.t.Fatal(err)
	}
	file := filepath.Join(dir, group+".batch")
	text, err := os.ReadFile(file)
	if err == nil {
		err = end()
	}
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}
