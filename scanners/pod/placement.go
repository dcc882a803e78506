package pod

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/scanners"
)

func nakedPod() scanners.Check {
	return scanners.Check{
		ID: "pod/naked-pod", Layer: scanners.Pod, Severity: scanners.Low,
		Title:      "A pod has no controller",
		References: []string{"C-0073"},
		Fix:        scanners.Manual,
		Reads:      kube.WorkloadResources(),
		Find: inPods(func(w *kube.Workload, add report) {
			_, hook := w.Object.GetAnnotations()["helm.sh/hook"]
			if w.Ref().Kind == "Pod" && metav1.GetControllerOf(w.Object) == nil && !isStatic(w) && !hook {
				add(scanners.Hit{Object: w.Object, Path: "metadata.ownerReferences", Message: "the pod has no controller that would start it again"})
			}
		}),
	}
}

func defaultNamespace() scanners.Check {
	return scanners.Check{
		ID: "pod/default-namespace", Layer: scanners.Pod, Severity: scanners.Low,
		Title:      "A workload is in the default namespace",
		References: []string{"CIS 5.6.4", "C-0212", "KSV110"},
		Fix:        scanners.Manual,
		Reads:      kube.WorkloadResources(),
		Find: inPods(func(w *kube.Workload, add report) {
			if w.Namespace() == metav1.NamespaceDefault {
				add(scanners.Hit{Object: w.Object, Path: "metadata.namespace", Message: fmt.Sprintf("%s %q is in the default namespace", w.Ref().Kind, w.Object.GetName())})
			}
		}),
	}
}

func kubeSystemWorkload() scanners.Check {
	return scanners.Check{
		ID: "pod/kube-system-workload", Layer: scanners.Pod, Severity: scanners.Low,
		Title:      "A workload of yours is among Kubernetes' own",
		References: []string{"KSV037"},
		Fix:        scanners.Manual,
		Reads:      kube.WorkloadResources(),
		Find: inPods(func(w *kube.Workload, add report) {
			if w.Namespace() == metav1.NamespaceSystem && !isSystem(w) {
				add(scanners.Hit{Object: w.Object, Path: "metadata.namespace", Message: fmt.Sprintf("%s %q is in kube-system and doesn't look like a part of Kubernetes", w.Ref().Kind, w.Object.GetName())})
			}
		}),
	}
}

// isSystem goes by the marks that distributions put on their components.
func isSystem(w *kube.Workload) bool {
	if isStatic(w) || strings.HasPrefix(w.Spec.PriorityClassName, "system-") {
		return true
	}
	for _, labels := range []map[string]string{w.Object.GetLabels(), w.Meta.Labels} {
		for _, mark := range []string{"k8s-app", "kubernetes.io/cluster-service", "addonmanager.kubernetes.io/mode", "objectset.rio.cattle.io/hash", "eks.amazonaws.com/component"} {
			if labels[mark] != "" {
				return true
			}
		}
		if labels["tier"] == "control-plane" || labels["tier"] == "node" {
			return true
		}
	}
	return false
}
