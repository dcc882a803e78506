package fixes

import (
	"fmt"

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
	if _, static := live.GetAnnotations()[mirrorAnnotation]; static {
		return staticPod(live)
	}
	if owner := metav1.GetControllerOf(live); owner != nil {
		return &ManualError{
			Why:   fmt.Sprintf("%s is made by %s/%s, which would put its own values back", ref, owner.Kind, owner.Name),
			Steps: fmt.Sprintf("Change the template in its owner:\n  kubectl edit %s %s%s", owner.Kind, owner.Name, inNamespace(ref)),
		}
	}
	switch live.GetKind() {
	case "Pod":
		return replaceByHand(ref, "a pod's settings can't be changed while it exists",
			"The pod is stopped, and nothing but this command starts it again. Better let a Deployment own it.")
	case "Job":
		return replaceByHand(ref, "a job's pod template can't be changed",
			"The job runs again from its beginning. If it has finished, deleting it is enough.")
	}
	if templatePath(live.GetKind()) == nil {
		return &ManualError{
			Why:   fmt.Sprintf("kiln doesn't know the pod template of a %s", ref.Kind),
			Steps: fmt.Sprintf("  kubectl edit %s %s%s", ref.Kind, ref.Name, inNamespace(ref)),
		}
	}
	return nil
}

func staticPod(live *unstructured.Unstructured) error {
	node, _, _ := unstructured.NestedString(live.Object, "spec", "nodeName")
	return &ManualError{
		Why: fmt.Sprintf("%s is a static pod: it comes from a %s on node %s, and the API server only shows it",
			kube.RefOf(live), live.GetAnnotations()[sourceAnnotation], node),
		Steps: fmt.Sprintf("On node %s:\n  edit its manifest in the folder of the kubelet's staticPodPath (often /etc/kubernetes/manifests)\n  the kubelet restarts the pod by itself", node),
	}
}

func replaceByHand(ref kube.Ref, why, what string) error {
	return &ManualError{Why: fmt.Sprintf("%s: %s", ref, why), Steps: fmt.Sprintf(
		"%s\n  kubectl get %s %s%s -o yaml > %s.yaml\n  edit the field in %s.yaml\n  kubectl replace --force -f %s.yaml",
		what, ref.Kind, ref.Name, inNamespace(ref), ref.Name, ref.Name, ref.Name)}
}

func inNamespace(ref kube.Ref) string {
	if ref.Namespace == "" {
		return ""
	}
	return " -n " + ref.Namespace
}
