package fixes

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
)

const vulnerable = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      hostPID: true
      hostIPC: true
      hostNetwork: true
      initContainers:
      - {name: init, image: "example.test/init:1", securityContext: {runAsUser: 0}}
      containers:
      - name: api
        image: example.test/api:1
        ports: [{containerPort: 8080}]
        env: [{name: DB_PASSWORD, value: ` + literal + `}, {name: LOG, value: debug}]
        securityContext: {privileged: true, capabilities: {add: [NET_ADMIN, SYS_TIME]}}
      - name: side
        image: example.test/side:1
        securityContext: {seccompProfile: {type: Unconfined}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: odd, labels: {team: odd-team}}
spec:
  selector: {matchLabels: {app: odd}}
  template:
    metadata: {labels: {app: odd}}
    spec:
      shareProcessNamespace: true
      securityContext: {fsGroup: 0, sysctls: [{name: kernel.msgmax, value: "1"}]}
      containers:
      - name: odd
        image: example.test/odd:latest
        imagePullPolicy: Never
        ports: [{containerPort: 80, hostPort: 8080}]
        livenessProbe: {httpGet: {host: 10.0.0.1, port: 80}}
        securityContext:
          appArmorProfile: {type: Unconfined}
          seLinuxOptions: {user: system_u, type: spc_t}
          capabilities: {add: [SYS_ADMIN, NET_RAW]}
      - {name: side, image: "example.test/side:1"}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec: {type: NodePort, selector: {app: api}, ports: [{port: 80}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: all}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: ci}, {kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: open}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:unauthenticated"}]
`

// Whatever the checks find in a vulnerable namespace, and a recipe fixes, is no
// finding any more; and all of it can be taken back, in any order that leaves
// what later fixes built on to the end.
func TestWhatIsFixedIsNoFinding(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, vulnerable, b.namespace)
	objects := []kube.Ref{
		b.ref("apps/v1", "Deployment", "api"), b.ref("apps/v1", "Deployment", "odd"),
		b.ref("v1", "Service", "api"),
		b.ref("rbac.authorization.k8s.io/v1", "RoleBinding", "all"),
		b.ref("rbac.authorization.k8s.io/v1", "RoleBinding", "open"), b.ref("v1", "Namespace", b.namespace),
	}
	first := make([]*unstructured.Unstructured, 0, len(objects))
	for _, ref := range objects {
		first = append(first, b.read(ref))
	}
	b.letTimePass()

	var entries []Entry
	fixed := map[string]bool{}
	for range 3 { // some fixes are only possible once another is done
		for _, finding := range b.fixable() {
			entry, err := b.tryApply(finding)
			switch {
			case err == nil:
				entries = append(entries, entry)
				fixed[finding.Check] = true
			case errors.Is(err, ErrNothingToDo):
				fixed[finding.Check] = true // by the fix of another finding
			case !errors.Is(err, ErrManual):
				t.Fatalf("%s: %v", finding.Check, err)
			}
		}
	}
	for _, finding := range b.fixable() {
		t.Errorf("still found: %s %s %s %s: %s", finding.Check, finding.Object, finding.Container, finding.Key, finding.Message)
	}
	for _, recipe := range Recipes() {
		if _, apart := fixedApart()[recipe.Check]; !fixed[recipe.Check] && !apart {
			t.Errorf("%s was neither found nor fixed", recipe.Check)
		}
	}
	order := rand.New(rand.NewPCG(1, 2)) // an order that nobody chose, the same each time
	order.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	for len(entries) > 0 {
		left := slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return b.tryUndo(e) })
		if len(left) == len(entries) {
			_, err := b.fixer.Undo(t.Context(), left[0].ID)
			t.Fatalf("%d fixes can't be taken back, such as %s: %v", len(left), left[0].Title, err)
		}
		entries = left
	}
	for _, obj := range first {
		b.isAsAtFirst(obj)
	}
}

// fixedApart are the checks whose fixes have tests of their own alone, and why.
func fixedApart() map[string]string {
	apart := map[string]string{
		"network/no-policy":           "no probe has looked at the pods, which don't run here",
		"pod/image-digest":            "no node runs the images here, so there is no digest to take",
		"pod/host-path-writable":      "a folder of the node, read-only too, keeps the namespace from every Pod Security level",
		"pod/host-path":               "without an answer it is a person's to fix",
		"pod/proc-mount":              "this API server admits it only where the standards do",
		"api/takeover-path":           "the whole demo cluster has such ways",
		"api/rbac-csr-approve":        "it takes a ClusterRoleBinding, as the demo cluster has",
		"api/rbac-nodes-proxy":        "it takes a ClusterRoleBinding, as the demo cluster has",
		"api/rbac-webhooks":           "it takes a ClusterRoleBinding, as the demo cluster has",
		"api/rbac-persistent-volumes": "it takes a ClusterRoleBinding, as the demo cluster has",
		"api/rbac-delete":             "it takes a ClusterRoleBinding, as the demo cluster has",
		"api/rbac-coredns":            "it takes a ClusterRoleBinding, as the demo cluster has",
	}
	for _, l := range slices.Concat(accessLives(), objectLives()) {
		if _, here := fixedTogether()[l.check]; !here {
			apart[l.check] = "its whole life is a test of its own"
		}
	}
	return apart
}

// fixedTogether are checks with a life of their own that matter to others, too.
func fixedTogether() map[string]bool {
	return map[string]bool{
		"api/no-quota": true, "api/no-limit-range": true, "network/no-policy": true, "data/secret-env-ref": true, "pod/no-owner-label": true,
	}
}

// fixable are the findings in the namespace that have a recipe.
func (b *bench) fixable() []scanners.Finding {
	b.Helper()
	var fixable []scanners.Finding
	for _, result := range scanners.Evaluate(catalogue.Checks(), b.inventory()) {
		for _, finding := range result.Findings {
			_, ok := recipeFor(finding.Check)
			mine := finding.Object.Namespace == b.namespace || finding.Object.Kind == "Namespace" && finding.Object.Name == b.namespace
			_, apart := fixedApart()[finding.Check]
			if ok && mine && !apart && finding.Object.Kind != "Pod" {
				fixable = append(fixable, finding)
			}
		}
	}
	return fixable
}

func (b *bench) tryApply(finding scanners.Finding) (Entry, error) {
	b.Helper()
	plan, err := b.fixer.Plan(b.Context(), finding, b.inventory(), nil)
	if err != nil {
		return Entry{}, err
	}
	preview, err := b.fixer.Preview(b.Context(), plan)
	if err != nil {
		return Entry{}, err
	}
	return b.fixer.Apply(b.Context(), preview, Options{})
}

func (b *bench) tryUndo(entry Entry) bool {
	b.Helper()
	_, err := b.fixer.Undo(b.Context(), entry.ID)
	return err == nil
}
