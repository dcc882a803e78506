package imported

import (
	"cmp"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
)

func policyReport() scanners.Check {
	return scanners.Check{
		ID: "import/policy-report", Layer: scanners.API, Severity: scanners.Info,
		Title:      "A policy report says that an object breaks a rule",
		References: []string{"wgpolicyk8s.io", "openreports.io"},
		Fix:        scanners.Manual,
		Needs:      policyResources(),
		Hints:      append(kube.WorkloadResources(), kube.Namespaces, kube.Nodes, kube.ClusterRoles, kube.Roles),
		Find:       findPolicyReports,
	}
}

// policyResources are the same reports under their old and their new group.
// Where a tool writes both, a finding of each is one by its key.
func policyResources() []kube.Resource {
	return []kube.Resource{kube.PolicyReports, kube.ClusterPolicyReports, kube.OpenReports, kube.ClusterOpenReports}
}

func findPolicyReports(inv *kube.Inventory) scanners.Result {
	known := objectsOf(inv)
	var hits []scanners.Hit
	reports := 0
	for _, resource := range policyResources() {
		for _, report := range inv.Custom[resource] {
			reports++
			results, _, _ := unstructured.NestedSlice(report.Object, "results")
			for _, r := range results {
				if result, ok := r.(map[string]any); ok {
					hits = append(hits, brokenRule(report, result, known)...)
				}
			}
		}
	}
	if reports == 0 {
		return scanners.Unknown("no policy reports are there")
	}
	return scanners.Found(hits)
}

// brokenRule is one result that failed, on each of its objects. Kyverno
// reports the same rule for a Deployment, its ReplicaSet and its pods; they
// are all found as the Deployment, and so are one finding.
func brokenRule(report *unstructured.Unstructured, result map[string]any, known objects) []scanners.Hit {
	severity := severityOf(text(result, "severity"))
	switch text(result, "result") {
	case "fail":
		if severity == 0 {
			severity = scanners.Medium
		}
	case "warn":
		severity = scanners.Low
	default:
		return nil
	}
	rule := text(result, "policy")
	if name := text(result, "rule"); name != "" {
		rule += "/" + name
	}
	source := cmp.Or(text(result, "source"), text(report.Object, "source"), "policy report")
	var hits []scanners.Hit
	for _, target := range targets(report, result) {
		namespace := text(target, "namespace")
		if namespace == "" && text(target, "kind") != "Namespace" {
			namespace = report.GetNamespace()
		}
		hits = append(hits, scanners.Hit{
			Object: known.find(text(target, "kind"), namespace, text(target, "name"), report), Key: rule,
			Message: fmt.Sprintf("%s %s: %s", source, rule, cmp.Or(text(result, "message"), text(result, "description"))), Severity: severity,
		})
	}
	return hits
}

// targets are the result's objects, else the one that the report is about.
func targets(report *unstructured.Unstructured, result map[string]any) []map[string]any {
	var all []map[string]any
	for _, list := range []string{"resources", "subjects"} {
		items, _ := result[list].([]any)
		for _, item := range items {
			if m, ok := item.(map[string]any); ok {
				all = append(all, m)
			}
		}
	}
	if len(all) == 0 {
		scope, _, _ := unstructured.NestedMap(report.Object, "scope")
		all = append(all, scope)
	}
	return all
}
