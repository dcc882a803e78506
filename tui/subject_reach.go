package tui

import (
	"cmp"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/scanners/rbac"
)

// reach is the worst that a subject's grants let it do.
type reach int

// From harmless to everything. The words stand in reach.String.
const (
	reachNothing reach = iota
	reachLooks
	reachWrites
	reachRuns
	reachSecrets
	reachOthers
	reachNamespace
	reachCluster
)

func (r reach) String() string {
	return []string{
		"nothing", "looks only", "changes objects", "runs pods and commands", "reads secrets", "gains others' rights", "everything in a namespace", "the whole cluster",
	}[r]
}

// subjectRow is a subject and how far it gets.
type subjectRow struct {
	subject rbac.Subject
	reach   reach
	// everywhere says that the worst holds in every namespace.
	everywhere bool
	grants     int
	// builtin says that Kubernetes itself grants all of it.
	builtin bool
}

// subjectRows lists every subject of a graph, those that get farthest first.
func subjectRows(graph *rbac.Graph, ways *rbac.Takeover) []subjectRow {
	at := map[rbac.Subject]int{}
	var rows []subjectRow
	for _, g := range graph.Grants {
		i, found := at[g.Subject]
		if !found {
			i = len(rows)
			at[g.Subject] = i
			rows = append(rows, subjectRow{subject: g.Subject, builtin: true})
		}
		rows[i].add(g)
	}
	for i := range rows {
		if len(ways.Path(rows[i].subject)) > 0 {
			rows[i].reach, rows[i].everywhere = reachCluster, true
		}
	}
	slices.SortStableFunc(rows, func(a, b subjectRow) int {
		return cmp.Or(int(b.reach-a.reach), cmp.Compare(rank(a), rank(b)), strings.Compare(a.subject.String(), b.subject.String()))
	})
	return rows
}

// rank puts what holds everywhere before what holds in a namespace.
func rank(r subjectRow) int {
	if r.everywhere {
		return 0
	}
	return 1
}

func (r *subjectRow) add(g rbac.Grant) {
	r.grants++
	r.builtin = r.builtin && g.Builtin && len(g.Added) == 0
	reach := reachOf(g)
	if reach > r.reach {
		r.reach, r.everywhere = reach, g.Namespace == ""
	} else if reach == r.reach {
		r.everywhere = r.everywhere || g.Namespace == ""
	}
}

// reachOf is the worst of one grant.
func reachOf(g rbac.Grant) reach {
	worst := reachNothing
	for _, rule := range g.Rules {
		worst = max(worst, reachOfRule(rule, g.Namespace == ""))
	}
	return worst
}

// reachOfRule judges a rule as an attacker would.
func reachOfRule(rule rbac.Rule, everywhere bool) reach {
	may := func(resource, group string, verbs ...string) bool {
		return slices.ContainsFunc(verbs, func(verb string) bool {
			return rule.Allows(rbac.Access{Verb: verb, Group: group, Resource: resource})
		})
	}
	const change = "create update patch"
	switch {
	case rule.Everything() && everywhere:
		return reachCluster
	case rule.Everything():
		return reachNamespace
	case actsAsAny(rule), may("users", "", "impersonate"), may("groups", "", "impersonate"), may("serviceaccounts", "", "impersonate"),
		may("serviceaccounts/token", "", "create"), may("nodes/proxy", "", "get", "create"),
		may("clusterroles", rbacv1.GroupName, "bind", "escalate"), may("roles", rbacv1.GroupName, "bind", "escalate"):
		return reachOthers
	case may("secrets", "", "get", "list", "watch"):
		return reachSecrets
	case may("pods/exec", "", "create"), may("pods", "", strings.Fields(change)...),
		may("deployments", "apps", strings.Fields(change)...), may("daemonsets", "apps", strings.Fields(change)...),
		may("statefulsets", "apps", strings.Fields(change)...), may("jobs", "batch", strings.Fields(change)...), may("cronjobs", "batch", strings.Fields(change)...):
		return reachRuns
	case rule.ReadOnly():
		return reachLooks
	}
	return reachWrites
}

// actsAsAny says that the rule is half of constrained impersonation: whom to act
// as. What to do as them is another rule's.
func actsAsAny(rule rbac.Rule) bool {
	for _, accesses := range rbac.ActAsAny() {
		if slices.ContainsFunc(accesses, rule.Allows) {
			return true
		}
	}
	return false
}
