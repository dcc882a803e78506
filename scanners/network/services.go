package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
)

func nodePort() scanners.Check {
	return scanners.Check{
		ID: "network/nodeport", Layer: scanners.Network, Severity: scanners.Medium,
		Title:      "A service is open on a port of every node",
		References: []string{"C-0256", "C-0266"},
		Fix:        scanners.Guided,
		Needs:      []kube.Resource{kube.Services},
		Find: func(inv *kube.Inventory) scanners.Result {
			var hits []scanners.Hit
			for _, svc := range inv.Services {
				if svc.Spec.Type == corev1.ServiceTypeNodePort {
					hits = append(hits, scanners.Hit{Object: svc, Path: "spec.type", Message: "is reachable on every node" + nodePorts(svc)})
				}
			}
			return scanners.Found(hits)
		},
	}
}

// nodePorts lists the ports; in manifests they are often left to the cluster.
func nodePorts(svc *corev1.Service) string {
	var ports []string
	for _, p := range svc.Spec.Ports {
		if p.NodePort != 0 {
			ports = append(ports, fmt.Sprint(p.NodePort))
		}
	}
	if len(ports) == 0 {
		return ""
	}
	return ", port " + strings.Join(ports, ", ")
}

func externalIPs() scanners.Check {
	return scanners.Check{
		ID: "network/external-ips", Layer: scanners.Network, Severity: scanners.Medium,
		Title:      "A service claims external IP addresses for itself",
		References: []string{"KSV108"},
		Fix:        scanners.Safe,
		Needs:      []kube.Resource{kube.Services},
		Find: func(inv *kube.Inventory) scanners.Result {
			var hits []scanners.Hit
			for _, svc := range inv.Services {
				if len(svc.Spec.ExternalIPs) > 0 {
					hits = append(hits, scanners.Hit{
						Object: svc, Path: "spec.externalIPs",
						Message: "takes the cluster's traffic to " + strings.Join(svc.Spec.ExternalIPs, ", ") + ", whoever owns that address",
					})
				}
			}
			return scanners.Found(hits)
		},
	}
}

func publicLoadBalancer() scanners.Check {
	return scanners.Check{
		ID: "network/public-loadbalancer", Layer: scanners.Network, Severity: scanners.Medium,
		Title:      "A load balancer lets the whole internet in",
		References: []string{"C-0256", "C-0266"},
		Fix:        scanners.Guided,
		Needs:      []kube.Resource{kube.Services},
		Find: func(inv *kube.Inventory) scanners.Result {
			var hits []scanners.Hit
			for _, svc := range inv.Services {
				if svc.Spec.Type == corev1.ServiceTypeLoadBalancer && !internal(svc) && !ranged(svc) {
					hits = append(hits, scanners.Hit{Object: svc, Path: "spec.loadBalancerSourceRanges", Message: "its load balancer accepts connections from every address"})
				}
			}
			return scanners.Found(hits)
		},
	}
}

// internalAnnotations say, for each provider, that a load balancer gets only a
// private address, with the values that mean it.
func internalAnnotations() map[string][]string {
	yes := []string{"true"}
	return map[string][]string{
		"service.beta.kubernetes.io/aws-load-balancer-internal":              {"true", "0.0.0.0/0"},
		"service.beta.kubernetes.io/aws-load-balancer-scheme":                {"internal"},
		"service.beta.kubernetes.io/azure-load-balancer-internal":            yes,
		"networking.gke.io/load-balancer-type":                               {"internal"},
		"cloud.google.com/load-balancer-type":                                {"internal"},
		"service.beta.kubernetes.io/openstack-internal-load-balancer":        yes,
		"service.beta.kubernetes.io/oci-load-balancer-internal":              yes,
		"service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": {"intranet"},
		"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type":     {"private"},
		"load-balancer.hetzner.cloud/disable-public-network":                 yes,
		"yandex.cloud/load-balancer-type":                                    {"internal"},
	}
}

// awsNLB is the load balancer class whose load balancers are internal unless
// they say otherwise.
const awsNLB = "service.k8s.aws/nlb"

// internal says that the load balancer has no public address: by the addresses
// that it got, or by what its provider was told.
func internal(svc *corev1.Service) bool {
	if got := svc.Status.LoadBalancer.Ingress; len(got) > 0 && !slices.ContainsFunc(got, notPrivate) {
		return true
	}
	for name, values := range internalAnnotations() {
		if value, set := svc.Annotations[name]; set && slices.Contains(values, strings.ToLower(value)) {
			return true
		}
	}
	class := svc.Spec.LoadBalancerClass
	return class != nil && *class == awsNLB && svc.Annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"] != "internet-facing"
}

func notPrivate(at corev1.LoadBalancerIngress) bool {
	addr, err := netip.ParseAddr(at.IP)
	return err != nil || kube.Public(addr)
}

// ranged says that only some addresses may connect.
func ranged(svc *corev1.Service) bool {
	ranges := svc.Spec.LoadBalancerSourceRanges
	if len(ranges) == 0 {
		if text := svc.Annotations[corev1.AnnotationLoadBalancerSourceRangesKey]; text != "" {
			ranges = strings.Split(text, ",")
		}
	}
	var prefixes []netip.Prefix
	for _, r := range ranges {
		if prefix, err := netip.ParsePrefix(strings.TrimSpace(r)); err == nil {
			prefixes = append(prefixes, prefix)
		}
	}
	return len(ranges) > 0 && !kube.CoverAll(prefixes)
}
