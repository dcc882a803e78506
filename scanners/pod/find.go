package pod

import (
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

// report takes the hits of a check one by one.
type report func(scanners.Hit)

// inPods judges what belongs to the pod as a whole. Pods that are listed for
// their ephemeral containers alone are left out: their template is judged at
// its own workload. So are pods that have ended, here and in all that follows:
// they can't be changed, and never run again.
func inPods(judge func(*kube.Workload, report)) func(*kube.Inventory) scanners.Result {
	return func(inv *kube.Inventory) scanners.Result {
		var hits []scanners.Hit
		add := func(h scanners.Hit) { hits = append(hits, h) }
		for _, w := range inv.Workloads {
			if !w.EphemeralOnly && !w.Ended {
				judge(w, add)
			}
		}
		return scanners.Found(hits)
	}
}

// inContainers judges every container of every workload.
func inContainers(judge func(container, report)) func(*kube.Inventory) scanners.Result {
	return func(inv *kube.Inventory) scanners.Result {
		var hits []scanners.Hit
		add := func(h scanners.Hit) { hits = append(hits, h) }
		for _, w := range inv.Workloads {
			if w.Ended {
				continue
			}
			for c := range containers(w) {
				judge(c, add)
			}
		}
		return scanners.Found(hits)
	}
}

// inLinuxContainers is inContainers without the pods for Windows nodes.
func inLinuxContainers(judge func(container, report)) func(*kube.Inventory) scanners.Result {
	return inContainers(func(c container, add report) {
		if !c.workload.Windows() {
			judge(c, add)
		}
	})
}

// metadataPath is where the metadata of the pods stands in the workload's
// object: beside their spec.
func metadataPath(w *kube.Workload) string {
	return strings.TrimSuffix(w.SpecPath, "spec") + "metadata"
}

func isTrue(b *bool) bool  { return b != nil && *b }
func isFalse(b *bool) bool { return b != nil && !*b }
