package catalogue_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericclioptions"

	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners"
)

func TestMain(m *testing.M) { os.Exit(kubetest.Run(m)) }

// scan runs all checks on a real control plane.
func scan(t *testing.T, kubeconfig string) map[string]scanners.CheckResult {
	t.Helper()
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig = &kubeconfig
	cluster, err := kube.Connect(t.Context(), flags, kube.NewGate(true))
	if err != nil {
		t.Fatal(err)
	}
	return judge(t, cluster)
}

func TestKubernetesOwnRolesAreNotReported(t *testing.T) {
	for id, result := range scan(t, kubetest.Cluster(t).Kubeconfig()) {
		if result.Check.Layer != scanners.API || strings.HasPrefix(id, "api/flag-") {
			continue
		}
		for _, f := range result.Findings {
			if strings.HasSuffix(f.Object.Kind, "Binding") || strings.HasSuffix(f.Object.Kind, "Role") || f.Object.Kind == "ServiceAccount" {
				t.Errorf("%s: %s: %s", id, f.Object, f.Message)
			}
		}
	}
}

// flagChecks are judged by the API server's flags alone, and can be told on
// both clusters.
func flagChecks() []string {
	return []string{
		"api/anonymous-access", "api/flag-admission-plugins", "api/flag-kubelet-certificate-authority",
		"api/flag-profiling", "api/flag-service-account-extend-token-expiration", "audit/audit-disabled",
	}
}

func TestFlagsOfTheTwoControlPlanes(t *testing.T) {
	plain, hardened := scan(t, kubetest.Cluster(t).Kubeconfig()), scan(t, kubetest.Hardened(t).Kubeconfig())
	for _, id := range flagChecks() {
		if got := plain[id].Status; got != scanners.Fail {
			t.Errorf("%s on the plain control plane: %s", id, got)
		}
	}
	for id, result := range hardened {
		fromFlags := slices.Equal(result.Check.Needs, []kube.Resource{kube.APIServerFlags})
		if fromFlags && result.Status == scanners.Fail && id != "audit/events-short-lived" {
			t.Errorf("%s on the hardened control plane: %s", id, result.Findings[0].Message)
		}
	}
}

const takeover = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: ci}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: runner}
spec:
  selector: {matchLabels: {app: runner}}
  template:
    metadata: {labels: {app: runner}}
    spec: {serviceAccountName: ci, containers: [{name: c, image: "runner:1"}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: kiln-test-deployer}
rules: [{apiGroups: [""], resources: [pods], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: kiln-test-deployer, namespace: kube-system}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kiln-test-deployer}
subjects: [{kind: ServiceAccount, name: ci, namespace: NAMESPACE}]
`

func TestTheWayThroughAController(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "takeover")
	cluster.Apply(t, strings.ReplaceAll(takeover, "NAMESPACE", namespace), namespace)
	findings := scan(t, cluster.Kubeconfig())["api/takeover-path"].Findings
	at := slices.IndexFunc(findings, func(f scanners.Finding) bool { return f.Object.Namespace == namespace })
	if at < 0 || !strings.Contains(findings[at].Message, "clusterrole-aggregation-controller") {
		t.Errorf("the way was not found: %+v", findings)
	}
}
