package api

import (
	"fmt"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/rbac"
)

func anonymousBinding() scanners.Check {
	nobody := []rbac.Subject{
		{Kind: rbacv1.UserKind, Name: rbac.Anonymous},
		{Kind: rbacv1.GroupKind, Name: rbac.Unauthenticated},
	}
	return scanners.Check{
		ID: "api/anonymous-binding", Layer: scanners.API, Severity: scanners.Critical,
		Title:      "Requests without credentials have rights",
		References: []string{"CIS 5.1.1", "C-0262", "KSV122"},
		Fix:        scanners.Safe,
		Needs:      rbac.Resources(),
		Find: func(inv *kube.Inventory) scanners.Result {
			return findBroad(inv, nobody, "anybody who reaches the API server, without credentials,", scanners.High)
		},
	}
}

func authenticatedBinding() scanners.Check {
	everybody := []rbac.Subject{
		{Kind: rbacv1.GroupKind, Name: rbac.Authenticated},
		{Kind: rbacv1.GroupKind, Name: rbac.AllServiceAccounts},
	}
	return scanners.Check{
		ID: "api/authenticated-binding", Layer: scanners.API, Severity: scanners.High,
		Title:      "Every account of the cluster has rights, pods' included",
		References: []string{"C-0265"},
		Fix:        scanners.Guided,
		Needs:      rbac.Resources(),
		Find: func(inv *kube.Inventory) scanners.Result {
			return findBroad(inv, everybody, "every account, each pod's included,", scanners.Low)
		},
	}
}

// findBroad reports bindings of subjects that stand for everybody, but for
// those of Kubernetes itself. harmless is the severity where nothing can be
// changed and no secret read.
func findBroad(inv *kube.Inventory, subjects []rbac.Subject, who string, harmless scanners.Severity) scanners.Result {
	var hits []scanners.Hit
	for _, grant := range rbac.GraphOf(inv).Grants {
		if !slices.Contains(subjects, grant.Subject) || len(grant.Added) == 0 {
			continue
		}
		hit := scanners.Hit{
			Object: grant.Binding, Path: grant.Path(), Key: grant.Subject.String(),
			Message: fmt.Sprintf("%s has the rights of %s %s (%s)", who, grant.Role(), grant.Scope(), grant.Subject.Phrase()),
		}
		switch {
		case joinsNodes(grant):
			hit.Severity = scanners.Low
			hit.Message += "; kubeadm join reads the cluster's address there"
		case !slices.ContainsFunc(grant.Added, harms):
			hit.Severity = harmless
		}
		hits = append(hits, hit)
	}
	return scanners.Found(hits)
}

// harms says that a rule permits a change, or reading secrets.
func harms(r rbac.Rule) bool {
	return !r.ReadOnly() || slices.ContainsFunc(readSecrets(), r.Allows)
}

// joinsNodes recognises what kubeadm makes for nodes to join with: the one
// ConfigMap that holds the API server's address and certificate authority.
func joinsNodes(grant rbac.Grant) bool {
	return grant.Namespace == "kube-public" && !slices.ContainsFunc(grant.Added, func(r rbac.Rule) bool {
		return !r.ReadOnly() || !slices.Equal(r.Resources, []string{"configmaps"}) ||
			!slices.Equal(r.ResourceNames, []string{"cluster-info"})
	})
}
