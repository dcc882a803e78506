package api

import (
	"fmt"
	"slices"

	admissionv1 "k8s.io/api/admissionregistration/v1"

	"kiln/kube"
	"kiln/scanners"
)

func webhookFailOpen() scanners.Check {
	return scanners.Check{
		ID: "api/webhook-fail-open", Layer: scanners.API, Severity: scanners.Low,
		Title:      "An admission webhook lets everything through while it is down",
		References: []string{"C-0036", "C-0039"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.ValidatingWebhooks, kube.MutatingWebhooks},
		Find:       findFailOpen,
	}
}

// findFailOpen looks at webhooks that judge pods when they are made or changed:
// those that only look after their own resources, or see pods go, may well fail
// open.
func findFailOpen(inv *kube.Inventory) scanners.Result {
	var hits []scanners.Hit
	for _, config := range inv.ValidatingWebhooks {
		for i, w := range config.Webhooks {
			if failsOpen(w.FailurePolicy) && guardsPods(w.Rules) {
				hits = append(hits, failOpenHit(config, i, w.Name))
			}
		}
	}
	for _, config := range inv.MutatingWebhooks {
		for i, w := range config.Webhooks {
			if failsOpen(w.FailurePolicy) && guardsPods(w.Rules) {
				hits = append(hits, failOpenHit(config, i, w.Name))
			}
		}
	}
	return scanners.Found(hits)
}

// failsOpen: v1 fails closed unless it says otherwise.
func failsOpen(policy *admissionv1.FailurePolicyType) bool {
	return policy != nil && *policy == admissionv1.Ignore
}

func guardsPods(rules []admissionv1.RuleWithOperations) bool {
	return slices.ContainsFunc(rules, func(r admissionv1.RuleWithOperations) bool {
		lets := slices.ContainsFunc(r.Operations, func(o admissionv1.OperationType) bool {
			return o == admissionv1.Create || o == admissionv1.Update || o == admissionv1.OperationAll
		})
		return lets && has(r.APIGroups, "") && (has(r.Resources, "pods") || slices.Contains(r.Resources, "*/*"))
	})
}

func failOpenHit(config kube.Object, i int, name string) scanners.Hit {
	return scanners.Hit{
		Object: config, Path: fmt.Sprintf("webhooks[%d].failurePolicy", i), Key: name,
		Message: fmt.Sprintf("webhook %s lets pods through unseen when it doesn't answer (failurePolicy Ignore)", name),
	}
}
