package fixes

import (
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

func defaultDenyIngress() Recipe {
	return defaultDeny("network/no-default-deny-ingress", "default-deny-ingress",
		map[string]any{"podSelector": map[string]any{}, "policyTypes": []any{"Ingress"}},
		"Every connection to the pods is refused but those that another policy allows, and those from the pod's own node.",
	)
}

func defaultDenyEgress() Recipe {
	return defaultDeny("network/no-default-deny-egress", "default-deny-egress",
		map[string]any{
			"podSelector": map[string]any{}, "policyTypes": []any{"Egress"},
			"egress": []any{allowDNS()},
		},
		"Every connection from the pods is refused but name lookups, and those that another policy allows: add policies for their databases, APIs and the API server.",
		"Where a DNS cache runs on the nodes, its address has to be allowed, too.",
	)
}

// allowDNS lets pods look names up at the cluster's own DNS.
func allowDNS() map[string]any {
	return map[string]any{
		"to": []any{map[string]any{
			"namespaceSelector": map[string]any{"matchLabels": map[string]any{"kubernetes.io/metadata.name": "kube-system"}},
			"podSelector":       map[string]any{"matchLabels": map[string]any{"k8s-app": "kube-dns"}},
		}},
		"ports": []any{
			map[string]any{"protocol": "UDP", "port": int64(53)},
			map[string]any{"protocol": "TCP", "port": int64(53)},
		},
	}
}

func defaultDeny(check, name string, spec map[string]any, notes ...string) Recipe {
	return Recipe{Check: check, Plan: func(s Situation) (Plan, error) {
		namespace := s.Finding.Object.Namespace
		if s.Finding.Object.Kind == "Namespace" {
			namespace = s.Finding.Object.Name
		}
		policy := createdByKiln("networking.k8s.io/v1", "NetworkPolicy", namespace, freePolicyName(s.Inventory, namespace, name))
		policy.Object["spec"] = spec
		return Plan{
			Title:   fmt.Sprintf("Create NetworkPolicy %s in %s", policy.GetName(), namespace),
			Changes: []Change{{Target: kube.RefOf(policy), Mechanism: Create, Apply: policy}},
			Notes:   append(notes, "It needs a network plugin that enforces policies; some don't."),
		}, nil
	}}
}

// freePolicyName is name, or name-2 and so on where that is taken.
func freePolicyName(inv *kube.Inventory, namespace, name string) string {
	free := name
	for n := 2; slices.ContainsFunc(inv.NetworkPolicies, func(p *networkingv1.NetworkPolicy) bool {
		return p.Namespace == namespace && p.Name == free
	}); n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	return free
}

// createdByKiln starts a new object, labelled with who made it.
func createdByKiln(apiVersion, kind, namespace, name string) *unstructured.Unstructured {
	obj := &unstructured.Unstructured{Object: map[string]any{}}
	obj.SetAPIVersion(apiVersion)
	obj.SetKind(kind)
	obj.SetNamespace(namespace)
	obj.SetName(name)
	obj.SetLabels(map[string]string{"app.kubernetes.io/managed-by": kube.FieldManager})
	return obj
}
