package fixes

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/netpol"
	"kiln/scanners/scantest"
)

// shopPods are two workloads, the first of which may only look names up.
func shopPods(webLabels string) string {
	return `
{apiVersion: apps/v1, kind: Deployment, metadata: {name: db, namespace: shop}, spec: {selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db, tier: x}}, spec: {containers: [{name: c, image: x}]}}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: web, namespace: shop}, spec: {template: {metadata: {labels: {` + webLabels + `}}, spec: {containers: [{name: c, image: x}]}}}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: narrow, namespace: shop}, spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}]}}`
}

func planMetadataEgress(inv *kube.Inventory) (Plan, error) {
	finding := scanners.Finding{Check: "network/metadata-egress", Object: kube.Ref{APIVersion: "v1", Kind: "Namespace", Name: "shop"}}
	return metadataEgress().Plan(Situation{Finding: finding, Inventory: inv})
}

// Policies add up, so the new one must not be about pods that another keeps
// from more than the metadata service.
func TestMetadataEgressOpensNothing(t *testing.T) {
	inv := scantest.Cluster(t, shopPods("app: web, tier: x"))
	plan, err := planMetadataEgress(inv)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range plan.Changes {
		policy := &networkingv1.NetworkPolicy{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(change.Apply.Object, policy); err != nil {
			t.Fatal(err)
		}
		inv.NetworkPolicies = append(inv.NetworkPolicies, policy)
	}
	policies := netpol.New(inv)
	for _, w := range inv.Workloads {
		isolating := policies.Isolating(w, netpol.Egress)
		to := func(address string) bool {
			return len(isolating) == 0 || netpol.ToAddress(isolating, netip.MustParseAddr(address), netpol.Port{Number: 80})
		}
		if to("169.254.169.254") || to("192.0.2.1") != (w.Ref().Name == "web") {
			t.Errorf("%s gets to the metadata service: %t, elsewhere: %t", w.Ref(), to("169.254.169.254"), to("192.0.2.1"))
		}
	}
}

func TestMetadataEgressLeavesWhatNoLabelTellsApart(t *testing.T) {
	for _, labels := range []string{"", "tier: x"} {
		plan, err := planMetadataEgress(scantest.Cluster(t, shopPods(labels)))
		var manual *ManualError
		if !errors.As(err, &manual) || !strings.Contains(manual.Steps, "Job/web") {
			t.Errorf("labels %q: %v, %v", labels, plan.Changes, err)
		}
	}
}
