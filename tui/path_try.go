package tui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/fixes"
	"kiln/kube"
)

// attempt is what the server said when the bad object, or a pod of it, came
// once more, in a dry run.
type attempt struct {
	what    string
	refusal *kube.Refusal
	// problem says why it couldn't be tried.
	problem  string
	warnings []string
}

// refused says that something keeps the object out.
func refused(attempts []attempt) bool {
	return slices.ContainsFunc(attempts, func(a attempt) bool {
		return a.refusal != nil && !slices.Contains([]string{"validation", "decoding", "storage", "authorization"}, a.refusal.By)
	})
}

// try sends the bad object once more, under another name and as a dry run.
func (v *pathStopView) try() tea.Cmd {
	session, bad := v.app.session, v.bad
	if bad == nil && !v.unguarded() {
		v.said = "The object as it was before the fix isn't known any more: name one in the second step, or look at the next check."
		v.version++
		return nil
	}
	if v.unguarded() || session == nil {
		v.attempts = []attempt{}
		v.version++
		return v.app.passStep(v.stop, keepOut)
	}
	return v.app.start(v, "trying it once more", func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, requestTimeout)
		defer cancel()
		attempts := []attempt{session.attempt(ctx, kube.CopyToCreate(bad))}
		if pod := podOf(bad); pod != nil {
			attempts = append(attempts, session.attempt(ctx, pod))
		}
		return triedMsg{attempts}
	})
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

// unguarded says that no admission stands before such a finding: it is a
// setting of a machine, or of the control plane.
func (v *pathStopView) unguarded() bool {
	f := v.found
	if f == nil && len(v.stop.findings) > 0 {
		f = v.stop.findings[0]
	}
	return f != nil && (f.Object.Kind == "Node" || f.Object.Name == "" || f.Object.Namespace == metav1.NamespaceSystem)
}

// guardable says that kiln can make a guardrail for the check.
func (v *pathStopView) guardable() bool {
	return slices.Contains(fixes.Guarded(v.app.opts.Settings), v.stop.check.ID)
}
