package data

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
)

func sharedSecretStore() scanners.Check {
	return scanners.Check{
		ID: "data/shared-secret-store", Layer: scanners.Data, Severity: scanners.Medium,
		Title:      "Every namespace may fetch secrets through one store",
		References: []string{"External Secrets docs"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.ClusterSecretStores},
		Find: func(inv *kube.Inventory) scanners.Result {
			var hits []scanners.Hit
			for _, store := range inv.Custom[kube.ClusterSecretStores] {
				conditions, _, _ := unstructured.NestedSlice(store.Object, "spec", "conditions")
				if len(conditions) == 0 || slices.ContainsFunc(conditions, forEverybody) {
					hits = append(hits, scanners.Hit{
						Object: store, Path: "spec.conditions",
						Message: "serves every namespace with one set of credentials: who may create an ExternalSecret anywhere gets whatever they open",
					})
				}
			}
			return scanners.Found(hits)
		},
	}
}

// forEverybody says that a condition, of which one suffices, lets all
// namespaces in.
func forEverybody(condition any) bool {
	fields, _ := condition.(map[string]any)
	if selector, found, _ := unstructured.NestedMap(fields, "namespaceSelector"); found && len(selector) == 0 {
		return true
	}
	patterns, _, _ := unstructured.NestedStringSlice(fields, "namespaceRegexes")
	return slices.ContainsFunc(patterns, func(p string) bool {
		return slices.Contains([]string{".*", ".+", "^.*$", "^.+$"}, p)
	})
}
