package rbac

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

// RulesOf lists the grants that reach a subject: its own, and those of the
// groups that the API server puts it into.
func (g *Graph) RulesOf(who Subject) []Grant {
	var grants []Grant
	for _, subject := range who.principals() {
		for _, i := range g.bySubject[subject] {
			grants = append(grants, g.Grants[i])
		}
	}
	return grants
}

// May says whether RBAC permits an access to a subject.
func (g *Graph) May(who Subject, a Access) bool {
	for _, grant := range g.RulesOf(who) {
		if len(grant.permits(a)) > 0 {
			return true
		}
	}
	return false
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
