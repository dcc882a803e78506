package api

import (
	"fmt"

	"kiln/kube"
	"kiln/scanners"
)

// workloadsByNamespace counts the workloads of the namespaces that belong to
// users: the control plane's own run what they have to.
func workloadsByNamespace(inv *kube.Inventory) map[string]int {
	busy := map[string]int{}
	for _, w := range inv.Workloads {
		if !w.EphemeralOnly && !scanners.ControlPlaneNamespace(w.Namespace()) {
			busy[w.Namespace()]++
		}
	}
	return busy
}

// count is "1 workload", "3 workloads".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
