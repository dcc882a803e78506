package fixes

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"

	"kiln/kube"
)

// quarantineLabel marks a pod that is kept as evidence; its value is the pod's
// uid.
const quarantineLabel = "kiln/quarantine"

func quarantine() Action {
	return Action{
		Name: "quarantine", Does: "Keep the pod as evidence: nobody talks to it, and a fresh one takes its place", On: []string{"Pod"},
		plan: planQuarantine,
	}
}

// planQuarantine shuts the pod in with a policy of its own, and takes from it
// the labels by which services, its controller and other policies know it.
func planQuarantine(ctx context.Context, f *Fixer, ref kube.Ref) (Plan, error) {
	live, err := f.read(ctx, ref)
	if err != nil {
		return Plan{}, err
	}
	if _, static := live.GetAnnotations()[mirrorAnnotation]; static {
		return Plan{}, staticPod(live)
	}
	known, err := f.selectorsOf(ctx, live)
	if err != nil {
		return Plan{}, err
	}
	policy := createdByKiln("networking.k8s.io/v1", "NetworkPolicy", ref.Namespace, "kiln-quarantine-"+ref.Name)
	policy.Object["spec"] = map[string]any{
		"podSelector": map[string]any{"matchLabels": map[string]any{quarantineLabel: string(live.GetUID())}},
		"policyTypes": []any{"Ingress", "Egress"},
	}
	patch, left := quarantinePatch(live, known)
	return Plan{
		Title: fmt.Sprintf("Quarantine %s", ref),
		Changes: []Change{
			{Target: kube.RefOf(policy), Mechanism: Create, Apply: policy},
			{Target: ref, UID: live.GetUID(), Mechanism: JSONPatch, Patch: patch},
		},
		Notes: append(known.notes(live, left), quarantineNotes(live)...),
	}, nil
}

// quarantinePatch removes every label that somebody selects by, and adds the
// mark. left are the labels that the pod has then.
func quarantinePatch(pod *unstructured.Unstructured, known podSelectors) (patch []PatchOperation, left labels.Set) {
	left = labels.Set{quarantineLabel: string(pod.GetUID())}
	if len(pod.GetLabels()) == 0 {
		return []PatchOperation{{Op: "add", Path: "/metadata/labels", Value: map[string]string(left)}}, left
	}
	for _, label := range slices.Sorted(maps.Keys(pod.GetLabels())) {
		value := pod.GetLabels()[label]
		if !slices.Contains(known.keys, label) {
			left[label] = value
			continue
		}
		path := pointer("metadata", "labels", label)
		patch = append(patch, PatchOperation{Op: "test", Path: path, Value: value}, PatchOperation{Op: "remove", Path: path})
	}
	return append(patch, PatchOperation{Op: "add", Path: pointer("metadata", "labels", quarantineLabel), Value: string(pod.GetUID())}), left
}

// podSelectors are those that select a pod.
type podSelectors struct {
	// keys are the labels that they go by.
	keys       []string
	services   []string
	controller string
	// policies are all of the namespace that allow anything.
	policies []networkingv1.NetworkPolicy
}

// selectorsOf finds who selects the pod by its labels.
func (f *Fixer) selectorsOf(ctx context.Context, pod *unstructured.Unstructured) (podSelectors, error) {
	var known podSelectors
	client, namespace := f.Cluster.Client, pod.GetNamespace()
	services, err := client.CoreV1().Services(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return known, fmt.Errorf("looking for the services of %s: %w", kube.RefOf(pod), err)
	}
	for _, service := range services.Items {
		if len(service.Spec.Selector) > 0 && labels.SelectorFromSet(service.Spec.Selector).Matches(labels.Set(pod.GetLabels())) {
			known.services = append(known.services, service.Name)
			known.add(&metav1.LabelSelector{MatchLabels: service.Spec.Selector})
		}
	}
	policies, err := client.NetworkingV1().NetworkPolicies(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return known, fmt.Errorf("looking for the network policies of %s: %w", kube.RefOf(pod), err)
	}
	for _, policy := range policies.Items {
		if len(policy.Spec.Ingress)+len(policy.Spec.Egress) > 0 {
			known.policies = append(known.policies, policy)
			if selects(&policy.Spec.PodSelector, pod.GetLabels()) {
				known.add(&policy.Spec.PodSelector)
			}
		}
	}
	return known, f.addController(ctx, pod, &known)
}

// addController adds the selector of what controls the pod.
func (f *Fixer) addController(ctx context.Context, pod *unstructured.Unstructured, known *podSelectors) error {
	owner := metav1.GetControllerOf(pod)
	if owner == nil {
		return nil
	}
	ref := kube.Ref{APIVersion: owner.APIVersion, Kind: owner.Kind, Namespace: pod.GetNamespace(), Name: owner.Name}
	controller, err := f.Cluster.Read(ctx, ref)
	if err != nil {
		return fmt.Errorf("reading the controller of %s: %w", kube.RefOf(pod), err)
	}
	known.controller = owner.Kind + "/" + owner.Name
	selector, _, _ := unstructured.NestedMap(controller.Object, "spec", "selector")
	names := selector // of a ReplicationController
	if nested, ok := selector["matchLabels"].(map[string]any); ok {
		names = nested
	}
	known.keys = append(known.keys, slices.Collect(maps.Keys(names))...)
	return nil
}

func (p *podSelectors) add(selector *metav1.LabelSelector) {
	p.keys = append(p.keys, slices.Collect(maps.Keys(selector.MatchLabels))...)
	for _, expression := range selector.MatchExpressions {
		p.keys = append(p.keys, expression.Key)
	}
}

// selects says whether a selector is about labels. A missing one selects
// nothing, an empty one all.
func selects(selector *metav1.LabelSelector, of map[string]string) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && s.Matches(labels.Set(of))
}

// notes say who loses the pod, and what still reaches it: policies only ever
// allow, so one for all pods can't be outdone.
func (p podSelectors) notes(pod *unstructured.Unstructured, left labels.Set) []string {
	var notes []string
	if len(p.services) > 0 {
		notes = append(notes, "It leaves the endpoints of Service/"+strings.Join(p.services, ", Service/")+".")
	}
	switch kind, _, _ := strings.Cut(p.controller, "/"); {
	case p.controller == "":
		notes = append(notes, "Nothing controls it: no other pod takes its place.")
	case kind == "StatefulSet":
		notes = append(notes, fmt.Sprintf("%s makes no other pod of this name while it exists.", p.controller))
	case kind == "Job":
		notes = append(notes, p.controller+" starts its work anew in another pod.")
	default:
		notes = append(notes, p.controller+" lets go of it, and makes a fresh one.")
	}
	for _, policy := range p.policies {
		if selects(&policy.Spec.PodSelector, left) {
			notes = append(notes, fmt.Sprintf("NetworkPolicy/%s is for all pods, and still allows what it allows.", policy.Name))
		}
	}
	return notes
}

func quarantineNotes(pod *unstructured.Unstructured) []string {
	notes := []string{
		"It goes on running. Connections that are open may stay open, and the policy needs a network plugin that enforces policies.",
		fmt.Sprintf("Secure the evidence: kubectl logs %s -n %s --all-containers, kiln debug %s -n %s", pod.GetName(), pod.GetNamespace(), pod.GetName(), pod.GetNamespace()),
	}
	if hostNetwork, _, _ := unstructured.NestedBool(pod.Object, "spec", "hostNetwork"); hostNetwork {
		notes = append([]string{"It uses the node's network, where no network policy holds: only its services lose it."}, notes...)
	}
	if phase, _, _ := unstructured.NestedString(pod.Object, "status", "phase"); phase != string(corev1.PodRunning) {
		notes = append(notes, "It doesn't run: it is "+phase+".")
	}
	return notes
}
