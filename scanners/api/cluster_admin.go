package api

import (
	"fmt"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/rbac"
)

func clusterAdmin() scanners.Check {
	return scanners.Check{
		ID: "api/cluster-admin", Layer: scanners.API, Severity: scanners.Critical,
		Title:      "A subject has every right on every resource",
		References: []string{"CIS 5.1.1", "C-0035", "C-0185", "NSA", "KSV111"},
		Fix:        scanners.Guided,
		Needs:      rbac.Resources(),
		Find:       findClusterAdmins,
	}
}

func findClusterAdmins(inv *kube.Inventory) scanners.Result {
	var hits []scanners.Hit
	for _, grant := range rbac.GraphOf(inv).Grants {
		// api/system-masters tells of this group.
		if grant.Subject == (rbac.Subject{Kind: "Group", Name: rbac.Masters}) {
			continue
		}
		rule, all := grant.Everything()
		if !all {
			continue
		}
		hit := scanners.Hit{
			Object: grant.Binding, Path: grant.Path(), Key: grant.Subject.String(),
			Message: fmt.Sprintf("%s has every right %s, by %s", grant.Subject.Phrase(), grant.Scope(), place(grant, rule)),
		}
		if !grant.Everywhere() {
			hit.Severity = scanners.Medium
		}
		hits = append(hits, hit)
	}
	return scanners.Found(hits)
}
