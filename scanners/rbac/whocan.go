package rbac

import (
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// WhoCan lists the grants that permit an access, each with only the rules that do.
func (g *Graph) WhoCan(a Access) []Grant {
	var who []Grant
	for _, grant := range g.Grants {
		if rules := grant.permits(a); len(rules) > 0 {
			grant.Rules = rules
			who = append(who, grant)
		}
	}
	return who
}

// WhoCanSomewhere is WhoCan without regard to the namespace: a grant that
// holds in a single one counts too.
func (g *Graph) WhoCanSomewhere(a Access) []Grant {
	var who []Grant
	for _, grant := range g.Grants {
		if rules := grant.rules(a); len(rules) > 0 {
			grant.Rules = rules
			who = append(who, grant)
		}
	}
	return who
}

// ParseSubject reads a subject as users write it: "ServiceAccount:shop/api",
// "User:jane" or "Group:devs"; the kind may be written small, and "sa" is a
// ServiceAccount.
func ParseSubject(text string) (Subject, error) {
	kind, name, _ := strings.Cut(text, ":")
	switch strings.ToLower(kind) {
	case "serviceaccount", "sa":
		namespace, account, found := strings.Cut(name, "/")
		if found && namespace != "" && account != "" {
			return Subject{rbacv1.ServiceAccountKind, namespace, account}, nil
		}
	case "user":
		if subject, ok := subjectOf(rbacv1.Subject{Kind: rbacv1.UserKind, Name: name}, ""); ok && name != "" {
			return subject, nil
		}
	case "group":
		if name != "" {
			return Subject{Kind: rbacv1.GroupKind, Name: name}, nil
		}
	}
	return Subject{}, fmt.Errorf("%q is no subject: write ServiceAccount:NAMESPACE/NAME, User:NAME or Group:NAME", text)
}

// RulesOf lists the grants that reach a subject: its own, and those of the
// groups that the API server puts it into.
func (g *Graph) RulesOf(who Subject) []Grant {
	principals := who.principals()
	var grants []Grant
	for _, grant := range g.Grants {
		if slices.Contains(principals, grant.Subject) {
			grants = append(grants, grant)
		}
	}
	return grants
}

func (g Grant) permits(a Access) []Rule {
	if !g.reaches(a.Namespace) {
		return nil
	}
	return g.rules(a)
}

// rules are those of the grant that permit an access, where the grant holds.
func (g Grant) rules(a Access) []Rule {
	var rules []Rule
	for _, rule := range g.Rules {
		if rule.Allows(a) {
			rules = append(rules, rule)
		}
	}
	return rules
}
