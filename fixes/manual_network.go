package fixes

import (
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"

	"kiln/kube"
)

// networkManuals are what ingresses, the network plugin and the mesh ask for.
func networkManuals() []manual {
	return []manual{
		{"network/ingress-host-conflict", "whose host it is can't be seen in the cluster", (*guide).hostConflict},
		{"network/ingress-foreign-host", "which domains are yours the cluster can't tell", (*guide).foreignHost},
		{"network/ingress-snippets", "what the directives are for, only their author knows", (*guide).withoutSnippet},
		{"network/not-enforced", "another network plugin is the choice of who runs the cluster", (*guide).enforcePolicies},
		{"network/no-mtls", "a mesh changes every pod: that is the choice of who runs the cluster", (*guide).mutualTLS},
	}
}

// hostConflict takes the path from the finding's ingress.
func (g *guide) hostConflict() {
	ref := g.finding.Object
	g.say("Both ingresses, with their hosts and what answers there:")
	g.run("kubectl get ingresses -A -o wide")
	g.say("If it isn't %s's, take it out there:", ref)
	for _, ing := range g.inv.Ingresses {
		if kube.RefOf(ing) == ref {
			g.keepCopy()
			g.dropPath(ing)
			break
		}
	}
	g.say("If it is, ask the other namespace to do the same.")
}

// foreignHost takes the rule out, unless the host is meant to be there.
func (g *guide) foreignHost() {
	at, _, ok := upTo(g.finding.Path, "rules")
	g.say("If the host is yours, add its domain to ingressDomains in kiln.yaml. If it isn't, take the rule out:")
	g.keepCopy()
	rules := 0
	for _, ing := range g.inv.Ingresses {
		if kube.RefOf(ing) == g.finding.Object {
			rules = len(ing.Spec.Rules)
		}
	}
	if !ok || rules < 2 {
		g.run("kubectl delete %s", g.target())
		return
	}
	g.patch(g.finding.Object,
		PatchOperation{Op: "test", Path: pointer(append(at, "host")...), Value: g.finding.Key},
		PatchOperation{Op: "remove", Path: pointer(at...)})
}

// dropPath removes the finding's host and path from an ingress.
func (g *guide) dropPath(ing *networkingv1.Ingress) {
	for i, rule := range ing.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for j, p := range rule.HTTP.Paths {
			path := p.Path
			if path == "" {
				path = "/"
			}
			if rule.Host+path != g.finding.Key {
				continue
			}
			at := fmt.Sprintf("/spec/rules/%d", i)
			operations := []PatchOperation{{Op: "test", Path: at + "/http/paths", Value: rule.HTTP.Paths}}
			if rule.Host != "" {
				operations = append([]PatchOperation{{Op: "test", Path: at + "/host", Value: rule.Host}}, operations...)
			}
			switch {
			case len(rule.HTTP.Paths) > 1:
				g.patch(kube.RefOf(ing), append(operations, PatchOperation{Op: "remove", Path: fmt.Sprintf("%s/http/paths/%d", at, j)})...)
			case len(ing.Spec.Rules) > 1:
				g.patch(kube.RefOf(ing), append(operations, PatchOperation{Op: "remove", Path: at})...)
			default:
				g.run("kubectl delete %s", g.target())
			}
			return
		}
	}
	g.run("kubectl edit %s", g.target())
}

func (g *guide) withoutSnippet() {
	g.keepCopy()
	g.say("See what it does; for headers, redirects and limits the controller has annotations that can't be abused:")
	g.run("kubectl get %s -o jsonpath=%s", g.target(), "{.metadata.annotations."+escapedKey(g.finding.Key)+"}")
	g.run("kubectl annotate %s %s-", g.target(), g.finding.Key)
	for _, config := range g.inv.ConfigMaps {
		if slices.Contains([]string{"ingress-nginx-controller", "nginx-configuration"}, config.Name) {
			g.say("Once no ingress needs them, let the controller refuse all snippets:")
			g.merge(kube.RefOf(config), map[string]any{"data": map[string]any{"allow-snippet-annotations": "false"}})
		}
	}
	g.say("No ingress has any left when this prints nothing:")
	g.run("kubectl get ingresses -A -o json | jq -r %s", `.items[] | select((.metadata.annotations // {}) | keys | any(endswith("-snippet") or endswith("-snippets"))) | .metadata.namespace + "/" + .metadata.name`)
}

func (g *guide) enforcePolicies() {
	g.say("Beside %s (%s), without touching the pods' network: the project's own agent, which enforces NetworkPolicies on each node:", g.finding.Key, g.finding.Object)
	g.run("kubectl apply -f https://raw.githubusercontent.com/kubernetes-sigs/kube-network-policies/main/install.yaml")
	g.run("kubectl rollout status daemonset/kube-network-policies -n kube-system --timeout=5m")
	g.say("Or move to a plugin that does more, such as Cilium or Calico; that takes every pod's address anew.")
	g.say("Try it: with this policy the client must time out; the last command takes the trial away:")
	g.run(`kubectl create namespace policy-try`)
	g.run(`kubectl run web -n policy-try --image=registry.k8s.io/e2e-test-images/agnhost:2.53 --port=8080 --expose -- netexec --http-port=8080`)
	g.run(`echo %s | kubectl apply -f -`, inJSON(map[string]any{
		"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
		"metadata": map[string]any{"name": "deny", "namespace": "policy-try"},
		"spec":     map[string]any{"podSelector": map[string]any{}, "policyTypes": []string{"Ingress"}},
	}))
	g.run(`kubectl run client -n policy-try --rm -i --restart=Never --image=registry.k8s.io/e2e-test-images/agnhost:2.53 -- connect web:8080 --timeout=5s`)
	g.run(`kubectl delete namespace policy-try`)
}

func (g *guide) mutualTLS() {
	ref := g.finding.Object
	strict := map[string]any{"mode": "STRICT"}
	elements := pathElements(g.finding.Path)
	switch {
	case ref.Kind == "PeerAuthentication" && len(elements) == 4:
		g.say("Let the port refuse plain text, once every client has a sidecar:")
		g.merge(ref, nested(strict, elements[:3]...))
	case ref.Kind == "PeerAuthentication":
		g.say("Let the pods refuse plain text, once every client has a sidecar:")
		g.merge(ref, map[string]any{"spec": map[string]any{"mtls": strict}})
	case g.finding.Key == "istio":
		g.say("See which clients still speak plain text, then refuse it in the whole mesh:")
		g.run("istioctl x describe service kubernetes.default")
		g.strictEverywhere(strict)
	default:
		g.say("Istio without sidecars, for the namespaces with your workloads, one after the other:")
		g.run("istioctl install --set profile=ambient --skip-confirmation")
		for _, namespace := range g.busyNamespaces() {
			g.run("kubectl label namespace %s istio.io/dataplane-mode=ambient", namespace)
		}
		g.say("Once all of them are in it, refuse plain text:")
		g.strictEverywhere(strict)
	}
}

func (g *guide) strictEverywhere(strict map[string]any) {
	g.run("echo %s | kubectl apply -f -", inJSON(map[string]any{
		"apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication",
		"metadata": map[string]any{"name": "default", "namespace": "istio-system"},
		"spec":     map[string]any{"mtls": strict},
	}))
}

// busyNamespaces are those with workloads of users.
func (g *guide) busyNamespaces() []string {
	var names []string
	for _, w := range g.inv.Workloads {
		if !slices.Contains([]string{"kube-system", "kube-public", "kube-node-lease", "kube-flannel"}, w.Namespace()) && !slices.Contains(names, w.Namespace()) {
			names = append(names, w.Namespace())
		}
	}
	slices.Sort(names)
	return names
}
