package rbac

import (
	"slices"
	"sync"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"kiln/kube"
)

// roleKey names a role; namespace is empty for ClusterRoles.
type roleKey struct{ kind, namespace, name string }

// roles finds roles by name and the rules that they really hold.
type roles struct {
	byKey    map[roleKey]kube.Object
	clusters []*rbacv1.ClusterRole
	mu       sync.Mutex // a Graph is shared, and asked side by side
	rules    map[roleKey][]Rule
}

func newRoles(inv *kube.Inventory) *roles {
	r := &roles{byKey: map[roleKey]kube.Object{}, clusters: inv.ClusterRoles, rules: map[roleKey][]Rule{}}
	for _, role := range inv.ClusterRoles {
		r.byKey[roleKey{kind: clusterRole, name: role.Name}] = role
	}
	for _, role := range inv.Roles {
		r.byKey[roleKey{"Role", role.Namespace, role.Name}] = role
	}
	return r
}

// rulesOf lists the rules of a role, those that it aggregates first.
func (r *roles) rulesOf(key roleKey) []Rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	if rules, known := r.rules[key]; known {
		return rules
	}
	var rules []Rule
	switch role := r.byKey[key].(type) {
	case *rbacv1.Role:
		rules = own(role, role.Rules)
	case *rbacv1.ClusterRole:
		rules = r.aggregate(role, map[string]bool{})
	}
	r.rules[key] = rules
	return rules
}

// aggregate collects what the aggregation controller puts into role. On a
// live cluster the rules are already there; in manifests they aren't. visited
// keeps roles that select each other from going round.
func (r *roles) aggregate(role *rbacv1.ClusterRole, visited map[string]bool) []Rule {
	if role.AggregationRule == nil {
		return own(role, role.Rules)
	}
	visited[role.Name] = true
	var rules []Rule
	for _, part := range r.clusters {
		if visited[part.Name] || !selected(part, role.AggregationRule) {
			continue
		}
		rules = appendNew(rules, r.aggregate(part, visited))
	}
	return appendNew(rules, own(role, role.Rules))
}

func selected(part *rbacv1.ClusterRole, by *rbacv1.AggregationRule) bool {
	for i := range by.ClusterRoleSelectors {
		selector, err := metav1.LabelSelectorAsSelector(&by.ClusterRoleSelectors[i])
		if err == nil && selector.Matches(labels.Set(part.Labels)) {
			return true
		}
	}
	return false
}

func own(role kube.Object, rules []rbacv1.PolicyRule) []Rule {
	all := make([]Rule, 0, len(rules))
	for i, rule := range rules {
		all = append(all, Rule{PolicyRule: rule, From: role, Index: i})
	}
	return all
}

func appendNew(rules, more []Rule) []Rule {
	for _, m := range more {
		if !slices.ContainsFunc(rules, func(r Rule) bool { return equality.Semantic.DeepEqual(r.PolicyRule, m.PolicyRule) }) {
			rules = append(rules, m)
		}
	}
	return rules
}
