package kube

import "k8s.io/apimachinery/pkg/runtime/schema"

// The reports that other tools keep in the cluster: Trivy Operator's, and the
// policy reports that Kyverno and others write, under their old and their new
// group.
const (
	VulnerabilityReports        Resource = "vulnerabilityreports.aquasecurity.github.io"
	ClusterVulnerabilityReports Resource = "clustervulnerabilityreports.aquasecurity.github.io"
	ExposedSecretReports        Resource = "exposedsecretreports.aquasecurity.github.io"

	ConfigAuditReports            Resource = "configauditreports.aquasecurity.github.io"
	ClusterConfigAuditReports     Resource = "clusterconfigauditreports.aquasecurity.github.io"
	RbacAssessmentReports         Resource = "rbacassessmentreports.aquasecurity.github.io"
	ClusterRbacAssessmentReports  Resource = "clusterrbacassessmentreports.aquasecurity.github.io"
	InfraAssessmentReports        Resource = "infraassessmentreports.aquasecurity.github.io"
	ClusterInfraAssessmentReports Resource = "clusterinfraassessmentreports.aquasecurity.github.io"
	ClusterComplianceReports      Resource = "clustercompliancereports.aquasecurity.github.io"

	PolicyReports        Resource = "policyreports.wgpolicyk8s.io"
	ClusterPolicyReports Resource = "clusterpolicyreports.wgpolicyk8s.io"
	OpenReports          Resource = "reports.openreports.io"
	ClusterOpenReports   Resource = "clusterreports.openreports.io"
)

// reportKinds keep of each of the cluster's reports what a finding tells, and
// not the secret that a report may quote.
func reportKinds() []kind {
	trivy := schema.GroupVersion{Group: "aquasecurity.github.io", Version: "v1alpha1"}
	policy := schema.GroupVersion{Group: "wgpolicyk8s.io", Version: "v1alpha2"}
	open := schema.GroupVersion{Group: "openreports.io", Version: "v1alpha1"}
	vulnerabilities := "report.vulnerabilities[vulnerabilityID,severity,fixedVersion]"
	checks := "report.checks[checkID,severity,success,title]"
	return []kind{
		customKind(VulnerabilityReports, trivy.WithKind("VulnerabilityReport"), "report.artifact", vulnerabilities),
		customKind(ClusterVulnerabilityReports, trivy.WithKind("ClusterVulnerabilityReport"), "report.artifact", vulnerabilities),
		customKind(ExposedSecretReports, trivy.WithKind("ExposedSecretReport"), "report.artifact", "report.secrets[ruleID,severity,title,target]"),
		customKind(ConfigAuditReports, trivy.WithKind("ConfigAuditReport"), checks),
		customKind(ClusterConfigAuditReports, trivy.WithKind("ClusterConfigAuditReport"), checks),
		customKind(RbacAssessmentReports, trivy.WithKind("RbacAssessmentReport"), checks),
		customKind(ClusterRbacAssessmentReports, trivy.WithKind("ClusterRbacAssessmentReport"), checks),
		customKind(InfraAssessmentReports, trivy.WithKind("InfraAssessmentReport"), checks),
		customKind(ClusterInfraAssessmentReports, trivy.WithKind("ClusterInfraAssessmentReport"), checks),
		customKind(ClusterComplianceReports, trivy.WithKind("ClusterComplianceReport"),
			"spec.compliance.title", "status.summaryReport.controlCheck[id,name,severity,totalFail]",
			"status.detailReport.results[id,name,severity,status,checks]"),
		customKind(PolicyReports, policy.WithKind("PolicyReport"), reportFields()...),
		customKind(ClusterPolicyReports, policy.WithKind("ClusterPolicyReport"), reportFields()...),
		customKind(OpenReports, open.WithKind("Report"), reportFields()...),
		customKind(ClusterOpenReports, open.WithKind("ClusterReport"), reportFields()...),
	}
}

// reportFields: the message of a result is "description" in the new group.
func reportFields() []string {
	return []string{"scope", "source", "results[policy,rule,result,severity,message,description,resources,subjects,source]"}
}
