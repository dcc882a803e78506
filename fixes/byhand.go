package fixes

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

// Static pods come from a file on their node; the kubelet marks their mirrors.
const (
	mirrorAnnotation = "kubernetes.io/config.mirror"
	sourceAnnotation = "kubernetes.io/config.source"
)

// mustBeDoneByHand says, for workloads whose pod template kiln can't change,
// why, and what a person does instead; nil for all others.
func mustBeDoneByHand(live *unstructured.Unstructured) error {
	ref := kube.RefOf(live)
	if isStatic(live) {
		return staticPod(live)
	}
	if owner := metav1.GetControllerOf(live); owner != nil {
		return controlled(ref, *owner)
	}
	switch live.GetKind() {
	case "Pod", "Job":
		return madeAnew(live, nil)
	}
	if templatePath(live.GetKind()) == nil {
		g := &guide{}
		g.say("Change it where it is kept, or here:")
		g.run("kubectl edit %s", target(ref))
		return &ManualError{Why: fmt.Sprintf("kiln doesn't know the pod template of a %s", ref.Kind), Steps: g.text()}
	}
	return nil
}

func isStatic(live *unstructured.Unstructured) bool {
	_, static := live.GetAnnotations()[mirrorAnnotation]
	return static
}

func staticPod(live *unstructured.Unstructured) error {
	node, _, _ := unstructured.NestedString(live.Object, "spec", "nodeName")
	name := strings.TrimSuffix(live.GetName(), "-"+node)
	g := &guide{}
	g.say("On node %s, as root, find its manifest in the folder of the kubelet's staticPodPath; kubeadm's is this one:", node)
	g.run("grep -l %s /etc/kubernetes/manifests/*", "name: "+name)
	g.run("cp %s %s", "/etc/kubernetes/manifests/"+name+".yaml", "/root/"+name+".yaml.before")
	g.run("${EDITOR:-vi} %s", "/etc/kubernetes/manifests/"+name+".yaml")
	g.say("The kubelet restarts the pod by itself; see that it comes up:")
	g.run("kubectl get %s -w", target(kube.RefOf(live)))
	return &ManualError{
		Why: fmt.Sprintf("%s is a static pod: it comes from a %s on node %s, and the API server only shows it",
			kube.RefOf(live), live.GetAnnotations()[sourceAnnotation], node),
		Steps: g.text(),
	}
}

// controlled refuses what a controller would put back.
func controlled(ref kube.Ref, owner metav1.OwnerReference) error {
	at := kube.Ref{APIVersion: owner.APIVersion, Kind: owner.Kind, Namespace: ref.Namespace, Name: owner.Name}
	g := &guide{}
	g.say("Change the template in its owner; what its pods have now, to compare:")
	g.run("kubectl get %s -o yaml", target(ref))
	g.run("kubectl edit %s", target(at))
	return &ManualError{
		Why:   fmt.Sprintf("%s is made by %s/%s, which would put its own values back", ref, owner.Kind, owner.Name),
		Steps: g.text(),
	}
}

// madeAnew says how a bare pod or a job gets what it can't get while it exists:
// the fields of a strategic merge patch, or where they aren't known, what a
// person writes into its copy.
func madeAnew(live *unstructured.Unstructured, fields map[string]any) error {
	ref := kube.RefOf(live)
	g := &guide{}
	why := "a pod's settings can't be changed while it exists"
	g.say("It is stopped, and nothing but the last command starts it again. Better let a Deployment own it.")
	if ref.Kind == "Job" {
		g.lines, why = nil, "a job's pod template can't be changed"
		g.say("If it has finished, and nobody needs its logs any more, delete it:")
		g.run("kubectl delete %s", target(ref))
		g.say("Else make it anew; it runs again from its beginning:")
	}
	whole, fixed := fileFor(ref, ".yaml"), fileFor(ref, "-fixed.yaml")
	g.run("kubectl get %s -o yaml > %s", target(ref), whole)
	without := generatedByJobs(live)
	switch {
	case fields != nil && without != nil:
		g.run("kubectl patch --local -f %s --type=json -p %s -o yaml | kubectl patch --local -f - -p %s -o yaml > %s", whole, inJSON(without), inJSON(fields), fixed)
	case fields != nil:
		g.run("kubectl patch --local -f %s -p %s -o yaml > %s", whole, inJSON(fields), fixed)
	case without != nil:
		g.run("kubectl patch --local -f %s --type=json -p %s -o yaml > %s", whole, inJSON(without), fixed)
		g.run("${EDITOR:-vi} %s", fixed)
	default:
		g.run("cp %s %s", whole, fixed)
		g.run("${EDITOR:-vi} %s", fixed)
	}
	g.run("kubectl replace --force -f %s", fixed)
	return &ManualError{Why: fmt.Sprintf("%s: %s", ref, why), Steps: g.text()}
}

// generatedByJobs removes what the API server writes into a new job, and
// refuses in another one; nil for other kinds.
func generatedByJobs(live *unstructured.Unstructured) []PatchOperation {
	if live.GetKind() != "Job" || field(live.Object, "spec", "manualSelector") == true {
		return nil
	}
	operations := []PatchOperation{{Op: "remove", Path: "/spec/selector"}}
	labels, _, _ := unstructured.NestedStringMap(live.Object, "spec", "template", "metadata", "labels")
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		if strings.TrimPrefix(label, "batch.kubernetes.io/") == "controller-uid" {
			operations = append(operations, PatchOperation{Op: "remove", Path: pointer("spec", "template", "metadata", "labels", label)})
		}
	}
	return operations
}

// exactly completes the refusal to change a bare pod or a job: with the
// fields that make it right.
func exactly(s Situation, set func(podTemplate, Situation) (setting, error), refused error) error {
	bare := s.Live.GetKind() == "Pod" || s.Live.GetKind() == "Job"
	if !errors.Is(refused, ErrManual) || !bare || isStatic(s.Live) || metav1.GetControllerOf(s.Live) != nil {
		return refused
	}
	template, err := anyTemplate(s.Live)
	if err != nil {
		return err
	}
	wanted, err := set(template, s)
	if err != nil {
		return err
	}
	change, err := template.change(s.Finding.Container, wanted)
	if err != nil {
		return err
	}
	fields, _, err := unstructured.NestedMap(change.Apply.Object, template.path[0])
	if err != nil {
		return fmt.Errorf("planning for %s: %w", s.Finding.Object, err)
	}
	return madeAnew(s.Live, map[string]any{template.path[0]: fields})
}

func inNamespace(ref kube.Ref) string {
	if ref.Namespace == "" {
		return ""
	}
	return " -n " + quote(ref.Namespace)
}
