package imported

import (
	"fmt"

	"kiln/kube"
	"kiln/scanners"
)

func kubeBench() scanners.Check {
	return scanners.Check{
		ID: "import/kube-bench", Layer: scanners.Node, Severity: scanners.Info,
		Title:      "kube-bench found a setting that the CIS benchmark advises against",
		References: []string{"kube-bench"},
		Fix:        scanners.Manual,
		// The results come from a file, and are about the nodes.
		Reads: []kube.Resource{kube.Nodes},
		Find: func(inv *kube.Inventory) scanners.Result {
			if inv.KubeBench == nil {
				return scanners.Unknown("no results of kube-bench were given (kiln scan --import kube-bench.json)")
			}
			var hits []scanners.Hit
			for _, r := range inv.KubeBench {
				severity := scanners.Medium
				if r.Status == "WARN" {
					severity = scanners.Info
				}
				hits = append(hits, scanners.Hit{
					Object: scanners.Cluster(), Key: r.NodeType + " " + r.Number, Severity: severity,
					Message: fmt.Sprintf("kube-bench %s (%s): %s", r.Number, r.NodeType, r.Text),
				})
			}
			return scanners.Found(hits)
		},
	}
}
