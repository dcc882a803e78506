package kube_test

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube"
	"kiln/kube/kubetest"
)

const secretStoreCRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: clustersecretstores.external-secrets.io}
spec:
  group: external-secrets.io
  scope: Cluster
  names: {kind: ClusterSecretStore, listKind: ClusterSecretStoreList, plural: clustersecretstores, singular: clustersecretstore}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
`

const secretStore = `
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault, annotations: {note: kept}}
spec:
  conditions: [{namespaces: [shop]}]
  provider: {vault: {server: "https://vault.example.com"}}
`

func TestCustomResourcesAreReadWhereTheirDefinitionsAre(t *testing.T) {
	testbed := kubetest.Cluster(t)
	testbed.Apply(t, secretStoreCRD, "")
	testbed.Apply(t, secretStore, "")
	inv, err := kube.Collect(t.Context(), connect(t, testbed.Kubeconfig()), kube.CollectOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	stores := inv.Custom[kube.ClusterSecretStores]
	if len(stores) != 1 || stores[0].GetName() != "vault" || stores[0].GetAnnotations()["note"] != "kept" {
		gap, _ := inv.Gap(kube.ClusterSecretStores)
		t.Fatalf("stores: %v, gap %+v", stores, gap)
	}
	if conditions, _, _ := unstructured.NestedSlice(stores[0].Object, "spec", "conditions"); len(conditions) != 1 {
		t.Errorf("conditions: %v", conditions)
	}
	if _, kept, _ := unstructured.NestedMap(stores[0].Object, "spec", "provider"); kept {
		t.Error("fields that no check reads were kept")
	}
	if _, gap := inv.Gap(kube.VeleroSchedules); gap || !inv.Settled(kube.VeleroSchedules) {
		t.Error("a kind that isn't defined is settled, without a gap")
	}

	for name, rule := range map[string]rbacv1.PolicyRule{
		"forbidden for":    {APIGroups: []string{"apiextensions.k8s.io"}, Resources: []string{"customresourcedefinitions"}, Verbs: []string{"list"}},
		"list of the CRDs": {APIGroups: []string{"external-secrets.io"}, Resources: []string{"clustersecretstores"}, Verbs: []string{"list"}},
	} {
		kubeconfig := testbed.Identity(t, "custom-"+strings.ReplaceAll(strings.ToLower(name), " ", "-"), nil, rule)
		inv, err := kube.Collect(t.Context(), connect(t, kubeconfig), kube.CollectOptions{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if gap, ok := inv.Gap(kube.ClusterSecretStores); !ok || !strings.Contains(gap.Reason, name) {
			t.Errorf("gap: %+v, want %q", gap, name)
		}
	}
}

func TestKindsOfTheSameNameAreToldApart(t *testing.T) {
	inv, problems, err := kube.ReadManifests(kube.ManifestOptions{Paths: []string{"-"}, Stdin: strings.NewReader(secretStore + `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ours}
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: calicos, namespace: shop}
---
apiVersion: example.com/v1
kind: NetworkPolicy
metadata: {name: nobodys}
`)})
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	if len(inv.NetworkPolicies) != 1 || len(inv.Custom[kube.CalicoPolicies]) != 1 || len(inv.Custom[kube.ClusterSecretStores]) != 1 {
		t.Errorf("policies: %v, custom: %v", inv.NetworkPolicies, inv.Custom)
	}
	if origin, ok := inv.Origin(inv.Custom[kube.CalicoPolicies][0]); !ok || origin.Line != 14 {
		t.Errorf("origin: %+v", origin)
	}
}
