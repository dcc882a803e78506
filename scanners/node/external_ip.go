package node

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
)

func externalIP() scanners.Check {
	return scanners.Check{
		ID: "node/external-ip", Layer: scanners.Node, Severity: scanners.Medium,
		Title:      "A node has an address on the internet",
		References: []string{"NSA"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.Nodes},
		Find: func(inv *kube.Inventory) scanners.Result {
			var hits []scanners.Hit
			for _, n := range inv.Nodes {
				for _, at := range n.Status.Addresses {
					if public(at) {
						hits = append(hits, scanners.Hit{
							Object: n, Path: "status.addresses", Key: at.Address,
							Message: "has the public address " + at.Address + ": its kubelet and node ports are on the internet unless a firewall stands before it",
						})
					}
				}
			}
			return scanners.Found(hits)
		},
	}
}

// public looks at the address itself: some clouds call a private one external,
// and on bare metal the internal one may be public.
func public(at corev1.NodeAddress) bool {
	if at.Type != corev1.NodeExternalIP && at.Type != corev1.NodeInternalIP {
		return false
	}
	addr, err := netip.ParseAddr(at.Address)
	return err == nil && kube.Public(addr)
}
