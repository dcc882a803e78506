package api

import (
	"fmt"
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/rbac"
)

// right is a permission that opens the way to more than it says. Its check
// reports everybody whom a binding gives it to, but for what Kubernetes binds
// itself and for whoever has every right anyway, whom api/cluster-admin tells of.
type right struct {
	id, title string
	// severity holds where the grant reaches the control plane; in another
	// namespace alone it is inNamespace. Zero means: not reported there.
	severity, inNamespace scanners.Severity
	references            []string
	// clusterWide rights are about things without a namespace: a RoleBinding
	// doesn't give them.
	clusterWide bool
	// can is what the subject can do: "read secrets".
	can string
	// access lists what has to be permitted, one of them at least.
	access []rbac.Access
	// permits replaces access where a list can't say it. It returns the rule
	// that gives the right.
	permits func(*rbac.Graph, rbac.Grant) (rbac.Rule, bool)
}

func (r right) check() scanners.Check {
	if r.permits == nil {
		r.permits = r.anyAccess
	}
	return scanners.Check{
		ID: r.id, Layer: scanners.API, Severity: r.severity, Title: r.title,
		References: r.references, Fix: scanners.Guided, Needs: rbac.Resources(), Find: r.find,
	}
}

func (r right) find(inv *kube.Inventory) scanners.Result {
	graph := rbac.GraphOf(inv)
	var hits []scanners.Hit
	for _, grant := range graph.Grants {
		severity := r.severity
		if !grant.Everywhere() {
			severity = r.inNamespace
		}
		if _, all := grant.Everything(); all || severity == 0 || r.clusterWide && grant.Namespace != "" {
			continue
		}
		rule, found := r.permits(graph, grant)
		if !found {
			continue
		}
		hits = append(hits, scanners.Hit{
			Object: grant.Binding, Path: grant.Path(), Key: grant.Subject.String(), Severity: severity,
			Message: fmt.Sprintf("%s can %s %s, by %s", grant.Subject.Phrase(), r.can, grant.Scope(), place(grant, rule)),
		})
	}
	for _, grant := range graph.Unbound() {
		if _, all := grant.Everything(); all || r.clusterWide && grant.Namespace != "" {
			continue // api/rbac-wildcard tells of a role that grants everything
		}
		if rule, found := r.permits(graph, grant); found {
			hits = append(hits, scanners.Hit{
				Object: grant.Binding, Path: fmt.Sprintf("rules[%d]", rule.Index), Key: "unbound", Severity: scanners.Info,
				Message: fmt.Sprintf("whoever gets this role, which none of these manifests binds, can %s", r.can),
			})
		}
	}
	return scanners.Found(hits)
}

func (r right) anyAccess(_ *rbac.Graph, grant rbac.Grant) (rbac.Rule, bool) {
	return given(grant, r.access)
}

// given is the rule that somebody added by which a grant gives one of the
// accesses.
func given(grant rbac.Grant, accesses []rbac.Access) (rbac.Rule, bool) {
	for _, rule := range grant.Added {
		if slices.ContainsFunc(accesses, rule.Allows) {
			return rule, true
		}
	}
	return rbac.Rule{}, false
}

// place says where a rule stands: the role, and the one that it aggregates
// the rule from.
func place(grant rbac.Grant, rule rbac.Rule) string {
	text := fmt.Sprintf("rules[%d] of %s", rule.Index, grant.Role())
	if from := rule.From.GetName(); from != grant.RoleRef.Name {
		text = fmt.Sprintf("rules[%d] of ClusterRole %s, which %s takes in", rule.Index, from, grant.Role())
	}
	return text
}

// access lists every combination of verbs and resources of one API group.
func access(group string, resources []string, verbs ...string) []rbac.Access {
	all := make([]rbac.Access, 0, len(resources)*len(verbs))
	for _, resource := range resources {
		for _, verb := range verbs {
			all = append(all, rbac.Access{Verb: verb, Group: group, Resource: resource})
		}
	}
	return all
}

// words joins a list as people do.
func words(list []string) string { return strings.Join(list, ", ") }
