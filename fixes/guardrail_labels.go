package fixes

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
)

// labelGuardName begins the names of guardrails by labels; the namespace's
// name follows.
const labelGuardName = "pod-security."

// coveringLevel is the laxest level of the Pod Security Standards that has the
// control which a check looks for.
func coveringLevel(check string) (api.Level, bool) {
	switch check {
	case "pod/privileged", "pod/capabilities-added", "pod/seccomp-unconfined", "pod/apparmor", "pod/selinux", "pod/host-network",
		"pod/host-pid", "pod/host-ipc", "pod/host-port", "pod/host-path", "pod/host-process", "pod/host-probes", "pod/proc-mount", "pod/sysctls":
		return api.LevelBaseline, true
	case "pod/privilege-escalation", "pod/capabilities-not-dropped", "pod/seccomp", "pod/run-as-root", "pod/volume-types":
		return api.LevelRestricted, true
	}
	return "", false
}

// labelGuard plans labels where the Pod Security Standards cover the check, and
// stop nobody whom the check's own rule wouldn't; nil where a policy is better.
func (f *Fixer) labelGuard(ctx context.Context, inv *kube.Inventory, request GuardRequest, refusals []Refusal) (*GuardPlan, error) {
	level, covers := coveringLevel(request.Check)
	switch {
	case request.By == ByPolicy, request.By == "" && (!covers || request.Namespace == ""):
		return nil, nil
	case !covers:
		return nil, &ManualError{Why: fmt.Sprintf("no level of the Pod Security Standards covers %s", request.Check), Steps: "Use a policy: --by policy"}
	case request.Namespace == "":
		return nil, &ManualError{Why: "labels guard one namespace at a time", Steps: "Say which: -n NAMESPACE"}
	}
	misses, err := missesOf(inv, request.Namespace, level)
	if err != nil {
		return nil, err
	}
	if request.By == "" && stopsOthers(misses, refusals) {
		return nil, nil
	}
	live, err := f.read(ctx, kube.Ref{APIVersion: "v1", Kind: "Namespace", Name: request.Namespace})
	if err != nil {
		return nil, err
	}
	plan := &GuardPlan{Name: labelGuardName + request.Namespace, Refusals: misses}
	plan.Title = labelTitle(level, request)
	change := applyTo(live)
	change.Apply.SetLabels(levelLabels(live, level, request.Stage))
	plan.Changes = []Change{change}
	plan.Notes = []string{fmt.Sprintf("The Pod Security level %s covers it, by labels of the namespace; it asks for more than this check.", level)}
	if request.Stage == Denies {
		plan.Notes = append(plan.Notes, "Running pods stay; new ones that violate the level are refused, debug containers for pods that do, too.")
	}
	plan.Notes = append(plan.Notes, refusalNotes(misses, request.Stage)...)
	return plan, nil
}

// labelTitle says what the labels do.
func labelTitle(level api.Level, request GuardRequest) string {
	verb := "Warn of"
	if request.Stage == Denies {
		verb = "Refuse"
	}
	return fmt.Sprintf("%s pods that miss the Pod Security level %s, in namespace %s", verb, level, request.Namespace)
}

// missesOf are the workloads of the namespace that miss a level, and why.
func missesOf(inv *kube.Inventory, namespace string, level api.Level) ([]Refusal, error) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return nil, fmt.Errorf("preparing the Pod Security Standards: %w", err)
	}
	version := api.LevelVersion{Level: level, Version: serverVersion(inv.Source.Version)}
	var misses []Refusal
	for _, w := range inv.Workloads {
		if w.Namespace() != namespace || w.EphemeralOnly {
			continue
		}
		if verdict := policy.AggregateCheckResults(evaluator.EvaluatePod(version, w.Meta, w.Spec)); !verdict.Allowed {
			misses = append(misses, Refusal{Object: w.Ref(), Why: strings.Join(verdict.ForbiddenReasons, ", ")})
		}
	}
	return misses, nil
}

// stopsOthers says that a level refuses somebody whom the rule doesn't.
func stopsOthers(misses, refusals []Refusal) bool {
	return slices.ContainsFunc(misses, func(miss Refusal) bool {
		return !slices.ContainsFunc(refusals, func(r Refusal) bool { return r.Object == miss.Object })
	})
}

// levelLabels ask for a level at least: a stricter one that is there stays.
func levelLabels(live *unstructured.Unstructured, level api.Level, stage Stage) map[string]string {
	modes := []string{api.WarnLevelLabel, api.AuditLevelLabel}
	if stage == Denies {
		modes = append(modes, api.EnforceLevelLabel)
	}
	labels := map[string]string{}
	for _, mode := range modes {
		labels[mode] = string(level)
		if there := live.GetLabels()[mode]; there == string(api.LevelRestricted) {
			labels[mode] = there
		}
	}
	return labels
}

// labelGuardrails are the namespaces whose Pod Security labels kiln holds.
func (f *Fixer) labelGuardrails(ctx context.Context) ([]Guardrail, error) {
	namespaces, err := f.Cluster.Client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	var all []Guardrail
	for _, ns := range namespaces.Items {
		held := labelsOfKiln(&ns)
		if len(held) == 0 {
			continue
		}
		guard := Guardrail{Name: labelGuardName + ns.Name, Namespace: ns.Name, Stage: Warns, By: ByLabels, Checked: true}
		level := ns.Labels[held[0]]
		if slices.Contains(held, api.EnforceLevelLabel) {
			guard.Stage, level = Denies, ns.Labels[api.EnforceLevelLabel]
		}
		guard.Level = kube.Clean(level)
		guard.Check = levelCheck(api.Level(level))
		all = append(all, guard)
	}
	return all, nil
}

// levelCheck is the check that stands for a level: the first that it covers.
func levelCheck(level api.Level) string {
	if level == api.LevelRestricted {
		return "pod/privilege-escalation"
	}
	return "pod/privileged"
}

// labelsOfKiln are the Pod Security labels of a namespace that kiln set.
func labelsOfKiln(ns *corev1.Namespace) []string {
	var held []string
	for _, label := range []string{api.WarnLevelLabel, api.AuditLevelLabel, api.EnforceLevelLabel} {
		if _, set := ns.Labels[label]; set && slices.ContainsFunc(ns.ManagedFields, func(m metav1.ManagedFieldsEntry) bool {
			return m.Manager == kube.FieldManager && m.FieldsV1 != nil && strings.Contains(m.FieldsV1.GetRawString(), `"f:`+label+`"`)
		}) {
			held = append(held, label)
		}
	}
	return held
}

// withoutLabels takes kiln's Pod Security labels from a namespace.
func (f *Fixer) withoutLabels(ctx context.Context, namespace string) ([]Change, error) {
	ns, err := f.Cluster.Client.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("reading namespace %s: %w", namespace, err)
	}
	change := Change{Target: kube.Ref{APIVersion: "v1", Kind: "Namespace", Name: namespace}, UID: ns.UID, Mechanism: JSONPatch}
	for _, label := range labelsOfKiln(ns) {
		path := pointer("metadata", "labels", label)
		change.Patch = append(change.Patch,
			PatchOperation{Op: "test", Path: path, Value: ns.Labels[label]}, PatchOperation{Op: "remove", Path: path})
	}
	return []Change{change}, nil
}
