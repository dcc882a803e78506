package tui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// attempt is what the server said when the bad object, or a pod of it, came
// once more, in a dry run.
type attempt struct {
	what    string
	refusal *kube.Refusal
	// problem says why it couldn't be tried, and barred that we may not.
	problem  string
	barred   bool
	warnings []string
}

// refused says that something keeps the object out.
func refused(attempts []attempt) bool {
	return slices.ContainsFunc(attempts, func(a attempt) bool {
		return a.refusal != nil && !slices.Contains([]string{"validation", "decoding", "storage", "authorization"}, a.refusal.By)
	})
}

// admitted says that nothing keeps the object out.
func admitted(attempts []attempt) bool {
	return !refused(attempts) && slices.ContainsFunc(attempts, func(a attempt) bool { return a.refusal == nil && a.problem == "" })
}

// barred says that we may not even send it ourselves.
func barred(attempts []attempt) bool {
	return len(attempts) > 0 && !slices.ContainsFunc(attempts, func(a attempt) bool { return !a.barred })
}

// triedOut says that nothing more can be done from here to keep the object out.
func triedOut(attempts []attempt, guardable bool) bool {
	return refused(attempts) || barred(attempts) || admitted(attempts) && !guardable
}

// wantsGuard says that the next thing to do is a guardrail: nothing refuses the
// object, and kiln can make something that does.
func (v *pathStopView) wantsGuard() bool { return admitted(v.attempts) && v.guardable() }

// keepItOut does what comes next in the last step: try, guard, try again.
func (v *pathStopView) keepItOut() tea.Cmd {
	switch {
	case v.unguarded():
		return tea.Batch(v.app.passStep(v.stop, keepOut), v.move(1))
	case v.lost:
		return tea.Batch(v.app.passStep(v.stop, keepOut), v.move(1))
	case v.attempts == nil:
		return v.try()
	case v.wantsGuard():
		ref := kube.RefOf(v.bad)
		v.attempts = nil // enter tries again when the guardrail is made
		v.said = ""
		v.version++
		return v.app.openKeep(v.stop.check.ID, ref)
	}
	return v.move(1)
}

// try sends the bad object once more, under another name and as a dry run. Who
// comes back another day tries one that is still there.
func (v *pathStopView) try() tea.Cmd {
	session, bad := v.app.session, v.bad
	if session == nil {
		v.app.flash(info, "not connected: there is nobody to try it with")
		return nil
	}
	if bad == nil && len(v.stop.findings) == 0 {
		v.lost = true
		v.version++
		return nil
	}
	var left *scanners.Finding
	if bad == nil {
		left = easiest(v.stop.findings)
	}
	return v.app.start(v, "trying it once more", func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, requestTimeout)
		defer cancel()
		if bad == nil {
			live, err := session.cluster.Read(ctx, left.Object)
			if err != nil {
				return triedMsg{attempts: []attempt{{what: kube.Clean(left.Object.String()), problem: kube.Explain(err)}}}
			}
			bad = live
		}
		return triedMsg{session.attempts(ctx, bad), bad}
	})
}

// attempts sends the bad object, and a pod of it, once more.
func (s *Session) attempts(ctx context.Context, bad *unstructured.Unstructured) []attempt {
	attempts := []attempt{s.attempt(ctx, kube.CopyToCreate(bad))}
	if pod := podOf(bad); pod != nil {
		attempts = append(attempts, s.attempt(ctx, pod))
	}
	return attempts
}

// attempt traces the making of an object.
func (s *Session) attempt(ctx context.Context, object *unstructured.Unstructured) attempt {
	ref := kube.RefOf(object)
	a := attempt{what: kube.Clean(ref.String())}
	gvk := object.GroupVersionKind()
	mapping, err := s.cluster.Mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		a.problem = kube.Explain(err)
		return a
	}
	trace, err := s.cluster.Trace(ctx, kube.TraceRequest{Verb: "create", Resource: mapping.Resource, Namespace: ref.Namespace, Manifest: object})
	switch {
	case err != nil:
		a.problem = kube.Explain(err)
	case trace.Access.Err == nil && !trace.Access.Allowed:
		a.barred, a.problem = true, "you may not create "+trace.Request.Target()
		if ref.Namespace != "" {
			a.problem += " in " + kube.Clean(ref.Namespace)
		}
		return a
	case trace.Admission.NotAsked != "":
		a.problem = kube.Clean(trace.Admission.NotAsked)
	case trace.Admission.Err != nil && trace.Admission.Refusal == nil:
		a.problem = kube.Explain(trace.Admission.Err)
	}
	a.refusal, a.warnings = trace.Admission.Refusal, trace.Admission.Warnings
	return a
}

// podOf is a pod as a workload's template makes it: Pod Security refuses
// those, and warns only of what makes them. Nil for what has no template.
func podOf(workload *unstructured.Unstructured) *unstructured.Unstructured {
	for _, path := range [][]string{{"spec", "template"}, {"spec", "jobTemplate", "spec", "template"}} {
		template, found, err := unstructured.NestedMap(workload.Object, path...)
		if !found || err != nil {
			continue
		}
		spec, _ := template["spec"].(map[string]any)
		if spec == nil {
			continue
		}
		pod := &unstructured.Unstructured{Object: map[string]any{"spec": spec}}
		pod.SetAPIVersion("v1")
		pod.SetKind("Pod")
		pod.SetNamespace(workload.GetNamespace())
		pod.SetName(workload.GetName() + "-copy")
		labels, _, _ := unstructured.NestedStringMap(template, "metadata", "labels")
		pod.SetLabels(labels)
		return pod
	}
	return nil
}

func (v *pathStopView) unguarded() bool {
	f := v.found
	if f == nil && len(v.stop.findings) > 0 {
		f = v.stop.findings[0]
	}
	return unguarded(f)
}

// unguarded says that no admission stands before such a finding: it is a
// setting of a machine, or of the control plane.
func unguarded(f *scanners.Finding) bool {
	return f != nil && (f.Object.Kind == "Node" || f.Object.Name == "" || strings.HasPrefix(f.Object.APIVersion, "kiln/") || f.Object.Namespace == metav1.NamespaceSystem)
}

// guardCommand makes the next guardrail on the command line: the one that
// refuses where one warns already.
func guardCommand(check string, bad *unstructured.Unstructured, attempts []attempt) string {
	command := "kiln guard " + check
	if bad != nil && bad.GetNamespace() != "" {
		command += " -n " + bad.GetNamespace()
	}
	if slices.ContainsFunc(attempts, func(a attempt) bool { return len(a.warnings) > 0 }) {
		command += " --deny"
	}
	return command
}

// guardable says that kiln can make a guardrail for the check.
func (v *pathStopView) guardable() bool {
	return slices.Contains(v.app.guardedChecks(), v.stop.check.ID)
}

// guardedChecks are those that kiln can make a guardrail for.
func (a *App) guardedChecks() []string { return fixes.Guarded(a.opts.Settings) }
