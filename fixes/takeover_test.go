package fixes

import (
	"errors"
	"strings"
	"testing"

	"kiln/scanners"
)

const privilegedApp = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      hostNetwork: true
      hostPID: true
      containers:
      - {name: api, image: "example.test/api:1", ports: [{containerPort: 8080, hostPort: 8080}], securityContext: {privileged: true}}
`

// Each field that another manager declared is taken over, or left to it; what
// the fix can't do without is refused, with the reason.
func TestTakeOrLeaveSingleFields(t *testing.T) {
	b := newBench(t)
	ref := b.ref("apps/v1", "Deployment", "api")
	b.declareAs("terraform", ref, privilegedApp)
	finding := scanners.Finding{Check: "pod/host-network", Object: ref, Path: "spec.template.spec.hostNetwork"}
	const network = ".spec.template.spec.hostNetwork"
	preview := b.preview(finding)
	var port string
	for _, c := range preview.Conflicts() {
		if c.Manager != "terraform" {
			t.Errorf("%s belongs to %s", c.Field, c.Manager)
		}
		if strings.HasSuffix(c.Field, ".hostPort") {
			port = c.Field
		}
	}
	if len(preview.Conflicts()) != 2 || port == "" {
		t.Fatalf("conflicts %+v", preview.Conflicts())
	}
	if _, err := b.fixer.Apply(t.Context(), preview, Options{Take: []string{port}}); !errors.Is(err, ErrConflict) || strings.Contains(err.Error(), port) || !strings.Contains(err.Error(), network) {
		t.Errorf("one word for two fields: %v", err)
	}

	t.Run("the field that it is about", func(t *testing.T) {
		plan, err := preview.Leaving([]string{network})
		if err != nil {
			t.Fatal(err)
		}
		left, err := b.fixer.Preview(t.Context(), plan)
		if err != nil {
			t.Fatal(err)
		}
		if err := left.Err(); err == nil {
			t.Error("the fix goes on without the field that it is about")
		}
	})
	t.Run("a field that nobody takes", func(t *testing.T) {
		if _, err := preview.Leaving([]string{".spec.replicas"}); err == nil || !strings.Contains(err.Error(), "these do: ") {
			t.Errorf("left: %v", err)
		}
	})
	t.Run("a field that it can do without", func(t *testing.T) {
		finding := scanners.Finding{Check: "pod/privileged", Container: "api", Object: ref}
		plan, err := b.fixer.Plan(t.Context(), finding, b.inventory(), nil)
		if err != nil {
			t.Fatal(err)
		}
		// As a fix that would also close the node's processes.
		spec := plan.Changes[0].Apply.Object["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
		spec["hostPID"] = false
		preview, err := b.fixer.Preview(t.Context(), plan)
		if err != nil {
			t.Fatal(err)
		}
		if plan, err = preview.Leaving([]string{".spec.template.spec.hostPID"}); err != nil {
			t.Fatal(err)
		}
		if preview, err = b.fixer.Preview(t.Context(), plan); err != nil || preview.Err() != nil {
			t.Fatal(err, preview.Err())
		}
		taken := preview.Conflicts()
		if len(taken) != 1 {
			t.Fatalf("still takes %+v", taken)
		}
		entry, err := b.fixer.Apply(t.Context(), preview, Options{Take: []string{taken[0].Field}})
		if err != nil {
			t.Fatal(err)
		}
		if got := fieldAsJSON(t, b.read(ref), inPodSpec("hostPID")); got != "true" {
			t.Errorf("hostPID is %s", got)
		}
		if got := fieldAsJSON(t, b.read(ref), inPodSpec("containers", "0", "securityContext", "privileged")); got != "false" {
			t.Errorf("privileged is %s", got)
		}
		if _, err := b.fixer.Undo(t.Context(), entry.ID); err != nil {
			t.Error(err)
		}
	})
}

// A patch is one piece: leaving a part of it is refused.
func TestLeaveAPartOfAPatch(t *testing.T) {
	b := newBench(t)
	ref := b.ref("rbac.authorization.k8s.io/v1", "RoleBinding", "all")
	b.declareAs("terraform", ref, `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: all}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}`)
	preview := b.preview(scanners.Finding{Check: "api/cluster-admin", Key: "User:jane", Object: ref})
	if len(preview.Conflicts()) != 1 {
		t.Fatalf("conflicts %+v", preview.Conflicts())
	}
	if _, err := preview.Leaving([]string{preview.Conflicts()[0].Field}); !errors.Is(err, ErrLeftOut) {
		t.Errorf("left: %v", err)
	}
}
