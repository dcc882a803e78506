package network

import (
	"fmt"
	"strings"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/installed"
)

func notEnforced(tools installed.Table) scanners.Check {
	return scanners.Check{
		ID: NotEnforcedID, Layer: scanners.Network, Severity: scanners.High,
		Title:      "The network plugin ignores network policies",
		References: []string{"CIS 5.3.1", "C-0205"},
		Fix:        scanners.Manual,
		Needs:      installed.Resources(),
		Hints:      []kube.Resource{kube.ServerVersion},
		Find:       func(inv *kube.Inventory) scanners.Result { return findNotEnforced(tools, inv) },
	}
}

// findNotEnforced knows plugins that enforce policies and one that doesn't.
// Anything else is unknown: managed clusters often hide theirs.
func findNotEnforced(tools installed.Table, inv *kube.Inventory) scanners.Result {
	switch {
	case inv.FromFiles():
		return scanners.Unknown("manifests don't tell which network plugin runs")
	case strings.Contains(inv.Source.Version, "+k3s"), strings.Contains(inv.Source.Version, "+rke2"):
		return scanners.Result{} // they bring their own enforcement
	case len(tools.Find(inv, installed.NetworkPlugin)) > 0:
		return scanners.Result{}
	}
	for _, plain := range tools.Find(inv, installed.PlainNetworkPlugin) {
		if plain.Workload != nil {
			return scanners.Found([]scanners.Hit{{
				Object: plain.Workload.Object, Key: plain.Name,
				Message: fmt.Sprintf("%s carries the pods' traffic and enforces no network policies, and nothing else does", plain.Name),
			}})
		}
	}
	return scanners.Unknown("no network plugin was recognised; make a policy and see whether it holds")
}
