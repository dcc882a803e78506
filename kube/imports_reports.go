package kube

import "k8s.io/apimachinery/pkg/runtime/schema"

// The reports that other tools keep in the cluster: Trivy Operator's, and the
// policy reports that Kyverno and others write.
const (
	VulnerabilityReports Resource = "vulnerabilityreports.aquasecurity.github.io"
	ConfigAuditReports   Resource = "configauditreports.aquasecurity.github.io"
	ExposedSecretReports Resource = "exposedsecretreports.aquasecurity.github.io"

	PolicyReports        Resource = "policyreports.wgpolicyk8s.io"
	ClusterPolicyReports Resource = "clusterpolicyreports.wgpolicyk8s.io"
)

// reportKinds keep of each of the cluster's reports what a finding tells, and
// not the secret that a report may quote.
func reportKinds() []kind {
	trivy := schema.GroupVersion{Group: "aquasecurity.github.io", Version: "v1alpha1"}
	policy := schema.GroupVersion{Group: "wgpolicyk8s.io", Version: "v1alpha2"}
	results := "results[policy,rule,result,severity,message,resources,source]"
	return []kind{
		customKind(VulnerabilityReports, trivy.WithKind("VulnerabilityReport"), "report.artifact", "report.vulnerabilities[vulnerabilityID,severity,fixedVersion]"),
		customKind(ConfigAuditReports, trivy.WithKind("ConfigAuditReport"), "report.checks[checkID,severity,success,title]"),
		customKind(ExposedSecretReports, trivy.WithKind("ExposedSecretReport"), "report.artifact", "report.secrets[ruleID,severity,title,target]"),
		customKind(PolicyReports, policy.WithKind("PolicyReport"), "scope", results),
		customKind(ClusterPolicyReports, policy.WithKind("ClusterPolicyReport"), "scope", results),
	}
}
