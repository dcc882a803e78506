package network

import (
	"fmt"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"kiln/kube"
	"kiln/scanners"
)

func ingressWildcard() scanners.Check {
	return scanners.Check{
		ID: "network/ingress-wildcard", Layer: scanners.Network, Severity: scanners.Low,
		Title:      "An ingress takes every host, or every host of a domain",
		References: []string{"C-0263"},
		Fix:        scanners.Guided,
		Needs:      []kube.Resource{kube.Ingresses},
		Find: func(inv *kube.Inventory) scanners.Result {
			var hits []scanners.Hit
			for _, ing := range inv.Ingresses {
				for i, rule := range ing.Spec.Rules {
					if rule.Host == "" || strings.HasPrefix(rule.Host, "*") {
						hits = append(hits, scanners.Hit{Object: ing, Path: fmt.Sprintf("spec.rules[%d].host", i), Key: rule.Host, Message: "takes requests for " + named(rule.Host)})
					}
				}
				if len(ing.Spec.Rules) == 0 && ing.Spec.DefaultBackend != nil {
					hits = append(hits, scanners.Hit{Object: ing, Path: "spec.defaultBackend", Message: "takes requests for every host"})
				}
			}
			return scanners.Found(hits)
		},
	}
}

// named writes a host; an empty one stands for all.
func named(host string) string {
	if host == "" {
		return "every host"
	}
	return host
}

func ingressHostConflict() scanners.Check {
	return scanners.Check{
		ID: "network/ingress-host-conflict", Layer: scanners.Network, Severity: scanners.Medium,
		Title:      "Two ingresses claim the same host and path",
		References: []string{"NSA"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.Ingresses},
		Find:       findHostConflicts,
	}
}

// claim is a host and path of one ingress class.
type claim struct{ class, host, path string }

// findHostConflicts reports claims from different namespaces, where one team
// can take another's requests. In one namespace a second ingress for the same
// path is mostly meant, as for a canary.
func findHostConflicts(inv *kube.Inventory) scanners.Result {
	claims := map[claim][]*networkingv1.Ingress{}
	for _, ing := range inv.Ingresses {
		for _, c := range claimsOf(ing) {
			claims[c] = append(claims[c], ing)
		}
	}
	var hits []scanners.Hit
	for _, ing := range inv.Ingresses {
		for _, c := range claimsOf(ing) {
			i := slices.IndexFunc(claims[c], func(other *networkingv1.Ingress) bool { return other.Namespace != ing.Namespace })
			if i < 0 {
				continue
			}
			other := claims[c][i]
			hits = append(hits, scanners.Hit{
				Object: ing, Path: "spec.rules", Key: c.host + c.path,
				Message: fmt.Sprintf("claims %s%s, as does %s: which of them gets the requests is up to the controller", named(c.host), c.path, kube.RefOf(other)),
			})
		}
	}
	return scanners.Found(hits)
}

func claimsOf(ing *networkingv1.Ingress) []claim {
	class := ing.Annotations["kubernetes.io/ingress.class"]
	if ing.Spec.IngressClassName != nil {
		class = *ing.Spec.IngressClassName
	}
	var all []claim
	for _, rule := range ing.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for _, p := range rule.HTTP.Paths {
			path := p.Path
			if path == "" {
				path = "/"
			}
			if c := (claim{class, rule.Host, path}); !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}

func ingressSnippets() scanners.Check {
	return scanners.Check{
		ID: "network/ingress-snippets", Layer: scanners.Network, Severity: scanners.High,
		Title:      "An ingress writes into the controller's own configuration",
		References: []string{"C-0059", "C-0292", "CVE-2021-25742"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.Ingresses},
		Find: func(inv *kube.Inventory) scanners.Result {
			var hits []scanners.Hit
			for _, ing := range inv.Ingresses {
				for _, name := range snippets(ing) {
					hits = append(hits, scanners.Hit{Object: ing, Path: "metadata.annotations[" + name + "]", Key: name, Message: "puts directives of its own into nginx, which can read the controller's token and every secret it may"})
				}
			}
			return scanners.Found(hits)
		},
	}
}

// snippets are the annotations whose text nginx runs as configuration.
func snippets(ing *networkingv1.Ingress) []string {
	var names []string
	for name := range ing.Annotations {
		domain, key, _ := strings.Cut(name, "/")
		if (domain == "nginx.ingress.kubernetes.io" || domain == "nginx.org") && (strings.HasSuffix(key, "-snippet") || strings.HasSuffix(key, "-snippets")) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
