package data

import (
	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/installed"
)

func noExternalSecrets(tools installed.Table) scanners.Check {
	return scanners.Check{
		ID: "data/no-external-secrets", Layer: scanners.Data, Severity: scanners.Info,
		Title:      "Secrets are kept in the cluster alone",
		References: []string{"CIS 5.4.2", "C-0208"},
		Fix:        scanners.Manual,
		Needs:      installed.Resources(),
		Find: func(inv *kube.Inventory) scanners.Result {
			return missing(tools, inv, installed.ExternalSecrets, "runs nothing that kiln recognises and that brings Secrets from a secret manager")
		},
	}
}

// missing is a finding on the cluster if no tool of a category is there.
// Manifests show a part of a cluster, so what isn't in them proves nothing.
func missing(tools installed.Table, inv *kube.Inventory, category installed.Category, message string) scanners.Result {
	switch {
	case len(tools.Find(inv, category)) > 0:
		return scanners.Found(nil)
	case inv.FromFiles():
		return scanners.Unknown("manifests don't tell what else runs in the cluster")
	}
	return scanners.Found([]scanners.Hit{{Object: scanners.Cluster(), Key: string(category), Message: message}})
}
