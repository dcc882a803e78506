package api

import (
	"fmt"
	"slices"
	"time"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

// longestRequest is the time that CIS gives as an example for slow networks.
const longestRequest = 5 * time.Minute

func flagRequestTimeout() scanners.Check {
	return flagCheck{
		id: "api/flag-request-timeout", title: "Requests to the API server may take very long",
		severity: scanners.Low, references: []string{"CIS 1.2.20", "C-0134"},
		faults: func(inv *kube.Inventory) []fault {
			given := flags.Of(inv, "request-timeout")
			timeout, err := time.ParseDuration(given.Text)
			return faultIf(given.Set && err == nil && (timeout <= 0 || timeout > longestRequest),
				fmt.Sprintf("lets a request take %s, so that slow ones can use up its connections: set --request-timeout=60s, the default, or up to %s", timeout, longestRequest))
		},
	}.check()
}

// flagEventRateLimit goes by the meaning of the recommendation: since 1.20 all
// requests, and those for events among them, are limited by priority and
// fairness, unless it was turned off.
func flagEventRateLimit() scanners.Check {
	return flagCheck{
		id: "api/flag-event-rate-limit", title: "Nothing keeps one client from using up the API server",
		severity: scanners.Low, references: []string{"CIS 1.2.9", "C-0121", "KCV0010"},
		faults: func(inv *kube.Inventory) []fault {
			limited := flags.Of(inv, "enable-priority-and-fairness").Bool(true) || enables(inv, "EventRateLimit")
			return faultIf(!limited, "has priority and fairness off, and no EventRateLimit: drop --enable-priority-and-fairness=false")
		},
	}.check()
}

// pullVerified is the release since which kubelets themselves see to it that a
// pod may use a private image that its node already has (KEP-2535).
const pullVerified = "1.35"

func flagAlwaysPullImages() scanners.Check {
	check := flagCheck{
		id: "api/flag-always-pull-images", title: "Pods may run private images that others have pulled to their node",
		severity: scanners.Info, references: []string{"CIS 1.2.11", "C-0123", "KCV0012"},
		faults: func(inv *kube.Inventory) []fault {
			return faultIf(!enables(inv, "AlwaysPullImages") && scanners.OlderThan(inv.Source.Version, pullVerified),
				"lets a pod use an image on its node without credentials for the registry: upgrade to "+pullVerified+", or add AlwaysPullImages to --enable-admission-plugins")
		},
	}.check()
	check.Needs = append(check.Needs, kube.ServerVersion)
	return check
}

func flagExternalIPs() scanners.Check {
	return flagCheck{
		id: "api/flag-external-ips", title: "Whoever may write services may take over any address",
		severity: scanners.Low, references: []string{"CIS 1.2.3", "C-0283", "KCV0003", "CVE-2020-8554"},
		faults: func(inv *kube.Inventory) []fault {
			return faultIf(!enables(inv, "DenyServiceExternalIPs"),
				"lets services claim external IP addresses: add DenyServiceExternalIPs to --enable-admission-plugins")
		},
	}.check()
}

func enables(inv *kube.Inventory, plugin string) bool {
	return slices.Contains(flags.Of(inv, "enable-admission-plugins").List(), plugin)
}
