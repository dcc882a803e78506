package network

import (
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"kiln/kube"
	"kiln/scanners"
)

func ingressNoTLS() scanners.Check {
	return scanners.Check{
		ID: "network/ingress-no-tls", Layer: scanners.Network, Severity: scanners.Medium,
		Title:      "An ingress serves a host without TLS",
		References: []string{"C-0263", "NSA"},
		Fix:        scanners.Guided,
		Needs:      []kube.Resource{kube.Ingresses},
		Find: func(inv *kube.Inventory) scanners.Result {
			var hits []scanners.Hit
			for _, ing := range inv.Ingresses {
				if tlsElsewhere(ing) {
					continue
				}
				for _, host := range plainHosts(ing) {
					hits = append(hits, scanners.Hit{Object: ing, Path: "spec.tls", Key: host, Message: "serves " + named(host) + " without TLS"})
				}
			}
			return scanners.Found(hits)
		},
	}
}

// plainHosts are the hosts of an ingress that no entry of its TLS covers; ""
// stands for every host.
func plainHosts(ing *networkingv1.Ingress) []string {
	var hosts []string
	for _, rule := range ing.Spec.Rules {
		hosts = append(hosts, rule.Host)
	}
	if len(hosts) == 0 && ing.Spec.DefaultBackend != nil {
		hosts = []string{""}
	}
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	return slices.DeleteFunc(hosts, func(host string) bool {
		return slices.ContainsFunc(ing.Spec.TLS, func(tls networkingv1.IngressTLS) bool { return encrypts(tls, host) })
	})
}

// encrypts: an entry without hosts is for all of them; a wildcard covers one
// label in front. A rule without a host is served under the hosts of the
// entry; that it takes others too is what network/ingress-wildcard tells.
func encrypts(tls networkingv1.IngressTLS, host string) bool {
	if len(tls.Hosts) == 0 || host == "" {
		return true
	}
	_, parent, _ := strings.Cut(host, ".")
	return slices.Contains(tls.Hosts, host) || parent != "" && slices.Contains(tls.Hosts, "*."+parent)
}

// tlsElsewhere recognises controllers that take the certificate, or that TLS
// ends in the pod, from an annotation.
func tlsElsewhere(ing *networkingv1.Ingress) bool {
	for _, name := range []string{
		"alb.ingress.kubernetes.io/certificate-arn",
		"networking.gke.io/managed-certificates",
		"ingress.gcp.kubernetes.io/pre-shared-cert",
		"appgw.ingress.kubernetes.io/appgw-ssl-certificate",
	} {
		if ing.Annotations[name] != "" {
			return true
		}
	}
	for _, name := range []string{
		"nginx.ingress.kubernetes.io/ssl-passthrough",
		"haproxy.org/ssl-passthrough",
		"ingress.kubernetes.io/ssl-passthrough",
		"traefik.ingress.kubernetes.io/router.tls",
	} {
		if ing.Annotations[name] == "true" {
			return true
		}
	}
	// The AWS controller finds a certificate by the host where it is told to
	// listen with HTTPS.
	return strings.Contains(ing.Annotations["alb.ingress.kubernetes.io/listen-ports"], "HTTPS")
}
