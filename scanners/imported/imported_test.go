package imported

import (
	"slices"
	"strings"
	"testing"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/scantest"
)

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, uid: d1}
spec: {template: {spec: {containers: [{name: web, image: "shop/web:1.4"}]}}}
`

const replicaSets = `---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-old, namespace: shop, uid: r1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-new, namespace: shop, uid: r2, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]}
`

// trivyReports are about two revisions of the Deployment, an audit of it, and
// a secret in the image of something that is gone.
const trivyReports = `---
apiVersion: aquasecurity.github.io/v1alpha1
kind: VulnerabilityReport
metadata:
  name: replicaset-web-old-web
  namespace: shop
  creationTimestamp: "2026-10-01T00:00:00Z"
  labels: {trivy-operator.resource.kind: ReplicaSet, trivy-operator.resource.name: web-old, trivy-operator.container.name: web}
report:
  artifact: {repository: shop/web, tag: "1.3"}
  vulnerabilities: [{vulnerabilityID: CVE-2020-0001, severity: CRITICAL, fixedVersion: "2"}]
---
apiVersion: aquasecurity.github.io/v1alpha1
kind: VulnerabilityReport
metadata:
  name: replicaset-web-new-web
  namespace: shop
  creationTimestamp: "2026-11-01T00:00:00Z"
  labels: {trivy-operator.resource.kind: ReplicaSet, trivy-operator.resource.name: web-new, trivy-operator.container.name: web}
report:
  artifact: {repository: shop/web, tag: "1.4"}
  vulnerabilities:
  - {vulnerabilityID: CVE-2024-0002, severity: HIGH, fixedVersion: "1.2.3"}
  - {vulnerabilityID: CVE-2024-0001, severity: HIGH, fixedVersion: ""}
  - {vulnerabilityID: CVE-2023-0003, severity: UNKNOWN}
---
apiVersion: aquasecurity.github.io/v1alpha1
kind: ConfigAuditReport
metadata:
  name: replicaset-web-new
  namespace: shop
  labels: {trivy-operator.resource.kind: ReplicaSet, trivy-operator.resource.name: web-new}
report:
  checks:
  - {checkID: KSV001, severity: MEDIUM, success: false, title: "Can elevate \e[31mits own privileges"}
  - {checkID: KSV017, severity: HIGH, success: true, title: Privileged}
---
apiVersion: aquasecurity.github.io/v1alpha1
kind: ExposedSecretReport
metadata:
  name: job-gone
  namespace: shop
  labels: {trivy-operator.resource.kind: Job, trivy-operator.resource.name: gone, trivy-operator.container.name: c}
report:
  artifact: {repository: shop/job, tag: "2"}
  secrets: [{ruleID: aws-access-key-id, severity: CRITICAL, title: AWS Access Key ID, target: /app/.env, match: "AKIA-SECRET"}]
`

func told(check scanners.Check, inv *kube.Inventory) []string {
	var lines []string
	for _, f := range scanners.Evaluate([]scanners.Check{check}, inv)[0].Findings {
		lines = append(lines, f.Severity.String()+" | "+f.Object.Kind+"/"+f.Object.Name+" | "+f.Container+" | "+f.Message)
	}
	return lines
}

func compare(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTrivyReportsAreShownAtTheOwner(t *testing.T) {
	compare(t, told(trivy(), scantest.Cluster(t, deployment+replicaSets+trivyReports)), []string{
		"critical | ExposedSecretReport/job-gone | c | Trivy: image shop/job:2 holds a secret in /app/.env: AWS Access Key ID",
		"high | Deployment/web | web | Trivy: image shop/web:1.4 has known vulnerabilities: 2 high, 1 unrated, 1 of them fixed in a newer version; the worst: CVE-2024-0001, CVE-2024-0002",
		"medium | Deployment/web |  | Trivy KSV001: Can elevate its own privileges",
	})
}

func TestTrivysReportsOnTheCluster(t *testing.T) {
	const reports = `---
apiVersion: aquasecurity.github.io/v1alpha1
kind: ClusterRbacAssessmentReport
metadata:
  name: clusterrole-67d7b8f4d5
  labels: {trivy-operator.resource.kind: ClusterRole, trivy-operator.resource.name-hash: 67d7b8f4d5}
  annotations: {trivy-operator.resource.name: "team:ops"}
report:
  checks:
  - {checkID: KSV041, severity: CRITICAL, success: false, title: Manage secrets}
  - {checkID: KSV043, severity: CRITICAL, success: true, title: Impersonate}
---
apiVersion: aquasecurity.github.io/v1alpha1
kind: ClusterInfraAssessmentReport
metadata: {name: node-n1, labels: {trivy-operator.resource.kind: Node, trivy-operator.resource.name: n1}}
report: {checks: [{checkID: KCV0073, severity: HIGH, success: false, title: Kubelet service file permissions}]}
---
apiVersion: aquasecurity.github.io/v1alpha1
kind: ClusterConfigAuditReport
metadata: {name: namespace-gone, labels: {trivy-operator.resource.kind: Namespace, trivy-operator.resource.name: gone}}
report: {checks: [{checkID: KSV040, severity: LOW, success: false, title: Resource quota}]}
---
apiVersion: aquasecurity.github.io/v1alpha1
kind: ClusterComplianceReport
metadata: {name: cis}
spec: {compliance: {title: CIS Kubernetes Benchmarks}}
status:
  summaryReport:
    controlCheck:
    - {id: 5.1.2, name: Minimize access to secrets, severity: HIGH, totalFail: 3}
    - {id: 5.1.3, name: Minimize wildcards, severity: HIGH, totalFail: 0}
---
apiVersion: aquasecurity.github.io/v1alpha1
kind: ClusterComplianceReport
metadata: {name: nsa}
status:
  detailReport:
    results:
    - {id: "1.0", name: Non-root containers, severity: MEDIUM, checks: [{success: false}, {success: true}]}
    - {id: "1.1", name: Immutable file systems, severity: LOW, checks: [{success: true}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "team:ops"}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
`
	compare(t, told(trivy(), scantest.Cluster(t, reports)), []string{
		"critical | ClusterRole/team:ops |  | Trivy KSV041: Manage secrets",
		"high | ClusterComplianceReport/cis |  | Trivy, CIS Kubernetes Benchmarks 5.1.2: Minimize access to secrets (3 failed)",
		"high | Node/n1 |  | Trivy KCV0073: Kubelet service file permissions",
		"medium | ClusterComplianceReport/nsa |  | Trivy, nsa 1.0: Non-root containers (1 failed)",
		"low | ClusterConfigAuditReport/namespace-gone |  | Trivy KSV040: Resource quota",
	})
}

func TestOpenReportsAreReadLikePolicyReports(t *testing.T) {
	const reports = `---
apiVersion: wgpolicyk8s.io/v1alpha2
kind: PolicyReport
metadata: {name: a, namespace: shop}
scope: {kind: Deployment, name: web, namespace: shop}
results: [{policy: require-probes, rule: readiness, result: fail, severity: high, source: kyverno, message: no readiness probe}]
---
apiVersion: openreports.io/v1alpha1
kind: Report
metadata: {name: a, namespace: shop}
source: kyverno
scope: {kind: Deployment, name: web, namespace: shop}
results:
- {policy: require-probes, rule: readiness, result: fail, severity: high, description: no readiness probe}
- {policy: require-owner, result: error, description: could not be judged}
---
apiVersion: openreports.io/v1alpha1
kind: ClusterReport
metadata: {name: c}
source: scanner
results: [{policy: quota, result: fail, description: no quota, subjects: [{kind: Namespace, name: shop}]}]
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
`
	compare(t, told(policyReport(), scantest.Cluster(t, deployment+reports)), []string{
		"high | Deployment/web |  | kyverno require-probes/readiness: no readiness probe",
		"medium | Namespace/shop |  | scanner quota: no quota",
	})
}

func TestPolicyReportsAreOneFindingPerRuleAndOwner(t *testing.T) {
	const reports = `---
apiVersion: wgpolicyk8s.io/v1alpha2
kind: PolicyReport
metadata: {name: a, namespace: shop}
scope: {kind: Deployment, name: web, namespace: shop}
results:
- {policy: require-probes, rule: readiness, result: fail, severity: high, source: kyverno, message: no readiness probe}
- {policy: require-labels, rule: team, result: pass, source: kyverno, message: fine}
- {policy: advise, result: warn, source: kyverno, message: better not}
---
apiVersion: wgpolicyk8s.io/v1alpha2
kind: PolicyReport
metadata: {name: b, namespace: shop}
results:
- {policy: require-probes, rule: readiness, result: fail, severity: high, source: kyverno, message: no readiness probe, resources: [{kind: ReplicaSet, name: web-new, namespace: shop}]}
---
apiVersion: wgpolicyk8s.io/v1alpha2
kind: ClusterPolicyReport
metadata: {name: c}
results:
- {policy: quota, rule: each, result: fail, message: no quota, resources: [{kind: Namespace, name: shop}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
`
	compare(t, told(policyReport(), scantest.Cluster(t, deployment+replicaSets+reports)), []string{
		"high | Deployment/web |  | kyverno require-probes/readiness: no readiness probe",
		"medium | Namespace/shop |  | policy report quota/each: no quota",
		"low | Deployment/web |  | kyverno advise: better not",
	})
}

func TestNothingToImportIsNoPass(t *testing.T) {
	for _, r := range scanners.Evaluate(Checks(), scantest.Cluster(t, deployment)) {
		if r.Status != scanners.NotKnown || len(r.Findings) > 0 {
			t.Errorf("%s is %s", r.Check.ID, r.Status)
		}
	}
	for _, r := range scanners.Evaluate(Checks(), scantest.Unread(t, deployment)) {
		if r.Status != scanners.NotKnown || r.Check.ID != "import/kube-bench" && !strings.Contains(r.Reason, "reports") {
			t.Errorf("%s of a cluster that hides its reports is %s: %s", r.Check.ID, r.Status, r.Reason)
		}
	}
}
