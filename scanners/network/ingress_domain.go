package network

import (
	"fmt"
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

// ingressForeignHost finds hosts outside of the domains that the configuration
// names. With none given, all are expected.
func ingressForeignHost(domains []string) scanners.Check {
	return scanners.Check{
		ID: "network/ingress-foreign-host", Layer: scanners.Network, Severity: scanners.Medium,
		Title:      "An ingress claims a host outside of your domains",
		References: []string{"Gatekeeper allowed ingress hosts"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.Ingresses},
		Find: func(inv *kube.Inventory) scanners.Result {
			if len(domains) == 0 {
				return scanners.Result{Note: "no ingressDomains are named in kiln.yaml, so that every host is expected"}
			}
			var hits []scanners.Hit
			for _, ing := range inv.Ingresses {
				for i, rule := range ing.Spec.Rules {
					// One without a host is network/ingress-wildcard's.
					if rule.Host != "" && !slices.ContainsFunc(domains, func(domain string) bool { return below(rule.Host, domain) }) {
						hits = append(hits, scanners.Hit{
							Object: ing, Path: fmt.Sprintf("spec.rules[%d].host", i), Key: rule.Host,
							Message: fmt.Sprintf("claims %s, which is in none of your domains", rule.Host),
						})
					}
				}
			}
			return scanners.Found(hits)
		},
	}
}

// below says that a host is a domain or in it; *.shop.example is in
// shop.example.
func below(host, domain string) bool {
	host, domain = strings.ToLower(host), strings.ToLower(strings.TrimPrefix(domain, "*."))
	return host == domain || strings.HasSuffix(host, "."+domain)
}
