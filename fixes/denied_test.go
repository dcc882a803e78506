package fixes

import (
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/scanners"
)

// Who may only look is told before the preview which right a fix takes; who
// may change it is told nothing.
func TestDeniedBeforeThePreview(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, workload("Deployment", "", "", "securityContext: {privileged: true}"), b.namespace)
	finding := scanners.Finding{Check: "pod/privileged", Container: "api", Object: b.ref("apps/v1", "Deployment", "api")}
	viewer := b.as(b.testbed.IdentityIn(t, b.namespace, "denied-"+b.namespace, nil,
		rbacv1.PolicyRule{Verbs: []string{"get"}, APIGroups: []string{"apps"}, Resources: []string{"deployments"}}))
	for name, test := range map[string]struct {
		fixer *Fixer
		want  string
	}{"a viewer": {viewer, "you may not patch deployments.apps in " + b.namespace}, "an admin": {b.fixer, ""}} {
		plan, err := test.fixer.Plan(t.Context(), finding, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, denial := range test.fixer.Denied(t.Context(), plan) {
			got += denial.Error()
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
