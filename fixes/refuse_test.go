package fixes

import (
	"errors"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"kiln/kube"
	"kiln/scanners"
)

const privilegedField = `.spec.template.spec.containers[name="api"].securityContext.privileged`

func (b *bench) privilegedDeployment() scanners.Finding {
	b.Helper()
	b.testbed.Apply(b.T, workload("Deployment", "", "", "securityContext: {privileged: true}"), b.namespace)
	finding := onWorkload("pod/privileged", "Deployment", "api", "", "")
	finding.Object.Namespace = b.namespace
	return finding
}

func (b *bench) journalIsEmpty() {
	b.Helper()
	entries, unreadable := b.fixer.Journal.Entries()
	if len(entries) > 0 || len(unreadable) > 0 {
		b.Errorf("the journal holds %v, %v", entries, unreadable)
	}
}

func TestFieldsThatWereMerelyWrittenAreListed(t *testing.T) {
	b := newBench(t)
	preview := b.preview(b.privilegedDeployment())
	want := Takeover{Field: privilegedField, Manager: "kubectl-client-side-apply"}
	if got := preview.Targets[0].Takeovers; len(got) != 1 || got[0] != want {
		t.Errorf("takeovers are %+v", got)
	}
	if len(preview.Conflicts()) > 0 {
		t.Errorf("conflicts are %+v", preview.Conflicts())
	}
}

func TestDeclaredFieldsNeedAWord(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	b.declareAs("platform-team", finding.Object, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: api},
		spec: {template: {spec: {containers: [{name: api, securityContext: {privileged: true}}]}}}}`)
	first := b.read(finding.Object)
	preview := b.preview(finding)
	want := Takeover{Field: privilegedField, Manager: "platform-team", Declared: true}
	if got := preview.Conflicts(); len(got) != 1 || got[0] != want {
		t.Fatalf("conflicts are %+v", got)
	}
	_, err := b.fixer.Apply(t.Context(), preview, Options{})
	if !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "platform-team") {
		t.Fatalf("without the word: %v", err)
	}
	b.journalIsEmpty()
	b.letTimePass()
	if _, err := b.fixer.Apply(t.Context(), preview, Options{TakeOver: true}); err != nil {
		t.Fatal(err)
	}
	if got := fieldAsJSON(t, b.read(finding.Object), inPodSpec("containers", "1", "securityContext", "privileged")); got != "false" {
		t.Errorf("privileged is %s", got)
	}
	if _, err := b.fixer.Undo(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	b.isAsAtFirst(first)
}

func TestOwnersAreRespected(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	b.patchAs("helm", finding.Object, `{"metadata":{"annotations":{"meta.helm.sh/release-name":"shop"},"labels":{"app.kubernetes.io/managed-by":"Helm"}}}`)
	preview := b.preview(finding)
	if owner := preview.Targets[0].Owner; owner != (kube.Owner{Manager: kube.Helm, Name: "shop"}) {
		t.Errorf("the owner is %+v", owner)
	}
	_, err := b.fixer.Apply(t.Context(), preview, Options{})
	if !errors.Is(err, ErrOwned) || !strings.Contains(err.Error(), "Helm release shop") || !strings.Contains(err.Error(), "next upgrade") {
		t.Errorf("without the word: %v", err)
	}
	b.journalIsEmpty()
	if _, err := b.fixer.Apply(t.Context(), preview, Options{Stopgap: true}); err != nil {
		t.Error(err)
	}
}

func TestChangedSinceThePreview(t *testing.T) {
	t.Parallel()
	t.Run("in a field of the fix", func(t *testing.T) {
		b := newBench(t)
		finding := b.privilegedDeployment()
		preview := b.preview(finding)
		b.patchAs("somebody", finding.Object, `{"spec":{"template":{"spec":{"containers":[{"name":"api","image":"example.test/api:1"}]}}}}`)
		_, err := b.fixer.Apply(t.Context(), preview, Options{})
		if !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), privilegedField) || !strings.Contains(err.Error(), "preview again") {
			t.Errorf("got %v", err)
		}
		b.journalIsEmpty()
	})
	t.Run("in its owner", func(t *testing.T) {
		b := newBench(t)
		finding := b.privilegedDeployment()
		preview := b.preview(finding)
		b.declareAs("platform-team", finding.Object, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: api},
			spec: {template: {spec: {containers: [{name: api, securityContext: {privileged: true}}]}}}}`)
		_, err := b.fixer.Apply(t.Context(), preview, Options{TakeOver: true})
		if !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), "platform-team") {
			t.Errorf("got %v", err)
		}
		b.journalIsEmpty()
	})
	t.Run("elsewhere, which is fine", func(t *testing.T) {
		b := newBench(t)
		finding := b.privilegedDeployment()
		preview := b.preview(finding)
		b.patchAs("autoscaler", finding.Object, `{"spec":{"replicas":3}}`)
		if _, err := b.fixer.Apply(t.Context(), preview, Options{}); err != nil {
			t.Error(err)
		}
	})
}

func TestMadeAnewOrGone(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	preview := b.preview(finding)
	b.remove(finding.Object)
	if _, err := b.fixer.Apply(t.Context(), preview, Options{}); !errors.Is(err, ErrChanged) {
		t.Errorf("once it is gone: %v", err)
	}
	b.isGone(finding.Object)
	b.privilegedDeployment()
	_, err := b.fixer.Apply(t.Context(), preview, Options{})
	if !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), "made anew") {
		t.Errorf("once it is made anew: %v", err)
	}
	b.journalIsEmpty()
}

func TestForbidden(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	viewer := b.as(b.testbed.IdentityIn(t, b.namespace, "viewer-"+b.namespace, nil,
		rbacv1.PolicyRule{Verbs: []string{"get"}, APIGroups: []string{"apps"}, Resources: []string{"deployments"}}))
	plan, err := viewer.Plan(t.Context(), finding, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	preview, err := viewer.Preview(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	want := "you may not patch deployments.apps in " + b.namespace
	if preview.Err() == nil || preview.Err().Error() != want {
		t.Errorf("the preview says %v", preview.Err())
	}
	if _, err := viewer.Apply(t.Context(), preview, Options{}); err == nil || err.Error() != want {
		t.Errorf("applying: %v", err)
	}
	b.journalIsEmpty()
}

func TestReadOnly(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	b.cluster.Gate.SetReadOnly(true)
	var readOnly *kube.ReadOnlyError
	if _, err := b.fixer.Apply(t.Context(), b.preview(finding), Options{}); !errors.As(err, &readOnly) {
		t.Errorf("got %v", err)
	}
	b.journalIsEmpty()
	b.cluster.Gate.SetReadOnly(false)
	entry := b.apply(finding)
	b.cluster.Gate.SetReadOnly(true)
	if _, err := b.fixer.Undo(t.Context(), entry.ID); !errors.As(err, &readOnly) {
		t.Errorf("undoing: %v", err)
	}
	if entry, _ = b.fixer.Journal.Entry(entry.ID); entry.State != Applied {
		t.Errorf("the entry is %s", entry.State)
	}
}

func TestNothingToDo(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	b.apply(finding)
	preview := b.previewOf(b.plan(finding, nil))
	if !errors.Is(preview.Err(), ErrNothingToDo) {
		t.Errorf("the second preview: %v", preview.Err())
	}
}

// A fix that the API server would refuse shows that in its preview.
func TestServersRefusalIsThePreview(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	plan := b.plan(finding, nil)
	plan.Changes[0].Apply.Object["spec"] = map[string]any{"replicas": int64(-1)}
	preview := b.previewOf(plan)
	if preview.Err() == nil || !strings.Contains(preview.Err().Error(), "spec.replicas") {
		t.Errorf("the preview says %v", preview.Err())
	}
}

// What is on its way out is worth no change, and the preview says so.
func TestThePreviewTellsOfADeletion(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	deployments := b.testbed.Client().AppsV1().Deployments(b.namespace)
	name := finding.Object.Name
	held := func(finalizers string) {
		t.Helper()
		if _, err := deployments.Patch(t.Context(), name, types.MergePatchType, []byte(`{"metadata":{"finalizers":`+finalizers+`}}`), metav1.PatchOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	held(`["example.test/held"]`)
	defer held("[]")
	if err := deployments.Delete(t.Context(), name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	preview := b.previewOf(b.plan(finding, nil))
	if warnings := strings.Join(preview.Targets[0].Warnings, "\n"); !strings.Contains(warnings, "it is being deleted, since ") {
		t.Errorf("the preview warns of %q", warnings)
	}
}

func TestWorkloadsForPeople(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, `
{apiVersion: v1, kind: Pod, metadata: {name: api}, spec: {containers: [{name: api, image: "example.test/api:1"}]}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: api}, spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: api, image: "example.test/api:1"}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: static, annotations: {kubernetes.io/config.mirror: x, kubernetes.io/config.source: file}}, spec: {nodeName: node-1, containers: [{name: api, image: "example.test/api:1"}]}}
`, b.namespace)
	for _, test := range []struct{ apiVersion, kind, name, why, step string }{
		{"v1", "Pod", "api", "can't be changed while it exists", `kubectl patch --local -f pod-api.yaml -p '{"spec":{"containers":[{"name":"api","securityContext":{"privileged":false}}]}}'`},
		{"batch/v1", "Job", "api", "a job's pod template can't be changed", "kubectl get job/api -n " + b.namespace},
		{"v1", "Pod", "static", "static pod: it comes from a file on node node-1", "staticPodPath"},
	} {
		finding := scanners.Finding{Check: "pod/privileged", Container: "api", Object: b.ref(test.apiVersion, test.kind, test.name)}
		_, err := b.fixer.Plan(t.Context(), finding, nil, nil)
		var manual *ManualError
		if !errors.As(err, &manual) || !errors.Is(err, ErrManual) || !strings.Contains(manual.Why, test.why) || !strings.Contains(manual.Steps, test.step) {
			t.Errorf("%s: %v", test.kind, err)
		}
	}
	if _, err := b.fixer.Plan(t.Context(), scanners.Finding{Check: "pod/no-such-check"}, nil, nil); !errors.Is(err, ErrManual) {
		t.Errorf("a check without a recipe: %v", err)
	}
}

func TestContainerThatIsGone(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	finding.Container = "gone"
	if _, err := b.fixer.Plan(t.Context(), finding, nil, nil); !errors.Is(err, ErrChanged) {
		t.Errorf("got %v", err)
	}
}
