package fixes

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners"
)

const settings = `{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, labels: {app: api}}, data: {level: debug, colour: blue}}`

// deletion plans to delete an object as it is now.
func (b *bench) deletion(ref kube.Ref, lasting string) Plan {
	b.Helper()
	live := b.read(ref)
	return Plan{
		Title: "Delete " + ref.String(), Finding: scanners.Finding{Object: ref},
		Changes: []Change{{Target: ref, UID: live.GetUID(), Mechanism: Delete, Lasting: lasting}},
	}
}

func (b *bench) carryOut(plan Plan) Entry {
	b.Helper()
	entry, err := b.fixer.Apply(b.Context(), b.previewOf(plan), Options{})
	if err != nil {
		b.Fatal(err)
	}
	return entry
}

// A deletion is previewed whole, and undo makes the object anew with the
// owners of its fields.
func TestDeleteAndMakeAnew(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, settings, b.namespace)
	ref := b.ref("v1", "ConfigMap", "settings")
	first := b.read(ref)
	b.letTimePass()

	plan := b.deletion(ref, "")
	preview := b.previewOf(plan)
	if target := preview.Targets[0]; target.After != "" || !strings.Contains(target.Before, "colour: blue") || len(target.Takeovers) > 0 {
		t.Errorf("the preview is %+v", target)
	}
	b.read(ref) // a preview deletes nothing
	entry := b.carryOut(plan)
	b.isGone(ref)

	if _, err := b.newFixer().Undo(t.Context(), entry.ID); err != nil {
		t.Fatal(err)
	}
	now := b.read(ref)
	if want, got := bornAgain(first), bornAgain(now); !reflect.DeepEqual(want, got) {
		t.Errorf("undo did not bring back the first state:\nfirst %s\nnow   %s", asJSON(t, want.Object), asJSON(t, got.Object))
	}
}

// bornAgain is what two lives of an object have in common.
func bornAgain(obj *unstructured.Unstructured) *unstructured.Unstructured {
	obj = kubetest.Lasting(obj)
	unstructured.RemoveNestedField(obj.Object, "metadata", "uid")
	unstructured.RemoveNestedField(obj.Object, "metadata", "creationTimestamp")
	return obj
}

// Only what was previewed is deleted, and only what nobody else has made since
// is made anew.
func TestDeleteRefusesWhatHasChanged(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, settings, b.namespace)
	ref := b.ref("v1", "ConfigMap", "settings")
	preview := b.previewOf(b.deletion(ref, ""))
	b.patchAs("somebody", ref, `{"data": {"colour": "red"}}`)
	if _, err := b.fixer.Apply(t.Context(), preview, Options{}); !errors.Is(err, ErrChanged) {
		t.Fatalf("a changed object is deleted: %v", err)
	}

	entry := b.carryOut(b.deletion(ref, ""))
	b.testbed.Apply(t, settings, b.namespace)
	if _, err := b.fixer.Undo(t.Context(), entry.ID); !errors.Is(err, ErrChanged) {
		t.Errorf("what somebody else made is overwritten: %v", err)
	}
}

// A kiln that was killed finds out whether it has deleted the object.
func TestInterruptedDeletionIsSettled(t *testing.T) {
	for name, test := range map[string]struct {
		since func(*bench, kube.Ref)
		want  State
	}{
		"it is there": {func(*bench, kube.Ref) {}, Failed},
		"it is gone":  {(*bench).remove, Applied},
		"it was made anew": {func(b *bench, ref kube.Ref) {
			b.remove(ref)
			b.testbed.Apply(b.T, settings, b.namespace)
		}, Applied},
		"it is on its way": {func(b *bench, ref kube.Ref) {
			b.patchAs("somebody", ref, `{"metadata":{"finalizers":["example.test/held"]}}`)
			b.Cleanup(func() {
				_ = patchAs(context.Background(), b.cluster, "somebody", ref, `{"metadata":{"finalizers":[]}}`, false)
			})
			if err := b.cluster.Delete(b.Context(), b.read(ref), kube.ForReal); err != nil {
				b.Fatal(err)
			}
		}, Applied},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.testbed.Apply(t, settings, b.namespace)
			ref := b.ref("v1", "ConfigMap", "settings")
			b.killedBefore(b.previewOf(b.deletion(ref, "")))
			test.since(b, ref)
			if r := b.recovered(); r.Entry.State != test.want {
				t.Errorf("the deletion is %s, want %s", r.Entry.State, test.want)
			}
		})
	}
}

// What undo can't bring back is never deleted without saying so, and isn't
// offered for undo.
func TestSecretsAreDeletedForGood(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, `{apiVersion: v1, kind: Secret, metadata: {name: token}, stringData: {token: hunter2-secret}}`, b.namespace)
	ref := b.ref("v1", "Secret", "token")
	if _, err := b.fixer.Apply(t.Context(), b.previewOf(b.deletion(ref, "")), Options{}); err == nil {
		t.Fatal("a Secret's value is lost without a word")
	}
	b.read(ref)
	entry := b.carryOut(b.deletion(ref, "the journal keeps no secret values"))
	b.isGone(ref)
	if text := asJSON(t, entry); strings.Contains(text, "hunter2") {
		t.Errorf("the journal holds the value: %s", text)
	}
	if _, err := b.fixer.Undo(t.Context(), entry.ID); !errors.Is(err, ErrNothingToUndo) || !strings.Contains(err.Error(), "keeps no secret values") {
		t.Errorf("the undo says: %v", err)
	}
	if _, err := b.fixer.Undo(t.Context(), ""); !errors.Is(err, ErrNothingToUndo) {
		t.Errorf("it is offered as the newest: %v", err)
	}
}
