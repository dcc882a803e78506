package api

import (
	"fmt"
	"slices"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/rbac"
)

func rbacWildcard() scanners.Check {
	return scanners.Check{
		ID: "api/rbac-wildcard", Layer: scanners.API, Severity: scanners.High,
		Title:      "A role grants rights by wildcard",
		References: []string{"CIS 5.1.3", "C-0187", "NSA", "KSV044", "KSV045", "KSV046"},
		Fix:        scanners.Guided,
		Needs:      rbac.Resources(),
		Find:       findWildcards,
	}
}

// findWildcards reports the rule, at the role that holds it, once for all its
// bindings: the role is what has to be edited.
func findWildcards(inv *kube.Inventory) scanners.Result {
	var hits []scanners.Hit
	seen := map[string]int{}
	for _, grant := range rbac.GraphOf(inv).Grants {
		for _, rule := range grant.Added {
			field := wildcard(rule)
			if field == "" || rule.Everything() {
				continue // api/cluster-admin tells of whoever may do everything
			}
			hit := scanners.Hit{
				Object: rule.From, Path: fmt.Sprintf("rules[%d].%s", rule.Index, field), Key: sign(rule),
				Message:  fmt.Sprintf("grants %s, bound to %s %s", sign(rule), grant.Subject.Phrase(), grant.Scope()),
				Severity: wildcardSeverity(rule, grant),
			}
			at := kube.RefOf(rule.From).String() + hit.Key
			if i, found := seen[at]; found {
				hits[i].Severity = max(hits[i].Severity, hit.Severity)
				continue
			}
			seen[at] = len(hits)
			hits = append(hits, hit)
		}
	}
	return scanners.Found(append(hits, unboundWildcards(inv)...))
}

// unboundWildcards are those of roles that manifests don't bind, all-powerful
// ones included.
func unboundWildcards(inv *kube.Inventory) []scanners.Hit {
	var hits []scanners.Hit
	for _, grant := range rbac.GraphOf(inv).Unbound() {
		for _, rule := range grant.Rules {
			if field := wildcard(rule); field != "" {
				hits = append(hits, scanners.Hit{
					Object: rule.From, Path: fmt.Sprintf("rules[%d].%s", rule.Index, field), Key: sign(rule), Severity: scanners.Info,
					Message: fmt.Sprintf("grants %s to whoever gets this role, which none of these manifests binds", sign(rule)),
				})
			}
		}
	}
	return hits
}

// wildcard names the rule's first field that is a star. A star among the API
// groups alone says little, because the resources are named.
func wildcard(r rbac.Rule) string {
	switch {
	case slices.Contains(r.Resources, "*"):
		return "resources"
	case slices.Contains(r.Verbs, "*") && len(r.Resources) > 0:
		return "verbs"
	}
	return ""
}

// wildcardSeverity looks at what the star hides: reading, one custom API group
// or one namespace is less than everything.
func wildcardSeverity(r rbac.Rule, grant rbac.Grant) scanners.Severity {
	switch {
	case !grant.Everywhere(), r.ReadOnly() && !slices.ContainsFunc(readSecrets(), r.Allows):
		return scanners.Low
	case has(r.APIGroups, "") || has(r.APIGroups, "rbac.authorization.k8s.io"):
		return scanners.High
	}
	return scanners.Medium
}

// sign writes a rule in one line that stays the same wherever the rule stands.
func sign(r rbac.Rule) string {
	groups := make([]string, 0, len(r.APIGroups))
	for _, g := range r.APIGroups {
		if g == "" {
			g = "core"
		}
		groups = append(groups, g)
	}
	text := fmt.Sprintf("%s on %s of %s", words(sorted(r.Verbs)), words(sorted(r.Resources)), words(sorted(groups)))
	if len(r.ResourceNames) > 0 {
		text += " named " + words(sorted(r.ResourceNames))
	}
	return text
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func has(set []string, element string) bool {
	return slices.ContainsFunc(set, func(s string) bool { return s == element || s == "*" })
}
