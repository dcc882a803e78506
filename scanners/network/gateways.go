package network

import (
	"kiln/kube"
	"kiln/scanners"
)

// besideGateways completes a check of Ingresses, which aren't the only way in:
// what the Gateway API lets in isn't judged, so nothing passes where it is used.
func besideGateways(c scanners.Check) scanners.Check {
	find := c.Find
	c.Reads = append(c.Reads, kube.Gateways)
	c.Find = func(inv *kube.Inventory) scanners.Result {
		result := find(inv)
		if n := len(inv.Custom[kube.Gateways]); n > 0 && result.Unknown == "" {
			result.Unknown = "requests come in by " + plural(n, "Gateway") + " of the Gateway API, too, whose listeners and routes kiln doesn't judge (kubectl get gateways,httproutes -A -o yaml)"
		}
		return result
	}
	return c
}
