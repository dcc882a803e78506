package network

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/types"

	"kiln/kube"
	"kiln/scanners"
)

func exposedDashboard() scanners.Check {
	return scanners.Check{
		ID: "network/exposed-dashboard", Layer: scanners.Network, Severity: scanners.High,
		Title:      "A powerful web interface is open to the outside",
		References: []string{"C-0014", "C-0021"},
		Fix:        scanners.Guided,
		Needs:      []kube.Resource{kube.Services},
		Reads:      []kube.Resource{kube.Ingresses},
		Find:       findDashboards,
	}
}

// interfaces are web interfaces by the names that their charts give the
// service: whoever is let in may run things in the cluster, or read what all do.
func interfaces() map[string]string {
	return map[string]string{
		"kubernetes-dashboard":            "the Kubernetes dashboard",
		"kubernetes-dashboard-kong-proxy": "the Kubernetes dashboard",
		"argo-server":                     "Argo Workflows",
		"argo-workflows-server":           "Argo Workflows",
		"weave-scope-app":                 "Weave Scope",
		"kubeshark-front":                 "Kubeshark",
		"hubble-ui":                       "Hubble",
		"ml-pipeline-ui":                  "Kubeflow Pipelines",
		"centraldashboard":                "Kubeflow",
		"longhorn-frontend":               "Longhorn",
		"octant":                          "Octant",
		"portainer":                       "Portainer",
	}
}

func findDashboards(inv *kube.Inventory) scanners.Result {
	var hits []scanners.Hit
	exposed := map[types.NamespacedName]string{}
	for _, svc := range inv.Services {
		what := interfaces()[svc.Name]
		if what == "" {
			continue
		}
		exposed[types.NamespacedName{Namespace: svc.Namespace, Name: svc.Name}] = what
		switch {
		case svc.Spec.Type == corev1.ServiceTypeNodePort,
			svc.Spec.Type == corev1.ServiceTypeLoadBalancer && !internal(svc) && !ranged(svc):
			hits = append(hits, scanners.Hit{Object: svc, Path: "spec.type", Message: fmt.Sprintf("%s is reachable from outside by a %s", what, svc.Spec.Type)})
		}
	}
	for _, ing := range inv.Ingresses {
		for _, backend := range backends(ing) {
			if what := exposed[types.NamespacedName{Namespace: ing.Namespace, Name: backend}]; what != "" {
				hits = append(hits, scanners.Hit{Object: ing, Path: "spec.rules", Key: backend, Message: what + " is reachable through this ingress"})
			}
		}
	}
	return scanners.Found(hits)
}

// backends are the services that an ingress leads to.
func backends(ing *networkingv1.Ingress) []string {
	var names []string
	if b := ing.Spec.DefaultBackend; b != nil && b.Service != nil {
		names = append(names, b.Service.Name)
	}
	for _, rule := range ing.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for _, p := range rule.HTTP.Paths {
			if p.Backend.Service != nil {
				names = append(names, p.Backend.Service.Name)
			}
		}
	}
	return names
}
