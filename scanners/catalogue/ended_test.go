package catalogue_test

import (
	"slices"
	"testing"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
	"kiln/scanners/scantest"
)

const weakPod = `
apiVersion: v1
kind: Pod
metadata: {name: once, namespace: shop, labels: {name: once}}
spec:
  hostNetwork: true
  containers:
  - {name: c, image: docker.io/falcosecurity/falco, securityContext: {privileged: true}, env: [{name: DB_PASSWORD, value: hunter2!}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: all}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all}
subjects: [{kind: ServiceAccount, name: default, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
`

// TestAPodThatHasEndedIsJudgedByWhatCanBeReadOfIt: it runs no more and can't
// be mended, but its variables are there for everybody who may read pods.
func TestAPodThatHasEndedIsJudgedByWhatCanBeReadOfIt(t *testing.T) {
	judge := func(ended bool) (about []string, falco scanners.Status) {
		inv := scantest.Cluster(t, weakPod)
		inv.Workloads[0].Ended = ended
		for _, r := range scanners.Evaluate(catalogue.Checks(), inv) {
			if r.Check.ID == "audit/no-runtime-detection" {
				falco = r.Status
			}
			for _, f := range r.Findings {
				if f.Object == kube.RefOf(inv.Workloads[0].Object) && !slices.Contains(about, f.Check) {
					about = append(about, f.Check)
				}
			}
		}
		return about, falco
	}
	running, falco := judge(false)
	for _, id := range []string{"pod/privileged", "pod/naked-pod", "api/takeover-path", "data/secret-in-env-literal"} {
		if !slices.Contains(running, id) {
			t.Errorf("%s doesn't find the pod that runs: %q", id, running)
		}
	}
	if falco != scanners.Pass {
		t.Errorf("a pod that runs Falco: %s", falco)
	}
	ended, falco := judge(true)
	if !slices.Equal(ended, []string{"data/secret-in-env-literal"}) {
		t.Errorf("of the pod that has ended: %q", ended)
	}
	if falco != scanners.Fail {
		t.Errorf("a pod that once ran Falco detects nothing any more: %s", falco)
	}
}
