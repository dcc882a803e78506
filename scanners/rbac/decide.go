package rbac

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// Decision is what RBAC makes of a request.
type Decision struct {
	// By are the grants that allow it, each with only the rules that do.
	By []Grant
	// Near are the grants of the one who asks that almost allow it, the
	// nearest first. They are there only where By is empty.
	Near []Miss
}

// Miss is a grant that would allow a request but for one thing.
type Miss struct {
	// Grant has only the rule that comes near.
	Grant Grant
	// Lacks is that thing, as a clause: "it holds in namespace shop only".
	Lacks string

	distance int
}

// mostMisses are enough to learn from.
const mostMisses = 5

// PrincipalsOf are all that bindings can name of a user: the user itself and
// its groups.
func PrincipalsOf(user string, groups []string) []Subject {
	var principals []Subject
	if subject, ok := subjectOf(rbacv1.Subject{Kind: rbacv1.UserKind, Name: user}, ""); ok {
		principals = append(principals, subject)
	}
	for _, group := range groups {
		principals = append(principals, Subject{Kind: rbacv1.GroupKind, Name: group})
	}
	return principals
}

// Decide judges a request by somebody who is all of the principals.
func (g *Graph) Decide(principals []Subject, a Access) Decision {
	var d Decision
	for _, grant := range g.Grants {
		if !slices.Contains(principals, grant.Subject) {
			continue
		}
		if rules := grant.permits(a); len(rules) > 0 {
			grant.Rules = rules
			d.By = append(d.By, grant)
			continue
		}
		if miss, ok := grant.nearest(a); ok {
			d.Near = append(d.Near, miss)
		}
	}
	if len(d.By) > 0 {
		d.Near = nil
	}
	slices.SortStableFunc(d.Near, func(x, y Miss) int { return cmp.Compare(x.distance, y.distance) })
	d.Near = d.Near[:min(mostMisses, len(d.Near))]
	return d
}

// nearest finds the rule that lacks least.
func (g Grant) nearest(a Access) (best Miss, found bool) {
	if g.Dangling {
		return Miss{Grant: g, Lacks: g.Role() + " doesn't exist", distance: 9}, true
	}
	for _, rule := range g.Rules {
		if miss, ok := g.miss(rule, a); ok && (!found || miss.distance < best.distance) {
			best, found = miss, true
		}
	}
	return best, found
}

// miss says what one rule lacks, if that is a single thing.
func (g Grant) miss(rule Rule, a Access) (Miss, bool) {
	var lacks []Miss
	lack := func(distance int, format string, args ...any) {
		lacks = append(lacks, Miss{Lacks: fmt.Sprintf(format, args...), distance: distance})
	}
	if !g.reaches(a.Namespace) {
		lack(1, "it holds %s only", g.Scope())
	}
	if len(rule.ResourceNames) > 0 && !slices.Contains(rule.ResourceNames, a.Name) {
		lack(2, "it is for objects named %s only", strings.Join(rule.ResourceNames, ", "))
	}
	if !has(rule.Verbs, a.Verb) {
		lack(3, "it allows %s, not %s", strings.Join(rule.Verbs, ", "), a.Verb)
	}
	parent, sub, isSub := strings.Cut(a.Resource, "/")
	switch {
	case rule.covers(a.Resource):
		if !has(rule.APIGroups, a.Group) {
			lack(5, "it is for the API group %s, not %s", groupNames(rule.APIGroups), groupNames([]string{a.Group}))
		}
	case isSub && rule.covers(parent) && has(rule.APIGroups, a.Group):
		lack(4, "it is for %s, which doesn't include their %s", parent, sub)
	case !isSub && slices.ContainsFunc(rule.Resources, func(r string) bool { return strings.HasPrefix(r, a.Resource+"/") }) && has(rule.APIGroups, a.Group):
		lack(4, "it is for a part of %s only", a.Resource)
	default:
		return Miss{}, false
	}
	if len(lacks) != 1 {
		return Miss{}, false
	}
	g.Rules = []Rule{rule}
	lacks[0].Grant = g
	return lacks[0], true
}

func groupNames(groups []string) string {
	names := slices.Clone(groups)
	for i, name := range names {
		if name == "" {
			names[i] = `"" (core)`
		}
	}
	return strings.Join(names, ", ")
}

// Line is the rule on one line: "rules[0]: get,list secrets,pods named db".
func (r Rule) Line() string {
	on := slices.Clone(r.NonResourceURLs)
	for _, resource := range r.Resources {
		for _, group := range r.APIGroups {
			on = append(on, strings.TrimSuffix(resource+"."+group, "."))
		}
	}
	text := fmt.Sprintf("rules[%d]: %s %s", r.Index, strings.Join(r.Verbs, ","), strings.Join(on, ","))
	if len(r.ResourceNames) > 0 {
		text += " named " + strings.Join(r.ResourceNames, ",")
	}
	return text
}
