package fixes

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kiln/kube"
	"kiln/scanners"
)

func TestUndoRefusesForeignChanges(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	entry := b.apply(finding)
	b.patchAs("night-shift", finding.Object,
		`{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"example.test/side:1"},{"name":"api","image":"example.test/api:1","securityContext":{"privileged":true}}]}}}}`)
	_, err := b.fixer.Undo(t.Context(), entry.ID)
	for _, part := range []string{"changed since the fix", privilegedField, "true", "night-shift"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not said: %v", part, err)
		}
	}
	if entry, _ = b.fixer.Journal.Entry(entry.ID); entry.State != Applied {
		t.Errorf("the entry is %s", entry.State)
	}
}

// Another object of the same name was never fixed, even if it looks so.
func TestUndoRefusesWhatWasMadeAnew(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	entry := b.apply(finding)
	b.remove(finding.Object)
	b.testbed.Apply(t, workload("Deployment", "", "", "securityContext: {privileged: false}"), b.namespace)
	anew := b.read(finding.Object)
	if _, err := b.fixer.Undo(t.Context(), entry.ID); !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), "made anew") {
		t.Errorf("got %v", err)
	}
	if now := b.read(finding.Object); now.GetGeneration() != anew.GetGeneration() {
		t.Errorf("it was written to: %v", now.Object)
	}
}

// What others have changed besides stays, and stays theirs.
func TestUndoLeavesTheRestAlone(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	b.apply(finding)
	b.patchAs("autoscaler", finding.Object, `{"spec":{"replicas":3}}`)
	if _, err := b.fixer.Undo(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	live := b.read(finding.Object)
	if got := fieldAsJSON(t, live, []string{"spec", "replicas"}); got != "3" {
		t.Errorf("replicas are %s", got)
	}
	managers := asJSON(t, live.GetManagedFields())
	if !strings.Contains(managers, `"manager":"autoscaler"`) || strings.Contains(managers, `"manager":"kiln"`) {
		t.Errorf("managers are %s", managers)
	}
}

// Who declares another field of the same container after the fix keeps all of
// its fields.
func TestUndoLeavesLaterManagersAlone(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	b.apply(finding)
	b.declareAs("platform-team", finding.Object, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: api},
		spec: {template: {spec: {containers: [{name: api, workingDir: /srv}]}}}}`)
	declared := b.entryOf("platform-team", finding)
	if _, err := b.fixer.Undo(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if now := b.entryOf("platform-team", finding); now != declared {
		t.Errorf("its entry was\n%s\nand is\n%s", declared, now)
	}
	if kiln := b.entryOf(kube.FieldManager, finding); kiln != "" {
		t.Errorf("kiln still holds %s", kiln)
	}
}

func (b *bench) entryOf(manager string, finding scanners.Finding) string {
	b.Helper()
	for _, entry := range b.read(finding.Object).GetManagedFields() {
		if entry.Manager == manager {
			return asJSON(b.T, entry)
		}
	}
	return ""
}

// Two fixes of one container can be taken back in any order.
func TestUndoInAnyOrder(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][2]int{"the last first": {1, 0}, "the first first": {0, 1}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			finding := b.privilegedDeployment()
			first := b.read(finding.Object)
			b.letTimePass()
			other := finding
			other.Check = "pod/seccomp"
			entries := []Entry{b.apply(finding), b.apply(other)}

			live := b.read(finding.Object)
			if got := fieldAsJSON(t, live, inPodSpec("containers", "1", "securityContext")); got != `{"privileged":false,"seccompProfile":{"type":"RuntimeDefault"}}` {
				t.Fatalf("after both fixes: %s", got)
			}
			for i, which := range order {
				if _, err := b.newFixer().Undo(t.Context(), entries[which].ID); err != nil {
					t.Fatal(err)
				}
				if i == 0 {
					b.applyAgainKeeps(finding, which)
				}
			}
			b.isAsAtFirst(first)
		})
	}
}

// applyAgainKeeps shows that after one of the two undos the other fix stands.
func (b *bench) applyAgainKeeps(finding scanners.Finding, undone int) {
	b.Helper()
	want := []string{`{"privileged":true,"seccompProfile":{"type":"RuntimeDefault"}}`, `{"privileged":false}`}[undone]
	if got := fieldAsJSON(b.T, b.read(finding.Object), inPodSpec("containers", "1", "securityContext")); got != want {
		b.Errorf("after one undo: %s, want %s", got, want)
	}
}

func TestUndoPreview(t *testing.T) {
	b := newBench(t)
	b.apply(b.privilegedDeployment())
	preview, err := b.fixer.UndoPreview(t.Context(), "")
	if err != nil || preview.Err() != nil {
		t.Fatal(err, preview.Err())
	}
	diff := preview.Targets[0].Unified()
	if !strings.Contains(diff, "-          privileged: false\n+          privileged: true\n") {
		t.Errorf("the diff is\n%s", diff)
	}
	if !strings.HasPrefix(preview.Targets[0].Restarts, "restarts 1 pod of Deployment/api") {
		t.Errorf("restarts: %q", preview.Targets[0].Restarts)
	}
}

func TestUndoOnAnotherCluster(t *testing.T) {
	b := newBench(t)
	b.cluster.UID = "one"
	entry := b.apply(b.privilegedDeployment())
	b.cluster.UID = "another"
	if _, err := b.fixer.Undo(t.Context(), entry.ID); !errors.Is(err, ErrOtherCluster) {
		t.Errorf("by its id: %v", err)
	}
	if _, err := b.fixer.Undo(t.Context(), ""); !errors.Is(err, ErrNothingToUndo) {
		t.Errorf("without an id: %v", err)
	}
}

const literal = "hunter2-literal"

func (b *bench) deploymentWithPasswords() scanners.Finding {
	b.Helper()
	b.testbed.Apply(b.T, workload("Deployment", "", "", `env: [{name: DB_PASSWORD, value: `+literal+`}, {name: API_TOKEN, value: `+literal+`-two}]`), b.namespace)
	finding := onWorkload("data/secret-in-env-literal", "Deployment", "api", "", "DB_PASSWORD")
	finding.Object.Namespace = b.namespace
	return finding
}

// Two variables share one Secret; what the first fix made can only go last.
func TestPasswordsMoveAndComeBack(t *testing.T) {
	b := newBench(t)
	finding := b.deploymentWithPasswords()
	first := b.read(finding.Object)
	b.letTimePass()
	password := b.apply(finding)
	other := finding
	other.Key = "API_TOKEN"
	token := b.apply(other)

	secret := b.read(b.ref("v1", "Secret", "api-api-env"))
	for key, want := range map[string]string{"DB_PASSWORD": literal, "API_TOKEN": literal + "-two"} {
		if got, err := secretValue(secret, key); err != nil || got != want {
			t.Errorf("%s is %q, %v", key, got, err)
		}
	}
	b.hasNo(literal)
	if _, err := b.fixer.Undo(t.Context(), password.ID); !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), ".data.API_TOKEN") {
		t.Errorf("the first fix first: %v", err)
	}
	for _, id := range []string{token.ID, password.ID} {
		if _, err := b.fixer.Undo(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	b.isAsAtFirst(first)
	b.isGone(b.ref("v1", "Secret", "api-api-env"))
	b.hasNo(literal)
}

func TestPasswordThatWasChanged(t *testing.T) {
	b := newBench(t)
	entry := b.apply(b.deploymentWithPasswords())
	b.patchAs("rotation", b.ref("v1", "Secret", "api-api-env"), `{"stringData":{"DB_PASSWORD":"rotated-secret"}}`)
	_, err := b.fixer.Undo(t.Context(), entry.ID)
	if !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), "rotation") {
		t.Fatalf("got %v", err)
	}
	for _, form := range forms("rotated-secret") {
		if strings.Contains(err.Error(), form) {
			t.Errorf("%q is shown: %v", form, err)
		}
	}
}

// The previews and the journal never hold a secret value, encoded or not.
func TestSecretsStaySecret(t *testing.T) {
	b := newBench(t)
	preview := b.preview(b.deploymentWithPasswords())
	export, err := Export(preview)
	if err != nil {
		t.Fatal(err)
	}
	shown := export
	for _, target := range preview.Targets {
		shown += target.Before + target.After + target.Unified()
	}
	if _, err := b.fixer.Apply(t.Context(), preview, Options{}); err != nil {
		t.Fatal(err)
	}
	undo, err := b.fixer.UndoPreview(t.Context(), "")
	if err != nil || undo.Err() != nil {
		t.Fatal(err, undo.Err())
	}
	for _, target := range undo.Targets {
		shown += target.Before + target.After
	}
	for _, form := range forms(literal) {
		if strings.Contains(shown, form) {
			t.Errorf("%q is shown in\n%s", form, shown)
		}
	}
	if !strings.Contains(export, "DB_PASSWORD: REPLACE-ME") || !strings.Contains(export, "value: null") {
		t.Errorf("the export is\n%s", export)
	}
	b.hasNo(literal)
}

// hasNo looks for a secret in every file of the journal, of which there are
// some.
func (b *bench) hasNo(secret string) {
	b.Helper()
	if b.hasNoIfAny(secret) == 0 {
		b.Error("the journal is empty")
	}
}

func (b *bench) hasNoIfAny(secret string) (files int) {
	b.Helper()
	err := filepath.WalkDir(b.dir, func(path string, file fs.DirEntry, err error) error {
		if err != nil || file.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		for _, form := range forms(secret) {
			if strings.Contains(string(data), form) {
				b.Errorf("%s holds %q", path, form)
			}
		}
		return err
	})
	if err != nil {
		b.Error(err)
	}
	return files
}
