package api

import (
	"slices"

	admissionv1 "k8s.io/api/admissionregistration/v1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/installed"
)

func noPolicyEngine(tools installed.Table) scanners.Check {
	return scanners.Check{
		ID: "api/no-policy-engine", Layer: scanners.API, Severity: scanners.Info,
		Title:      "Nothing enforces rules of your own at admission",
		References: []string{"NSA"},
		Fix:        scanners.Manual,
		Needs:      installed.Resources(),
		Hints:      []kube.Resource{kube.ValidatingAdmissionPolicies, kube.ValidatingAdmissionPolicyBindings},
		Find:       func(inv *kube.Inventory) scanners.Result { return findNoPolicyEngine(tools, inv) },
	}
}

// findNoPolicyEngine takes either: an engine, or the API server's own policies
// where they refuse something of workloads.
func findNoPolicyEngine(tools installed.Table, inv *kube.Inventory) scanners.Result {
	switch {
	case len(tools.Find(inv, installed.PolicyEngine)) > 0, denies(inv):
		return scanners.Result{}
	case inv.FromFiles():
		return scanners.Unknown("manifests don't tell what else runs in the cluster")
	}
	for _, r := range []kube.Resource{kube.ValidatingAdmissionPolicies, kube.ValidatingAdmissionPolicyBindings} {
		if gap, ok := inv.Gap(r); ok {
			return scanners.Unknown("no policy engine is installed, but ValidatingAdmissionPolicies may do its work, which could not be read: " + gap.Reason)
		}
	}
	message := "runs no policy engine that kiln recognises, and no ValidatingAdmissionPolicy is bound that denies anything about workloads"
	if len(inv.ValidatingAdmissionPolicyBindings) > 0 {
		message = "runs no policy engine that kiln recognises, and its ValidatingAdmissionPolicies only warn, or are about other things than workloads"
	}
	return scanners.Found([]scanners.Hit{{Object: scanners.Cluster(), Key: string(installed.PolicyEngine), Message: message}})
}

// denies says that some policy about workloads is bound, and that its binding
// refuses what doesn't comply.
func denies(inv *kube.Inventory) bool {
	return slices.ContainsFunc(inv.ValidatingAdmissionPolicyBindings, func(b *admissionv1.ValidatingAdmissionPolicyBinding) bool {
		return slices.Contains(b.Spec.ValidationActions, admissionv1.Deny) &&
			slices.ContainsFunc(inv.ValidatingAdmissionPolicies, func(p *admissionv1.ValidatingAdmissionPolicy) bool {
				return p.Name == b.Spec.PolicyName && len(p.Spec.Validations) > 0 && aboutWorkloads(p.Spec.MatchConstraints)
			})
	})
}

// aboutWorkloads tells rules for pods and what makes pods from those with
// which a project guards its own resources.
func aboutWorkloads(match *admissionv1.MatchResources) bool {
	return match != nil && slices.ContainsFunc(match.ResourceRules, func(r admissionv1.NamedRuleWithOperations) bool {
		resources := func(names ...string) bool {
			return slices.ContainsFunc(r.Resources, func(resource string) bool {
				return resource == "*" || resource == "*/*" || slices.Contains(names, resource)
			})
		}
		return has(r.APIGroups, "") && resources("pods", "replicationcontrollers", "services") ||
			has(r.APIGroups, "apps") && resources("deployments", "statefulsets", "daemonsets", "replicasets") ||
			has(r.APIGroups, "batch") && resources("jobs", "cronjobs") ||
			has(r.APIGroups, "networking.k8s.io") && resources("ingresses")
	})
}
