package netpol_test

import (
	"testing"

	"kiln/scanners/netpol"
	"kiln/scanners/scantest"
)

// inShop is a policy of a kind, in namespace shop unless the kind is one for
// the whole cluster.
func inShop(apiVersion, kind, spec string) string {
	return "---\n{apiVersion: " + apiVersion + ", kind: " + kind + ", metadata: {name: p, namespace: shop}, spec: " + spec + "}\n"
}

func everywhere(apiVersion, kind, spec string) string {
	return "---\n{apiVersion: " + apiVersion + ", kind: " + kind + ", metadata: {name: p}, spec: " + spec + "}\n"
}

func TestPoliciesOfOtherKinds(t *testing.T) {
	const uncovered, perhaps, covered = netpol.Uncovered, netpol.Perhaps, netpol.Covered
	cilium := func(spec string) string { return inShop("cilium.io/v2", "CiliumNetworkPolicy", spec) }
	clusterwide := func(spec string) string { return everywhere("cilium.io/v2", "CiliumClusterwideNetworkPolicy", spec) }
	calico := func(spec string) string { return inShop("crd.projectcalico.org/v1", "NetworkPolicy", spec) }
	global := func(spec string) string { return everywhere("projectcalico.org/v3", "GlobalNetworkPolicy", spec) }
	baseline := func(spec string) string {
		return everywhere("policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy", spec)
	}
	for _, tt := range []struct {
		name, policy    string
		ingress, egress netpol.Coverage
	}{
		{"none", "", uncovered, uncovered},
		{"Cilium, all pods", cilium(`{endpointSelector: {}, ingress: [{}], egress: [{toEntities: [cluster]}]}`), covered, covered},
		{"Cilium, no rules", cilium(`{endpointSelector: {}, ingress: []}`), uncovered, uncovered},
		{"Cilium, a label with its source", cilium(`{endpointSelector: {matchLabels: {"k8s:app": web}}, ingress: [{}]}`), covered, uncovered},
		{"Cilium, an expression", cilium(`{endpointSelector: {matchExpressions: [{key: "any:app", operator: In, values: [web, api]}]}, egressDeny: [{toEntities: [world]}]}`), uncovered, covered},
		{"Cilium, another label", cilium(`{endpointSelector: {matchLabels: {app: db}}, ingress: [{}]}`), uncovered, uncovered},
		{"Cilium, no default deny", cilium(`{endpointSelector: {}, enableDefaultDeny: {ingress: false}, ingress: [{}]}`), uncovered, uncovered},
		{"Cilium, clusterwide by namespace", clusterwide(`{endpointSelector: {matchLabels: {"k8s:io.kubernetes.pod.namespace": shop}}, ingress: [{}]}`), covered, uncovered},
		{"Cilium, clusterwide by the namespace's label", clusterwide(`{endpointSelector: {matchLabels: {io.cilium.k8s.namespace.labels.team: ops}}, ingress: [{}]}`), uncovered, uncovered},
		{"Cilium, for nodes", clusterwide(`{nodeSelector: {}, ingress: [{}]}`), uncovered, uncovered},
		{"Calico, default types", calico(`{selector: "app == 'web'"}`), covered, uncovered},
		{"Calico, types by rules", calico(`{selector: all(), egress: [{action: Allow}]}`), uncovered, covered},
		{"Calico, both", global(`{types: [Ingress, Egress]}`), covered, covered},
		{"Calico, joined", global(`{selector: "has(app) && app in {'web', \"api\"} && tier != 'x' && !has(legacy)"}`), covered, uncovered},
		{"Calico, not in", global(`{selector: "app not in {'web'}"}`), uncovered, uncovered},
		{"Calico, another namespace", global(`{selector: all(), namespaceSelector: "kubernetes.io/metadata.name == 'ops'"}`), uncovered, uncovered},
		{"Calico, more than is understood", global(`{selector: "app == 'db' || app == 'web'"}`), perhaps, uncovered},
		{"Calico, for the nodes", global(`{selector: all(), preDNAT: true, applyOnForward: true}`), uncovered, uncovered},
		{"admin, deny all", baseline(`{subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}], egress: [{action: Deny, to: [{networks: [0.0.0.0/0]}]}]}`), covered, covered},
		{"admin, deny some", baseline(`{subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {matchLabels: {team: ops}}}]}]}`), uncovered, uncovered},
		{"admin, deny one port", baseline(`{subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}], ports: [{portNumber: {port: 22, protocol: TCP}}]}]}`), uncovered, uncovered},
		{"admin, allow all", baseline(`{subject: {namespaces: {}}, ingress: [{action: Allow, from: [{namespaces: {}}]}]}`), uncovered, uncovered},
		{"admin, these pods", baseline(`{subject: {pods: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}, podSelector: {matchLabels: {app: web}}}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}`), covered, uncovered},
		{"admin, other pods", baseline(`{subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: db}}}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}`), uncovered, uncovered},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inv := scantest.Files(t, workloads+tt.policy)
			others, web := netpol.NewOthers(inv), named(t, inv, "web")
			if got := others.Isolates(web, netpol.Ingress); got != tt.ingress {
				t.Errorf("ingress: %v, want %v", got, tt.ingress)
			}
			if got := others.Isolates(web, netpol.Egress); got != tt.egress {
				t.Errorf("egress: %v, want %v", got, tt.egress)
			}
		})
	}
}

func TestAPolicyOfOneNamespaceLeavesTheOthersAlone(t *testing.T) {
	inv := scantest.Files(t, workloads+inShop("cilium.io/v2", "CiliumNetworkPolicy", `{endpointSelector: {}, ingress: [{}]}`))
	if got := netpol.NewOthers(inv).Selects(named(t, inv, "scraper")); got != netpol.Uncovered {
		t.Errorf("a pod of ops: %v", got)
	}
}
