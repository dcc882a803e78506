// Package network holds the checks of the network layer: who can talk to
// whom, and what is open to the outside.
package network

import (
	"embed"

	"kiln/scanners"
)

//go:embed *.md
var lessons embed.FS

// Introduction tells what the layer is about, in Markdown.
func Introduction() string { return scanners.LayerIntroduction(lessons) }

// Checks are all checks of the layer.
func Checks(cfg scanners.Config) []scanners.Check {
	tools := cfg.AllTools()
	return scanners.WithLessons(lessons, []scanners.Check{
		noPolicy(),
		noDefaultDenyIngress(),
		noDefaultDenyEgress(),
		danglingPolicy(),
		allowAll(),
		nodePort(),
		publicLoadBalancer(),
		externalIPs(),
		besideGateways(ingressNoTLS()),
		besideGateways(ingressWildcard()),
		besideGateways(ingressHostConflict()),
		besideGateways(ingressForeignHost(cfg.IngressDomains)),
		ingressSnippets(),
		exposedDashboard(),
		metadataEgress(),
		notEnforced(tools),
		noMTLS(tools),
	})
}
