package pod

import (
	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
)

// kubeletsFillInSeccomp says that the kubelet of each Linux node is known to run
// with seccompDefault. One that didn't tell counts as one without: a pod may be
// started there.
func kubeletsFillInSeccomp(inv *kube.Inventory) bool {
	if _, unread := inv.Gap(kube.Nodes); unread {
		return false
	}
	known := false
	for _, node := range inv.Nodes {
		if node.Status.NodeInfo.OperatingSystem == string(corev1.Windows) {
			continue
		}
		config := inv.Kubelets[node.Name]
		if config == nil || !isTrue(config.SeccompDefault) {
			return false
		}
		known = true
	}
	return known
}

// filledInByKubelet leaves privileged containers alone: runtimes filter none of
// their calls, whatever the kubelet asks for.
func filledInByKubelet(c container, hit scanners.Hit) scanners.Hit {
	if isTrue(c.settings().Privileged) {
		return hit
	}
	hit.Severity = scanners.Info
	hit.Message += ", and runs with RuntimeDefault only because every node's kubelet has seccompDefault; the restricted standard wants it in the pod"
	return hit
}
