package fixes

import (
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/component-helpers/auth/rbac/validation"

	"kiln/kube"
	"kiln/scanners/rbac"
)

// effectsOnRights are the subjects that can do less after a change of roles
// and bindings, with the workloads that act as them.
func effectsOnRights(targets []TargetPreview, inv, after *kube.Inventory, user string) []Effect {
	effects := unread(inv, "rights that subjects lose", rbac.Resources()...)
	was, is := rbac.GraphOf(inv), rbac.NewGraph(after)
	lost := Effect{Kind: RightsEffect}
	workloads := Effect{Kind: RightsEffect}
	seen := map[rbac.Subject]bool{}
	for _, grant := range was.Grants {
		if seen[grant.Subject] || !touches(targets, grant, was, is) {
			continue
		}
		losses := lossesOf(grant.Subject, was, is)
		if seen[grant.Subject] = true; len(losses) == 0 {
			continue
		}
		lost.Names = append(lost.Names, nameOf(grant.Subject, user)+" loses "+strings.Join(losses, "; "))
		for _, w := range inv.Workloads {
			if name := w.Ref().String(); !w.EphemeralOnly && actsAs(w, grant.Subject) && !slices.Contains(workloads.Names, name) {
				workloads.Names = append(workloads.Names, name)
			}
		}
	}
	if len(lost.Names) == 0 {
		return append(effects, Effect{Kind: RightsEffect, Summary: "nobody loses a right: what goes is granted elsewhere, too"})
	}
	lost.Summary = counted(len(lost.Names), "subject") + " can do less"
	effects = append(effects, lost)
	if len(workloads.Names) > 0 {
		workloads.Summary = counted(len(workloads.Names), "workload") + " with them"
		effects = append(effects, workloads)
	}
	return append(effects, unread(inv, "workloads that lose rights", kube.WorkloadResources()...)...)
}

// touches says whether the targets may change what a grant gives.
func touches(targets []TargetPreview, grant rbac.Grant, was, is *rbac.Graph) bool {
	binding := kube.RefOf(grant.Binding)
	return slices.ContainsFunc(targets, func(t TargetPreview) bool {
		ref := t.Change.Target
		switch ref.Kind {
		case "Role":
			return grant.RoleRef.Kind == ref.Kind && grant.RoleRef.Name == ref.Name && grant.Namespace == ref.Namespace
		case "ClusterRole": // others may aggregate it
			name := grant.RoleRef.Name
			return grant.RoleRef.Kind == ref.Kind && !equality.Semantic.DeepEqual(was.ClusterRole(name), is.ClusterRole(name))
		}
		return ref.Kind == binding.Kind && ref.Name == binding.Name && ref.Namespace == binding.Namespace
	})
}

// lossesOf are what a subject itself was granted and nothing grants it after,
// a clause for each place.
func lossesOf(who rbac.Subject, was, is *rbac.Graph) []string {
	var losses []string
	for _, grant := range was.Grants {
		if grant.Subject != who {
			continue
		}
		covered, uncovered := validation.Covers(policyRules(is.RulesOf(who), grant.Namespace), policyRules([]rbac.Grant{grant}, grant.Namespace))
		if covered {
			continue
		}
		what := grant.Role()
		if rules := describeRules(uncovered); rules != "" {
			what += " (" + rules + ")"
		}
		losses = append(losses, what+" "+grant.Scope())
	}
	return losses
}

// policyRules are the rules of grants that hold in a namespace; empty means
// everywhere.
func policyRules(grants []rbac.Grant, namespace string) []rbacv1.PolicyRule {
	var rules []rbacv1.PolicyRule
	for _, g := range grants {
		if g.Namespace != "" && g.Namespace != namespace {
			continue
		}
		for _, r := range g.Rules {
			rules = append(rules, r.PolicyRule)
		}
	}
	return rules
}

// describeRules says what the first of the rules permit: "get secrets, create
// pods and 7 more". Each is of one verb and one resource.
func describeRules(rules []rbacv1.PolicyRule) string {
	const shown = 3
	var parts []string
	for _, r := range rules {
		what := slices.Concat(r.Resources, r.NonResourceURLs)
		part := strings.ReplaceAll(strings.Join(r.Verbs, "/")+" "+strings.Join(what, "/"), "* *", "everything")
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if len(parts) > shown {
		return fmt.Sprintf("%s and %d more", strings.Join(parts[:shown], ", "), len(parts)-shown)
	}
	return strings.Join(parts, ", ")
}

// nameOf names a subject, and says so if it is the person at the keyboard.
func nameOf(who rbac.Subject, user string) string {
	if who == (rbac.Subject{Kind: rbacv1.UserKind, Name: user}) {
		return who.Phrase() + " (you)"
	}
	return who.Phrase()
}

// actsAs says whether a workload's pods are the subject, or in it.
func actsAs(w *kube.Workload, who rbac.Subject) bool {
	switch {
	case who == rbac.AccountOf(w):
		return true
	case who.Kind != rbacv1.GroupKind:
		return false
	}
	return slices.Contains([]string{rbac.Authenticated, rbac.AllServiceAccounts, rbac.AllServiceAccounts + ":" + w.Namespace()}, who.Name)
}
