package data

import (
	"fmt"

	"kiln/kube"
	"kiln/scanners"
)

func legacyTokenSecret() scanners.Check {
	return scanners.Check{
		ID: "data/legacy-token-secret", Layer: scanners.Data, Severity: scanners.Medium,
		Title:      "A Secret holds a ServiceAccount's token that never expires",
		References: []string{"KEP-2799"},
		Fix:        scanners.Guided,
		Needs:      []kube.Resource{kube.Secrets},
		Find: func(inv *kube.Inventory) scanners.Result {
			var hits []scanners.Hit
			for _, s := range inv.Secrets {
				account := s.Annotations["kubernetes.io/service-account.name"]
				_, invalid := s.Labels["kubernetes.io/legacy-token-invalid-since"]
				if account == "" || invalid {
					continue
				}
				message := fmt.Sprintf("holds a token of ServiceAccount %q that never expires", account)
				if used := s.Labels["kubernetes.io/legacy-token-last-used"]; used != "" {
					message += ", last used on " + used
				}
				hits = append(hits, scanners.Hit{Object: s, Path: "metadata.annotations[kubernetes.io/service-account.name]", Message: message})
			}
			return scanners.Found(hits)
		},
	}
}
