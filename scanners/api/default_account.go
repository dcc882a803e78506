package api

import (
	"fmt"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/rbac"
)

func defaultAccountRights() scanners.Check {
	return scanners.Check{
		ID: "api/default-account-rights", Layer: scanners.API, Severity: scanners.Medium,
		Title:      "A namespace's default ServiceAccount has rights",
		References: []string{"CIS 5.1.5", "C-0189", "CKV_K8S_42"},
		Fix:        scanners.Guided,
		Needs:      rbac.Resources(),
		Find:       findDefaultAccounts,
	}
}

// findDefaultAccounts takes a role that manifests don't show for one with
// rights: nobody binds an empty one. On a cluster a role that isn't there gives
// none, and is api/rbac-dangling's.
func findDefaultAccounts(inv *kube.Inventory) scanners.Result {
	var hits []scanners.Hit
	for _, grant := range rbac.GraphOf(inv).Grants {
		s := grant.Subject
		empty := len(grant.Rules) == 0 && !(grant.Dangling && inv.FromFiles())
		if s.Kind != rbacv1.ServiceAccountKind || s.Name != "default" || grant.Builtin || empty {
			continue
		}
		hits = append(hits, scanners.Hit{
			Object: grant.Binding, Path: fmt.Sprintf("subjects[%d]", grant.Index), Key: s.String(),
			Message: fmt.Sprintf("gives the rights of %s %s to ServiceAccount %s/default, which every pod there acts as that names no other",
				grant.RoleRef.Kind, grant.RoleRef.Name, s.Namespace),
		})
	}
	return scanners.Found(hits)
}
