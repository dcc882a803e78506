package fixes

import (
	"maps"
	"slices"

	"kiln/kube"
)

const (
	howClusterIP       = "cluster-ip"
	howInternalBalance = "internal-load-balancer"
	providerQuestion   = "provider"
)

func nodePort() Recipe {
	return Recipe{Check: "network/nodeport", Questions: insteadOfNodePort, Plan: func(s Situation) (Plan, error) {
		if s.Answers[howQuestion] == howInternalBalance {
			change := applyTo(s.Live)
			change.Apply.SetAnnotations(internalLoadBalancers()[providerOf(s)])
			change.Apply.Object["spec"] = map[string]any{"type": "LoadBalancer"}
			return Plan{
				Title:   "Put an internal load balancer before the service",
				Changes: []Change{change},
				Notes: []string{
					"Clients outside the cluster need the load balancer's address; only the provider's private network reaches it.",
					"Most load balancers send through the nodes' ports, which stay: let the nodes' firewall admit nobody else.",
				},
			}, nil
		}
		return toClusterIP(s, "Close the service's ports on the nodes",
			"Clients outside the cluster lose it; put an Ingress with TLS, or a load balancer, before it if they need it.",
			"Taking this back asks for the same ports again; they may be taken by then."), nil
	}}
}

// insteadOfNodePort asks what the service becomes, and whose load balancer it
// gets where the cluster doesn't tell.
func insteadOfNodePort(s Situation) []Question {
	balancer := Choice{Value: howInternalBalance, Label: "a load balancer with a private address"}
	provider, known := kube.ProviderOf(s.Inventory.Source.Version, s.Inventory.Nodes)
	if known {
		balancer.Found = "the cluster is " + provider.Name
	}
	asked := []Question{{Key: howQuestion, Ask: "What instead of ports on the nodes?", Choices: []Choice{
		{Value: howClusterIP, Label: "only the cluster's own pods reach it"}, balancer,
	}}}
	if s.Answers[howQuestion] != howInternalBalance || internalLoadBalancers()[provider.Name] != nil {
		return asked
	}
	whose := Question{Key: providerQuestion, Ask: "Whose load balancers does the cluster have?"}
	for _, name := range slices.Sorted(maps.Keys(internalLoadBalancers())) {
		whose.add(Choice{Value: name})
	}
	return append(asked, whose)
}

func providerOf(s Situation) string {
	if answer := s.Answers[providerQuestion]; answer != "" {
		return answer
	}
	provider, _ := kube.ProviderOf(s.Inventory.Source.Version, s.Inventory.Nodes)
	return provider.Name
}

// internalLoadBalancers are the annotations, by provider, for a load balancer
// without a public address, as each provider documents them.
func internalLoadBalancers() map[string]map[string]string {
	return map[string]map[string]string{
		"EKS": {
			"service.beta.kubernetes.io/aws-load-balancer-scheme":   "internal",
			"service.beta.kubernetes.io/aws-load-balancer-internal": "true",
		},
		"GKE":                                   {"networking.gke.io/load-balancer-type": "Internal"},
		"AKS":                                   {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"},
		"Yandex Managed Service for Kubernetes": {"yandex.cloud/load-balancer-type": "internal"},
		"OpenStack":                             {"service.beta.kubernetes.io/openstack-internal-load-balancer": "true"},
		"Oracle":                                {"service.beta.kubernetes.io/oci-load-balancer-internal": "true"},
		"Alibaba":                               {"service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": "intranet"},
		"IBM":                                   {"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": "private"},
		"Hetzner":                               {"load-balancer.hetzner.cloud/disable-public-network": "true"},
	}
}
