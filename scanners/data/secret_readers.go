package data

import (
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/rbac"
)

func secretReaders() scanners.Check {
	return scanners.Check{
		ID: "data/secret-readers", Layer: scanners.Data, Severity: scanners.Medium,
		Title:      "A Secret can be read from outside of its namespace",
		References: []string{"CIS 5.1.2", "C-0186"},
		Fix:        scanners.Manual,
		Needs:      append(rbac.Resources(), kube.Secrets),
		Find: func(inv *kube.Inventory) scanners.Result {
			readers := outsideReaders(rbac.GraphOf(inv))
			var hits []scanners.Hit
			for _, s := range inv.Secrets {
				if who := readers.of(s.Namespace, s.Name); len(who) > 0 {
					hits = append(hits, scanners.Hit{
						Object: s, Path: "metadata.name",
						Message: fmt.Sprintf("can be read from outside of its namespace, by %s", strings.Join(who, ", ")),
					})
				}
			}
			return scanners.Found(hits)
		},
	}
}

// readers are the grants that open a namespace's Secrets to others, by
// namespace.
type readers map[string][]rbac.Grant

// outsideReaders keeps grants by RoleBindings to ServiceAccounts of other
// namespaces and to everybody. Those that hold in all namespaces are findings
// of their own, on their roles, and people are meant to read where they were
// let in.
func outsideReaders(graph *rbac.Graph) readers {
	found := readers{}
	for _, grant := range graph.Grants {
		if grant.Namespace == "" || grant.Builtin {
			continue
		}
		foreign := grant.Subject.Kind == rbacv1.ServiceAccountKind && grant.Subject.Namespace != grant.Namespace
		crowd := slices.Contains([]string{rbac.Authenticated, rbac.Unauthenticated, rbac.AllServiceAccounts, rbac.Anonymous}, grant.Subject.Name)
		if foreign || crowd {
			found[grant.Namespace] = append(found[grant.Namespace], grant)
		}
	}
	return found
}

// of lists who may read a Secret, each by subject and binding.
func (r readers) of(namespace, name string) []string {
	var who []string
	for _, grant := range r[namespace] {
		if readsSecret(grant, name) {
			who = append(who, grant.Subject.Phrase()+" through RoleBinding "+grant.Binding.GetName())
		}
	}
	slices.Sort(who)
	return slices.Compact(who)
}

// readsSecret says that the grant shows the Secret's values: list and watch
// show them as get does.
func readsSecret(grant rbac.Grant, name string) bool {
	for _, rule := range grant.Rules {
		for _, verb := range []string{"get", "list", "watch"} {
			if rule.Allows(rbac.Access{Verb: verb, Resource: "secrets", Name: name}) {
				return true
			}
		}
	}
	return false
}
