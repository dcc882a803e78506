package rbac

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/component-helpers/auth/rbac/validation"
	"sigs.k8s.io/yaml"
)

//go:embed bootstrap.yaml
var bootstrapFile []byte

// bootstrap knows what Kubernetes grants by itself. Names, labels and a
// "system:" prefix prove nothing, since anybody who may write a role can set
// them: a grant is built in only if its binding, role, subject and rule are
// the ones of the table.
type bootstrap struct {
	rules map[roleKey][]rbacv1.PolicyRule
	// grants are the subjects by binding and role.
	grants map[bootstrapBinding][]string
}

type bootstrapBinding struct{ namespace, name, kind, role string }

// builtin reads the embedded table once.
var builtin = sync.OnceValue(func() bootstrap {
	b, err := parseBootstrap(bootstrapFile)
	if err != nil {
		panic(err)
	}
	return b
})

func parseBootstrap(file []byte) (bootstrap, error) {
	var table struct {
		Roles []struct {
			Role, Namespace string
			Rules           []rbacv1.PolicyRule
		}
		Bindings []struct {
			Binding, Namespace, Role string
			Subjects                 []string
		}
	}
	if err := yaml.UnmarshalStrict(file, &table); err != nil {
		return bootstrap{}, fmt.Errorf("reading the table of built-in RBAC: %w", err)
	}
	b := bootstrap{rules: map[roleKey][]rbacv1.PolicyRule{}, grants: map[bootstrapBinding][]string{}}
	for _, r := range table.Roles {
		kind, name, _ := strings.Cut(r.Role, "/")
		b.rules[roleKey{kind, r.Namespace, name}] = r.Rules
	}
	for _, g := range table.Bindings {
		kind, role, _ := strings.Cut(g.Role, "/")
		b.grants[bootstrapBinding{g.Namespace, g.Binding, kind, role}] = g.Subjects
	}
	return b, nil
}

// binds says whether Kubernetes itself binds the grant's subject to its role.
func (b bootstrap) binds(g Grant) bool {
	subjects := b.grants[bootstrapBinding{g.Namespace, g.Binding.GetName(), g.RoleRef.Kind, g.RoleRef.Name}]
	return len(subjects) > 0 && slices.Contains(subjects, g.Subject.String())
}

// added leaves of a grant's rules those that Kubernetes doesn't grant by itself.
func (b bootstrap) added(g Grant) []Rule {
	if !b.binds(g) {
		return g.Rules
	}
	builtinRules := b.rules[g.roleKey()]
	var added []Rule
	for _, rule := range g.Rules {
		if covered, _ := validation.Covers(builtinRules, []rbacv1.PolicyRule{rule.PolicyRule}); !covered {
			added = append(added, rule)
		}
	}
	return added
}
