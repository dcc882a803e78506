package netpol_test

import (
	"fmt"
	"strings"
	"testing"

	"kiln/scanners/netpol"
	"kiln/scanners/scantest"
)

// town is namespaces with workloads, a policy that denies all in each of them,
// and one for each workload that lets the next one in.
func town(namespaces, workloads int) string {
	var text strings.Builder
	for ns := range namespaces {
		fmt.Fprintf(&text, "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: n%d}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}\n", ns)
		for w := range workloads {
			fmt.Fprintf(&text, `---
{apiVersion: v1, kind: Pod, metadata: {name: w%d, namespace: n%d, labels: {app: w%d}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p%d, namespace: n%d}, spec: {podSelector: {matchLabels: {app: w%d}},
  ingress: [{from: [{podSelector: {matchLabels: {app: w%d}}}]}], egress: [{to: [{namespaceSelector: {}}]}]}}
`, w, ns, w, w, ns, w, (w+1)%workloads)
		}
	}
	return text.String()
}

// BenchmarkEverybodysStanding is what kiln reach without a namespace does.
func BenchmarkEverybodysStanding(b *testing.B) {
	inv := scantest.Cluster(b, town(30, 50))
	for b.Loop() {
		hood := netpol.NewNeighbourhood(inv)
		peers := 0
		for _, w := range inv.Workloads {
			s, err := hood.Standing(b.Context(), w)
			if err != nil {
				b.Fatal(err)
			}
			peers += len(s.In.Peers)
		}
		if peers != len(inv.Workloads) {
			b.Fatalf("%d pairs may talk, want one for each of %d workloads", peers, len(inv.Workloads))
		}
	}
}
