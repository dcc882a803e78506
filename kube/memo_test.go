package kube_test

import (
	"strings"
	"testing"

	"kiln/kube"
)

func TestOnceDerivesAValueOncePerInventory(t *testing.T) {
	read := func() *kube.Inventory {
		inv, _, err := kube.ReadManifests(kube.ManifestOptions{Paths: []string{"-"}, Stdin: strings.NewReader("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}")})
		if err != nil {
			t.Fatal(err)
		}
		return inv
	}
	calls := 0
	count := func(inv *kube.Inventory) int { calls++; return len(inv.Namespaces) }
	one, other := read(), read()
	for _, inv := range []*kube.Inventory{one, one, other, one} {
		if got := kube.Once(inv, "namespaces", count); got != 1 {
			t.Errorf("namespaces: %d", got)
		}
	}
	if calls != 2 {
		t.Errorf("derived %d times for two inventories", calls)
	}
}
