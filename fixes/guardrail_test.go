package fixes

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
)

// guarded is what a guardrail of the tests is about: one privileged pod, and
// one that nearly is.
const guarded = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: bad}
spec:
  replicas: 1
  selector: {matchLabels: {app: bad}}
  template:
    metadata: {labels: {app: bad}}
    spec: {containers: [{name: main, image: "example.test/main:1", securityContext: {privileged: true}}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: near}
spec:
  replicas: 1
  selector: {matchLabels: {app: near}}
  template:
    metadata: {labels: {app: near}}
    spec: {hostNetwork: true, containers: [{name: main, image: "example.test/main:1", securityContext: {privileged: false}}]}
`

func (b *bench) guard(stage Stage, by GuardKind) (GuardPlan, Entry) {
	b.Helper()
	plan := b.planGuard(stage, by)
	return plan, b.carryOut(plan.Plan)
}

func (b *bench) planGuard(stage Stage, by GuardKind) GuardPlan {
	b.Helper()
	plan, err := b.fixer.Guard(b.Context(), b.inventory(), GuardRequest{Check: "pod/privileged", Namespace: b.namespace, Stage: stage, By: by})
	if err != nil {
		b.Fatal(err)
	}
	return plan
}

// create sends a copy of an object as a dry run, and tells what the server said.
func (b *bench) create(name string) (warnings []string, err error) {
	b.Helper()
	copied := copyOf(b.read(b.ref("apps/v1", "Deployment", name)))
	ctx, heard := kube.WithWarnings(b.Context())
	_, err = b.cluster.Create(ctx, copied, kube.DryRun)
	return heard.List(), err
}

// eventually gives the API server the moment that a policy takes.
func (b *bench) eventually(what string, done func() bool) {
	b.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if done() {
			return
		}
	}
	b.Fatalf("it never came: %s", what)
}

// A policy warns, then denies; the near miss passes; whoever was there can
// still be scaled and put right; and its removal, or undo, restores all.
func TestGuardrailByPolicy(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, guarded, b.namespace)
	name := "kiln-pod-privileged." + b.namespace

	plan, made := b.guard(Warns, ByPolicy)
	if want := []Refusal{{Object: b.ref("apps/v1", "Deployment", "bad")}}; !reflect.DeepEqual(plan.Refusals, want) || plan.Name != name {
		t.Fatalf("it would refuse %v as %s", plan.Refusals, plan.Name)
	}
	if notes := strings.Join(plan.Notes, "\n"); !strings.Contains(notes, "in "+b.namespace+": Deployment/bad") {
		t.Errorf("whom it would refuse isn't said: %s", notes)
	}
	check, err := b.fixer.CheckGuard(t.Context(), name, plan.Refusals)
	if err != nil || !check.Checked || len(check.Warnings) > 0 || len(check.Tried) != 1 {
		t.Errorf("the server says: %+v, %v", check, err)
	}
	if warnings, err := b.create("bad"); err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "kiln explain pod/privileged") {
		t.Errorf("the first stage: %q, %v", warnings, err)
	}

	_, moved := b.guard(Denies, ByPolicy)
	b.eventually("a refusal", func() bool { _, err := b.create("bad"); return err != nil })
	if warnings, err := b.create("near"); err != nil || len(warnings) > 0 {
		t.Errorf("the near miss: %q, %v", warnings, err)
	}
	b.patchAs("scaler", b.ref("apps/v1", "Deployment", "bad"), `{"spec": {"replicas": 0}}`)
	b.patchAs("scaler", b.ref("apps/v1", "Deployment", "bad"), `{"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "example.test/main:2"}]}}}}`)
	if _, err := b.fixer.Guard(t.Context(), b.inventory(), GuardRequest{Check: "pod/privileged", Namespace: b.namespace, Stage: Denies, By: ByPolicy}); !errors.Is(err, ErrNothingToDo) {
		t.Errorf("making it twice: %v", err)
	}
	listed := b.guardrails()
	if want := (Guardrail{Name: name, Check: "pod/privileged", Namespace: b.namespace, Stage: Denies, By: ByPolicy, Checked: true}); !reflect.DeepEqual(listed, []Guardrail{want}) {
		t.Errorf("the list is %+v", listed)
	}

	removal, err := b.fixer.Unguard(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	removed := b.carryOut(removal)
	if listed := b.guardrails(); len(listed) > 0 {
		t.Errorf("after its removal: %+v", listed)
	}
	for _, entry := range []Entry{removed, moved, made} {
		if _, err := b.newFixer().Undo(t.Context(), entry.ID); err != nil {
			t.Fatalf("undoing %q: %v", entry.Title, err)
		}
	}
	b.isGone(kube.Ref{APIVersion: "admissionregistration.k8s.io/v1", Kind: "ValidatingAdmissionPolicy", Name: name})
}

func (b *bench) guardrails() []Guardrail {
	b.Helper()
	all, err := b.fixer.Guardrails(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	var own []Guardrail
	for _, g := range all {
		if g.Namespace == b.namespace {
			own = append(own, g)
		}
	}
	return own
}

// A namespace where the Pod Security level refuses nobody else gets its
// labels; one where it does gets the check's own rule.
func TestGuardrailByLabels(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, guarded, b.namespace)
	if plan := b.planGuard(Denies, ""); !strings.HasPrefix(plan.Name, "kiln-") {
		t.Errorf("labels would refuse Deployment/near, too, but it is %s", plan.Name)
	}
	if err := b.cluster.Delete(t.Context(), b.read(b.ref("apps/v1", "Deployment", "near")), kube.ForReal); err != nil {
		t.Fatal(err)
	}
	first := b.read(b.ref("v1", "Namespace", b.namespace))
	plan, entry := b.guard(Denies, "")
	if plan.Name != "pod-security."+b.namespace || len(plan.Refusals) != 1 || plan.Refusals[0].Why != "privileged" {
		t.Fatalf("it is %s, and refuses %v", plan.Name, plan.Refusals)
	}
	if listed := b.guardrails(); len(listed) != 1 || listed[0].Stage != Denies || listed[0].Level != "baseline" || listed[0].Check != "pod/privileged" {
		t.Errorf("the list is %+v", listed)
	}
	removal, err := b.fixer.Unguard(t.Context(), plan.Name)
	if err != nil {
		t.Fatal(err)
	}
	removed := b.carryOut(removal)
	if listed := b.guardrails(); len(listed) > 0 {
		t.Errorf("after its removal: %+v", listed)
	}
	for _, id := range []string{removed.ID, entry.ID} {
		if _, err := b.newFixer().Undo(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	b.isAsAtFirst(first)
}

// Guardrails that can't be, and names of nobody's.
func TestGuardrailRefusals(t *testing.T) {
	b := newBench(t)
	inv := &kube.Inventory{}
	for name, request := range map[string]GuardRequest{
		"what no object shows":       {Check: "network/no-policy"},
		"a namespace of the cluster": {Check: "pod/privileged", Namespace: "kube-system"},
		"labels for no standard":     {Check: "pod/image-latest", Namespace: b.namespace, By: ByLabels},
		"labels for all namespaces":  {Check: "pod/privileged", By: ByLabels},
	} {
		if _, err := b.fixer.Guard(t.Context(), inv, request); !errors.Is(err, ErrManual) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.fixer.Unguard(t.Context(), "nobody"); !errors.Is(err, errNoGuardrail) {
		t.Errorf("removing nobody's: %v", err)
	}
	foreign := &unstructured.Unstructured{Object: map[string]any{
		"spec": map[string]any{
			"matchConstraints": map[string]any{"resourceRules": []any{map[string]any{
				"apiGroups": []any{""}, "apiVersions": []any{"v1"}, "resources": []any{"pods"}, "operations": []any{"CREATE"},
			}}},
			"validations": []any{map[string]any{"expression": "true"}},
		},
	}}
	foreign.SetAPIVersion("admissionregistration.k8s.io/v1")
	foreign.SetKind(policyKind)
	foreign.SetName(guardName("pod/privileged", b.namespace))
	if _, err := b.cluster.Create(t.Context(), foreign, kube.ForReal); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if live, err := b.cluster.Read(b.Context(), kube.RefOf(foreign)); err == nil {
			_ = b.cluster.Delete(b.Context(), live, kube.ForReal)
		}
	})
	_, err := b.fixer.Guard(t.Context(), inv, GuardRequest{Check: "pod/privileged", Namespace: b.namespace, Stage: Warns, By: ByPolicy})
	if err == nil || !strings.Contains(err.Error(), "isn't kiln's") {
		t.Errorf("somebody else's policy: %v", err)
	}
}

// The real API server accepts every rule, and finds nothing wrong with its
// expressions.
func TestServerAcceptsEveryGuardRule(t *testing.T) {
	b := newBench(t)
	for _, rule := range guardRules(guardConfig()) {
		plan, err := b.fixer.Guard(t.Context(), &kube.Inventory{}, GuardRequest{Check: rule.check, Namespace: b.namespace, Stage: Warns, By: ByPolicy, Config: guardConfig()})
		if err != nil {
			t.Errorf("%s: %v", rule.check, err)
			continue
		}
		b.carryOut(plan.Plan)
		check, err := b.fixer.CheckGuard(t.Context(), plan.Name, nil)
		if err != nil || !check.Checked || len(check.Warnings) > 0 {
			t.Errorf("%s: %+v, %v", rule.check, check, err)
		}
		removal, err := b.fixer.Unguard(t.Context(), plan.Name)
		if err != nil {
			t.Fatal(err)
		}
		b.carryOut(removal)
	}
}

// Every rule can be asked for by the name of a check that exists.
func TestGuardedChecksExist(t *testing.T) {
	t.Parallel()
	for _, check := range Guarded(scanners.Config{}) {
		if check == "pod/registry" || check == "pod/no-owner-label" {
			t.Errorf("%s asks for what nobody configured", check)
		}
	}
}
