package api

import (
	"fmt"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/rbac"
)

func rbacDangling() scanners.Check {
	return scanners.Check{
		ID: "api/rbac-dangling", Layer: scanners.API, Severity: scanners.Low,
		Title:      "A binding names a role or a ServiceAccount that doesn't exist",
		References: []string{"NSA"},
		Fix:        scanners.Guided,
		Needs:      append(rbac.Resources(), kube.ServiceAccounts),
		Find:       findDangling,
	}
}

// findDangling can't judge manifests: the other half often stands elsewhere.
func findDangling(inv *kube.Inventory) scanners.Result {
	exists := map[rbac.Subject]bool{}
	for _, sa := range inv.ServiceAccounts {
		exists[rbac.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: sa.Namespace, Name: sa.Name}] = true
	}
	var hits []scanners.Hit
	roleSaid := map[kube.Object]bool{}
	for _, grant := range rbac.GraphOf(inv).Grants {
		hit := scanners.Hit{Object: grant.Binding, Path: grant.Path(), Key: grant.Subject.String()}
		switch {
		case grant.Builtin:
			continue // the control plane makes its accounts when it needs them
		case grant.Dangling && roleSaid[grant.Binding]:
			continue
		case grant.Dangling:
			roleSaid[grant.Binding] = true
			hit.Path, hit.Key = "roleRef", ""
			hit.Message = fmt.Sprintf("binds %s, which doesn't exist: whoever creates it decides what the subjects may do", grant.Role())
		case grant.Subject.Kind == rbacv1.ServiceAccountKind && !exists[grant.Subject]:
			hit.Message = fmt.Sprintf("%s doesn't exist: whoever creates it gets the rights of %s %s", grant.Subject.Phrase(), grant.Role(), grant.Scope())
		default:
			continue
		}
		hits = append(hits, hit)
	}
	if inv.FromFiles() && len(hits) > 0 {
		return scanners.Unknown(fmt.Sprintf("%s name roles or ServiceAccounts that are not among the files", count(len(hits), "binding")))
	}
	return scanners.Found(hits)
}
