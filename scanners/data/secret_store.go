package data

import (
	"encoding/json"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
)

func sharedSecretStore() scanners.Check {
	return scanners.Check{
		ID: "data/shared-secret-store", Layer: scanners.Data, Severity: scanners.Medium,
		Title:      "Several namespaces fetch secrets with one set of credentials",
		References: []string{"External Secrets docs"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.ClusterSecretStores, kube.SecretStores},
		Find: func(inv *kube.Inventory) scanners.Result {
			return scanners.Found(append(openStores(inv), twinStores(inv)...))
		},
	}
}

// openStores are the ClusterSecretStores that let every namespace in.
func openStores(inv *kube.Inventory) []scanners.Hit {
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
	return hits
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

// twinStores are SecretStores of different namespaces that log in to the same
// secret manager in the same role. Those that take their credentials from a
// Secret beside them may differ in what it holds, which kiln doesn't look at.
func twinStores(inv *kube.Inventory) []scanners.Hit {
	stores := inv.Custom[kube.SecretStores]
	logins := map[string][]*unstructured.Unstructured{}
	for _, store := range stores {
		if login := loginOf(store); login != "" {
			logins[login] = append(logins[login], store)
		}
	}
	var hits []scanners.Hit
	for _, store := range stores {
		for _, other := range logins[loginOf(store)] {
			if other.GetNamespace() != store.GetNamespace() {
				hits = append(hits, scanners.Hit{
					Object: store, Path: "spec.provider",
					Message: fmt.Sprintf("logs in as %s does: each of the two namespaces gets whatever the other one's secrets are", kube.RefOf(other)),
				})
				break
			}
		}
	}
	return hits
}

// loginOf is the same for stores that log in alike; empty where that can't be
// told.
func loginOf(store *unstructured.Unstructured) string {
	provider, found, err := unstructured.NestedMap(store.Object, "spec", "provider")
	if err != nil || !found || takesSecret(provider) || provider["fake"] != nil {
		return ""
	}
	login, err := json.Marshal(provider) // with sorted keys
	if err != nil {
		return ""
	}
	return string(login)
}

// takesSecret says that some field refers to a Secret, as secretRef,
// tokenSecretRef, accessKeyIDSecretRef and the like do.
func takesSecret(node any) bool {
	switch n := node.(type) {
	case map[string]any:
		for key, value := range n {
			if endsInAny(key, []string{"secretRef", "SecretRef"}) || takesSecret(value) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(n, takesSecret)
	}
	return false
}
