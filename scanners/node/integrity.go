package node

import (
	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/installed"
)

func noIntegrityMonitor(tools installed.Table) scanners.Check {
	return scanners.Check{
		ID: "node/no-integrity-monitor", Layer: scanners.Node, Severity: scanners.Low,
		Title:      "Nobody would notice a changed file on a node",
		References: []string{"NSA"},
		Fix:        scanners.Manual,
		Needs:      installed.Resources(),
		Find: func(inv *kube.Inventory) scanners.Result {
			switch {
			case len(tools.Find(inv, installed.FileIntegrity)) > 0:
				return scanners.Result{}
			case inv.FromFiles():
				return scanners.Unknown("manifests don't tell what else runs in the cluster")
			}
			return scanners.Found([]scanners.Hit{{
				Object: scanners.Cluster(), Key: string(installed.FileIntegrity),
				Message: "runs nothing that kiln recognises and that watches the nodes' files",
			}})
		},
	}
}
