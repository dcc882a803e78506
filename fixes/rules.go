package fixes

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/kubernetes/scheme"

	"kiln/scanners/rbac"
)

// errEverything means that a star can't be written out, since it stands for
// what nobody knows.
var errEverything = errors.New("a star stands for resources that can't be listed")

// narrowed is a rule without some accesses, in at most two rules: the other
// resources with all verbs, and these resources with the other verbs. hit says
// that the rule gave one of them.
func narrowed(rule rbacv1.PolicyRule, unwanted []rbac.Access) (left []rbacv1.PolicyRule, hit bool, err error) {
	if !slices.ContainsFunc(unwanted, rbac.Rule{PolicyRule: rule}.Allows) {
		return nil, false, nil
	}
	if rule, err = spelledOut(rule); err != nil {
		return nil, true, err
	}
	resource := func(r string) bool {
		one := rule.DeepCopy()
		one.Resources = []string{r}
		return slices.ContainsFunc(unwanted, rbac.Rule{PolicyRule: *one}.Allows)
	}
	verb := func(v string) bool {
		return slices.ContainsFunc(unwanted, func(a rbac.Access) bool { return a.Verb == v && (rbac.Rule{PolicyRule: rule}).Allows(a) })
	}
	others, these := rule.DeepCopy(), rule.DeepCopy()
	others.Resources = slices.DeleteFunc(others.Resources, resource)
	these.Resources = slices.DeleteFunc(these.Resources, func(r string) bool { return !resource(r) })
	these.Verbs = slices.DeleteFunc(these.Verbs, verb)
	for _, part := range []*rbacv1.PolicyRule{others, these} {
		if len(part.Resources) > 0 && len(part.Verbs) > 0 {
			left = append(left, *part)
		}
	}
	return left, true, nil
}

// spelledOut writes out what the stars among the verbs and resources stand for
// today: Kubernetes' own verbs, and the resources of its own API groups.
func spelledOut(rule rbacv1.PolicyRule) (rbacv1.PolicyRule, error) {
	rule = *rule.DeepCopy()
	if slices.Contains(rule.Verbs, rbacv1.VerbAll) {
		rule.Verbs = []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}
	}
	if !slices.Contains(rule.Resources, rbacv1.ResourceAll) {
		return rule, nil
	}
	rule.Resources = nil
	for _, group := range rule.APIGroups {
		known := resourcesOf(group)
		if len(known) == 0 {
			return rule, fmt.Errorf("%w: those of API group %q", errEverything, group)
		}
		rule.Resources = append(rule.Resources, known...)
	}
	slices.Sort(rule.Resources)
	rule.Resources = slices.Compact(rule.Resources)
	return rule, nil
}

// resourcesOf lists the resources of an API group that Kubernetes itself
// serves, without subresources; none for other groups.
func resourcesOf(group string) []string {
	var resources []string
	for gvk := range scheme.Scheme.AllKnownTypes() {
		kind, isList := strings.CutSuffix(gvk.Kind, "List")
		if gvk.Group != group || !isList || !scheme.Scheme.Recognizes(gvk.GroupVersion().WithKind(kind)) {
			continue
		}
		plural, _ := meta.UnsafeGuessKindToResource(gvk.GroupVersion().WithKind(kind))
		resources = append(resources, plural.Resource)
	}
	slices.Sort(resources)
	return slices.Compact(resources)
}
