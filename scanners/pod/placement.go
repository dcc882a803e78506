package pod

import (
	"fmt"

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
			if w.Ref().Kind == "Pod" && metav1.GetControllerOf(w.Object) == nil && !w.Static() && !hook {
				add(scanners.Hit{Object: w.Object, Path: "metadata.ownerReferences", Message: "the pod has no controller that would start it again"})
			}
		}),
	}
}

func defaultNamespace() scanners.Check {
	return scanners.Check{
		ID: "pod/default-namespace", Layer: scanners.Pod, Severity: scanners.Low,
		Title:      "A workload is in the default namespace",
		References: []string{"CIS 5.6.1", "CIS 5.6.4", "C-0061", "C-0209", "C-0212", "KSV110"},
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
			if w.Namespace() == metav1.NamespaceSystem && !scanners.SystemWorkload(w) {
				add(scanners.Hit{Object: w.Object, Path: "metadata.namespace", Message: fmt.Sprintf("%s %q is in kube-system and doesn't look like a part of Kubernetes", w.Ref().Kind, w.Object.GetName())})
			}
		}),
	}
}
