package api

import (
	"net/netip"
	"net/url"

	"kiln/kube"
	"kiln/scanners"
)

func publicEndpoint() scanners.Check {
	return scanners.Check{
		ID: "api/public-endpoint", Layer: scanners.API, Severity: scanners.Medium,
		Title:      "The API server has an address on the internet",
		References: []string{"NSA"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.ServerVersion},
		Find:       findPublicEndpoint,
	}
}

// findPublicEndpoint judges the address that kiln itself used. A name could
// mean any address, and a firewall can't be seen.
func findPublicEndpoint(inv *kube.Inventory) scanners.Result {
	server, err := url.Parse(inv.Source.Server)
	if err != nil || server.Hostname() == "" {
		return scanners.Unknown("the API server's address isn't known")
	}
	host := server.Hostname()
	addr, err := netip.ParseAddr(host)
	switch {
	case host == "localhost":
		return scanners.Unknown("the API server is reached through localhost, which tells nothing of its own address")
	case err != nil:
		return scanners.Unknown("whether " + kube.Clean(host) + " can be reached from the internet can't be seen from here: try it from outside")
	case addr.IsLoopback():
		return scanners.Unknown("the API server is reached through a loopback address, which tells nothing of its own")
	case !kube.Public(addr):
		return scanners.Result{}
	}
	return scanners.Found([]scanners.Hit{{
		Object: scanners.APIServer(inv), Path: "server",
		Message: "is reached at the public address " + host + ": anybody can try, unless a firewall stands before it",
	}})
}
