package fixes

import (
	"errors"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/scanners"
)

// A batch is taken back as one, the newest fix first; what somebody has changed
// since stays, by name, and the rest goes back all the same.
func TestUndoABatch(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, workload("Deployment", "", "hostPID: true,", "securityContext: {privileged: true}")+
		"\n---\n"+strings.ReplaceAll(workload("Deployment", "", "hostIPC: true,", ""), "name: api", "name: web"), b.namespace)
	api, web := b.ref("apps/v1", "Deployment", "api"), b.ref("apps/v1", "Deployment", "web")
	first := []*unstructured.Unstructured{b.read(api), b.read(web)}
	b.letTimePass()
	group := NewGroup(time.Now())
	apply := func(finding scanners.Finding) Entry {
		t.Helper()
		entry, err := b.fixer.Apply(t.Context(), b.preview(finding), Options{Group: group})
		if err != nil {
			t.Fatal(err)
		}
		return entry
	}
	apply(scanners.Finding{Check: "pod/privileged", Container: "api", Object: api})
	changed := apply(scanners.Finding{Check: "pod/host-pid", Object: api})
	apply(scanners.Finding{Check: "pod/privilege-escalation", Container: "api", Object: api})
	apply(scanners.Finding{Check: "pod/host-ipc", Object: web})
	single := b.apply(scanners.Finding{Check: "pod/automount-token", Object: web})

	if got := len(b.fixer.Journal.Group(group)); got != 4 {
		t.Errorf("the batch has %d entries", got)
	}
	b.patchAs("jane", api, `{"spec":{"template":{"spec":{"hostPID":true}}}}`)
	outcomes, err := b.newFixer().UndoGroup(t.Context(), group)
	if !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), changed.ID) || strings.Count(err.Error(), "\n") != 0 {
		t.Errorf("what stayed: %v", err)
	}
	for _, o := range outcomes {
		if (o.Err != nil) != (o.Entry.ID == changed.ID) || o.Err == nil && o.Entry.State != Undone {
			t.Errorf("%s (%s): %s, %v", o.Entry.ID, o.Entry.Title, o.Entry.State, o.Err)
		}
	}
	if len(outcomes) != 4 || outcomes[0].Entry.Title == outcomes[3].Entry.Title || outcomes[3].Entry.Finding.Check != "pod/privileged" {
		t.Errorf("outcomes %+v", outcomes)
	}
	if _, err := b.fixer.Undo(t.Context(), single.ID); err != nil {
		t.Fatal(err)
	}
	b.isAsAtFirst(first[1])
	if _, err := b.fixer.UndoGroup(t.Context(), "gnosuch"); err == nil {
		t.Error("a batch that never was is taken back")
	}
}
