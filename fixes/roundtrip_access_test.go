package fixes

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/scanners"
	"kiln/scanners/catalogue"
)

// life is a finding's: found by its check, fixed, found no more, and back
// again as it was.
type life struct {
	name, manifest, check string
	// object is KIND/NAME and key the finding's, where there are several.
	object, key string
	answers     Answers
	// changed is a field of an object as JSON once it's fixed.
	changed string
	field   []string
	want    string
	// also are objects that the fix changes beside it.
	also []string
}

func bindingTo(role, subject string) string {
	return `
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ` + role + `}, subjects: [` + subject + `]}`
}

const (
	jane     = `{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}`
	everyone = `{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:authenticated"}`
)

func role(rules string) string {
	return `{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}, rules: [` + rules + `]}`
}

func accessLives() []life {
	right := func(name, check, rules, want string) life {
		return life{
			name: name, manifest: role(rules) + bindingTo("r", jane), check: check, object: "RoleBinding/b",
			changed: "Role/r", field: []string{"rules"}, want: want, also: []string{"Role/r"},
		}
	}
	const podsRule = `{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}`
	return []life{
		right("a resource among others", "api/rbac-exec", `{apiGroups: [""], resources: [pods/exec, pods/log], verbs: [get, create]}`,
			`[{"apiGroups":[""],"resources":["pods/log"],"verbs":["get","create"]}]`),
		right("a verb of a resource", "api/rbac-secrets", `{apiGroups: [""], resources: [configmaps, secrets], verbs: [get, list, create]}`,
			`[{"apiGroups":[""],"resources":["configmaps"],"verbs":["get","list","create"]},{"apiGroups":[""],"resources":["secrets"],"verbs":["create"]}]`),
		right("a whole rule between others", "api/rbac-port-forward", podsRule+`, {apiGroups: [""], resources: [pods/portforward], verbs: [create]}, `+podsRule,
			"["+podsRule+","+podsRule+"]"),
		right("all verbs", "api/rbac-token-create", `{apiGroups: [""], resources: [serviceaccounts/token], verbs: ["*"]}`,
			`[{"apiGroups":[""],"resources":["serviceaccounts/token"],"verbs":["get","list","watch","update","patch","delete","deletecollection"]}]`),
		right("all subresources of a name", "api/rbac-ephemeral-containers", `{apiGroups: [""], resources: ["*/ephemeralcontainers"], verbs: [patch]}, `+podsRule, "["+podsRule+"]"),
		right("escalate", "api/rbac-escalate", `{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate, get]}`,
			`[{"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles"],"verbs":["get"]}]`),
		right("impersonate", "api/rbac-impersonate", `{apiGroups: [""], resources: [serviceaccounts], verbs: [impersonate]}, `+podsRule, "["+podsRule+"]"),
		right("impersonate for some requests", "api/rbac-impersonate", `{apiGroups: [authentication.k8s.io], resources: [serviceaccounts], verbs: ["impersonate:serviceaccount"]},
			{"apiGroups":[""],"resources":["pods"],"verbs":["get","impersonate-on:serviceaccount:get"]}`, `[{"apiGroups":[""],"resources":["pods"],"verbs":["get","impersonate-on:serviceaccount:get"]}]`),
		right("create workloads", "api/rbac-create-workloads", `{apiGroups: [apps, batch], resources: [deployments, jobs], verbs: [get, create]}`,
			`[{"apiGroups":["apps","batch"],"resources":["deployments","jobs"],"verbs":["get"]}]`),
		{
			name: "the subject instead of the role", manifest: role(`{apiGroups: [""], resources: [secrets], verbs: [get]}`) + bindingTo("r", jane), check: "api/rbac-secrets",
			object: "RoleBinding/b", answers: Answers{"how": "subject"}, changed: "RoleBinding/b", field: []string{"subjects"}, want: "",
		},
		{
			name: "a role of Kubernetes itself", check: "api/rbac-secrets", object: "RoleBinding/b", changed: "RoleBinding/b", field: []string{"subjects"}, want: "",
			manifest: strings.Replace(bindingTo("edit", jane), "kind: Role, name", "kind: ClusterRole, name", 1),
		},
		{
			name: "every verb, written out", manifest: role(`{apiGroups: [batch], resources: ["*"], verbs: ["*"]}`) + bindingTo("r", jane), check: "api/rbac-wildcard",
			object: "Role/r", changed: "Role/r", field: []string{"rules", "0", "resources"}, want: `["cronjobs","jobs"]`,
		},
		{
			name: "reading alone", manifest: role(`{apiGroups: [""], resources: [configmaps], verbs: ["*"]}`) + bindingTo("r", jane), check: "api/rbac-wildcard",
			object: "Role/r", answers: Answers{"how": "read-only"}, changed: "Role/r", field: []string{"rules"}, want: `[{"apiGroups":[""],"resources":["configmaps"],"verbs":["get","list","watch"]}]`,
		},
		{
			name: "everybody", manifest: role(`{apiGroups: [""], resources: [pods], verbs: [delete]}`) + bindingTo("r", everyone+", "+jane), check: "api/authenticated-binding",
			object: "RoleBinding/b", changed: "RoleBinding/b", field: []string{"subjects", "0", "name"}, want: `"jane"`,
		},
		{
			name: "the default account", manifest: role(`{apiGroups: [""], resources: [pods], verbs: [get]}`) + bindingTo("r", "{kind: ServiceAccount, name: default}, "+jane), check: "api/default-account-rights",
			object: "RoleBinding/b", changed: "RoleBinding/b", field: []string{"subjects", "0", "name"}, want: `"jane"`,
		},
		{
			name: "the masters", manifest: role(`{apiGroups: [""], resources: [pods], verbs: [get]}`) + bindingTo("r", strings.Replace(everyone, "authenticated", "masters", 1)),
			check: "api/system-masters", object: "RoleBinding/b", changed: "RoleBinding/b", field: []string{"subjects"}, want: "",
		},
		{
			name: "no such role", manifest: strings.TrimPrefix(bindingTo("gone", jane), "\n---\n"), check: "api/rbac-dangling",
			object: "RoleBinding/b", changed: "RoleBinding/b", field: []string{"subjects"}, want: "",
		},
		{
			name: "no such account", manifest: role(`{apiGroups: [""], resources: [pods], verbs: [get]}`) + bindingTo("r", "{kind: ServiceAccount, name: gone}, "+jane), check: "api/rbac-dangling",
			object: "RoleBinding/b", changed: "RoleBinding/b", field: []string{"subjects", "0", "name"}, want: `"jane"`,
		},
	}
}

// Every recipe for roles and bindings does what it says, the finding is gone,
// and undo brings the first state back.
func TestAccessFixAndUndo(t *testing.T) {
	t.Parallel()
	for _, l := range accessLives() {
		t.Run(l.check+", "+l.name, l.lived)
	}
}

// lived is the whole life of the finding.
func (l life) lived(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, strings.ReplaceAll(l.manifest, "NAMESPACE", b.namespace), b.namespace)
	finding := b.find(l.check, l.object, l.key)
	first := []*unstructured.Unstructured{b.read(finding.Object)}
	for _, name := range append(l.also, l.changed) {
		first = append(first, b.named(name))
	}
	b.letTimePass()

	entry := b.applyAnswering(finding, l.answers)
	if got := fieldAsJSON(t, b.named(l.changed), l.field); got != l.want {
		t.Errorf("after the fix, %v of %s is %s, want %s", l.field, l.changed, got, l.want)
	}
	if left, found := b.lookFor(l.check, l.object, l.key); found {
		t.Errorf("still found: %s", left.Message)
	}
	if _, err := b.tryApply(finding); !errors.Is(err, ErrNothingToDo) && !errors.Is(err, ErrManual) {
		t.Errorf("a second time: %v", err)
	}
	if _, err := b.newFixer().Undo(t.Context(), entry.ID); err != nil {
		t.Fatal(err)
	}
	for _, obj := range first {
		b.isAsAtFirst(obj)
	}
	for _, object := range entry.Objects {
		if object.Mechanism == Create {
			b.isGone(object.Ref)
		}
	}
	if _, found := b.lookFor(l.check, l.object, l.key); !found {
		t.Error("after the undo nothing is found")
	}
}

// lookFor scans the namespace for a finding of a check.
func (b *bench) lookFor(check, object, key string) (scanners.Finding, bool) {
	b.Helper()
	checks := slices.DeleteFunc(catalogue.Checks(), func(c scanners.Check) bool { return c.ID != check })
	for _, result := range scanners.Evaluate(checks, b.inventory()) {
		for _, f := range result.Findings {
			here := cmp.Or(f.Object.Namespace, b.namespace) == b.namespace
			if here && f.Object.Matches(strings.ReplaceAll(object, "NAMESPACE", b.namespace)) && (key == "" || f.Key == key) {
				return f, true
			}
		}
	}
	return scanners.Finding{}, false
}

func (b *bench) find(check, object, key string) scanners.Finding {
	b.Helper()
	f, found := b.lookFor(check, object, key)
	if !found {
		b.Fatalf("%s finds nothing on %s", check, object)
	}
	return f
}

// named reads an object by KIND/NAME.
func (b *bench) named(name string) *unstructured.Unstructured {
	b.Helper()
	kind, name, _ := strings.Cut(strings.ReplaceAll(name, "NAMESPACE", b.namespace), "/")
	apiVersions := map[string]string{
		"Role": "rbac.authorization.k8s.io/v1", "RoleBinding": "rbac.authorization.k8s.io/v1", "ClusterRole": "rbac.authorization.k8s.io/v1", "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
		"Deployment": "apps/v1", "NetworkPolicy": "networking.k8s.io/v1", "Ingress": "networking.k8s.io/v1",
	}
	ref := b.ref(cmp.Or(apiVersions[kind], "v1"), kind, name)
	if kind == "PersistentVolume" {
		ref.Namespace = ""
	}
	return b.read(ref)
}
