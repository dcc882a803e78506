package api

import (
	"fmt"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/rbac"
)

func systemMasters() scanners.Check {
	return scanners.Check{
		ID: "api/system-masters", Layer: scanners.API, Severity: scanners.Critical,
		Title:      "The group system:masters is in use, which no authorizer can restrict",
		References: []string{"CIS 5.1.7", "C-0246", "KSV123"},
		Fix:        scanners.Guided,
		Needs:      rbac.Resources(),
		Find:       findSystemMasters,
	}
}

// findSystemMasters sees bindings that name the group, and who may act as it.
// Who holds a certificate of the group can't be read from a cluster.
func findSystemMasters(inv *kube.Inventory) scanners.Result {
	var hits []scanners.Hit
	for _, grant := range rbac.GraphOf(inv).Grants {
		hit := scanners.Hit{Object: grant.Binding, Path: grant.Path(), Key: grant.Subject.String()}
		switch {
		case grant.Subject == rbac.Subject{Kind: rbacv1.GroupKind, Name: rbac.Masters}:
			if grant.Builtin {
				continue
			}
			hit.Severity = scanners.Low
			hit.Message = fmt.Sprintf("binds the group system:masters to %s: its members have every right already, and the binding hides who they are", grant.Role())
		case namesMasters(grant):
			hit.Message = fmt.Sprintf("%s may act as the group system:masters, by %s", grant.Subject.Phrase(), grant.Role())
		default:
			continue
		}
		hits = append(hits, hit)
	}
	result := scanners.Found(hits)
	if !inv.FromFiles() {
		result.Unknown = "who holds a client certificate of the group system:masters can't be seen in a cluster: look where certificates are issued"
	}
	return result
}

// namesMasters says that the grant lets its subject impersonate the group by
// name. Whoever may impersonate every group is api/rbac-impersonate's.
func namesMasters(grant rbac.Grant) bool {
	act := rbac.Access{Verb: "impersonate", Resource: "groups", Name: rbac.Masters}
	return grant.Namespace == "" && slices.ContainsFunc(grant.Added, func(r rbac.Rule) bool {
		return len(r.ResourceNames) > 0 && r.Allows(act)
	})
}
