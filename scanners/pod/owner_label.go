package pod

import (
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

// noOwnerLabel finds workloads about which nobody can be asked. wanted are
// the labels or annotations of which one is enough.
func noOwnerLabel(wanted []string) scanners.Check {
	return scanners.Check{
		ID: "pod/no-owner-label", Layer: scanners.Pod, Severity: scanners.Info,
		Title:      "A workload doesn't say whose it is",
		References: []string{"Gatekeeper required labels"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Hints:      []kube.Resource{kube.Namespaces},
		Find: func(inv *kube.Inventory) scanners.Result {
			owned := map[string]bool{}
			for _, ns := range inv.Namespaces {
				owned[ns.Name] = hasAny(wanted, ns.Labels, ns.Annotations)
			}
			return inPods(func(w *kube.Workload, add report) {
				o := w.Object
				if len(wanted) > 0 && !owned[w.Namespace()] && !hasAny(wanted, o.GetLabels(), o.GetAnnotations(), w.Meta.Labels, w.Meta.Annotations) {
					add(scanners.Hit{Object: o, Path: "metadata.labels", Message: "nothing says whose it is: no " + strings.Join(wanted, ", ")})
				}
			})(inv)
		},
	}
}

func hasAny(keys []string, pairs ...map[string]string) bool {
	for _, key := range keys {
		for _, p := range pairs {
			if p[key] != "" {
				return true
			}
		}
	}
	return false
}
