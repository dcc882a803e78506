package network

import (
	"fmt"
	"strings"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/installed"
)

func notEnforced() scanners.Check {
	return scanners.Check{
		ID: "network/not-enforced", Layer: scanners.Network, Severity: scanners.High,
		Title:      "The network plugin ignores network policies",
		References: []string{"CIS 5.3.1", "C-0205"},
		Fix:        scanners.Manual,
		Needs:      installed.Resources(),
		Hints:      []kube.Resource{kube.ServerVersion},
		Find:       findNotEnforced,
	}
}

// findNotEnforced knows plugins that enforce policies and one that doesn't.
// Anything else is unknown: managed clusters often hide theirs.
func findNotEnforced(inv *kube.Inventory) scanners.Result {
	switch {
	case inv.FromFiles():
		return scanners.Unknown("manifests don't tell which network plugin runs")
	case strings.Contains(inv.Source.Version, "+k3s"), strings.Contains(inv.Source.Version, "+rke2"):
		return scanners.Result{} // they bring their own enforcement
	case len(installed.Find(inv, installed.NetworkPlugin)) > 0:
		return scanners.Result{}
	}
	for _, plain := range installed.Find(inv, installed.PlainNetworkPlugin) {
		if plain.Workload != nil {
			return scanners.Found([]scanners.Hit{{
				Object: plain.Workload.Object, Key: plain.Name,
				Message: fmt.Sprintf("%s carries the pods' traffic and enforces no network policies, and nothing else does", plain.Name),
			}})
		}
	}
	return scanners.Unknown("no network plugin was recognised, so whether policies are enforced can't be told: try one")
}

func noMTLS() scanners.Check {
	return scanners.Check{
		ID: "network/no-mtls", Layer: scanners.Network, Severity: scanners.Low,
		Title:      "Traffic between pods is in the clear",
		References: []string{"NSA"},
		Fix:        scanners.Manual,
		Needs:      installed.Resources(),
		Find: func(inv *kube.Inventory) scanners.Result {
			if inv.FromFiles() {
				return scanners.Unknown("manifests don't tell what else runs in the cluster")
			}
			if meshes := installed.Find(inv, installed.Mesh); len(meshes) > 0 {
				return scanners.Unknown(meshes[0].Name + " is installed; whether it insists on mutual TLS is in its own settings, which kiln doesn't read")
			}
			return scanners.Found([]scanners.Hit{{Object: scanners.Cluster(), Key: "mesh", Message: "runs no service mesh that kiln recognises, so pods' traffic is encrypted only where the applications or the network plugin do it"}})
		},
	}
}
