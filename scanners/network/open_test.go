package network

import (
	"strings"
	"testing"

	"kiln/kube"
	"kiln/scanners/installed"
	"kiln/scanners/scantest"
)

func route(namespace, class, host, path, service string) string {
	return "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: " + namespace + "}\nspec:\n  ingressClassName: " + class + "\n  rules:\n  - host: \"" + host + "\"\n    http: {paths: [{path: " + path + ", pathType: Prefix, backend: {service: {name: " + service + ", port: {number: 80}}}}]}\n"
}

func TestIngressHosts(t *testing.T) {
	scantest.Judge(t, ingressWildcard(), []scantest.Verdict{
		{Name: "every host", Objects: route("shop", "nginx", "", "/", "s"), Want: []string{"Ingress/i in shop | spec.rules[0].host"}},
		{Name: "a domain", Objects: route("shop", "nginx", "*.example.com", "/", "s"), Want: []string{"Ingress/i in shop | spec.rules[0].host | *.example.com"}},
		{Name: "one host", Objects: route("shop", "nginx", "example.com", "/", "s")},
		{Name: "a default backend", Objects: ingress("", `defaultBackend: {service: {name: s, port: {number: 80}}}`), Want: []string{"Ingress/i in shop | spec.defaultBackend"}},
	})
	ours := route("shop", "nginx", "example.com", "/", "s")
	scantest.Judge(t, ingressHostConflict(), []scantest.Verdict{
		{Name: "another namespace", Objects: ours + route("dev", "nginx", "example.com", "/", "s"), Want: []string{
			"Ingress/i in shop | spec.rules | example.com/", "Ingress/i in dev | spec.rules | example.com/"}},
		{Name: "another path", Objects: ours + route("dev", "nginx", "example.com", "/api", "s")},
		{Name: "another class", Objects: ours + route("dev", "internal", "example.com", "/", "s")},
		{Name: "the same namespace", Objects: ours + strings.Replace(ours, "name: i,", "name: canary,", 1)},
	})
	scantest.Judge(t, ingressSnippets(), []scantest.Verdict{
		{Name: "a snippet", Objects: ingress(`nginx.ingress.kubernetes.io/server-snippet: "location / {}"`, ""), Want: []string{
			"Ingress/i in shop | metadata.annotations[nginx.ingress.kubernetes.io/server-snippet] | nginx.ingress.kubernetes.io/server-snippet"}},
		{Name: "NGINX's own controller", Objects: ingress(`nginx.org/location-snippets: "x"`, ""), Want: []string{
			"Ingress/i in shop | metadata.annotations[nginx.org/location-snippets] | nginx.org/location-snippets"}},
		{Name: "another setting", Objects: ingress(`nginx.ingress.kubernetes.io/rewrite-target: /`, "")},
		{Name: "another controller's", Objects: ingress(`example.com/server-snippet: x`, "")},
	})
}

func TestDashboards(t *testing.T) {
	dashboard := func(spec string) string {
		return strings.ReplaceAll(service(spec, ""), "name: s,", "name: kubernetes-dashboard,")
	}
	inside := dashboard(`{ports: [{port: 443}]}`)
	scantest.Judge(t, exposedDashboard(), []scantest.Verdict{
		{Name: "inside", Objects: inside},
		{Name: "node port", Objects: dashboard(`{type: NodePort}`), Want: []string{"Service/kubernetes-dashboard in shop | spec.type"}},
		{Name: "for some addresses", Objects: dashboard(`{type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24]}`)},
		{Name: "an ingress", Objects: inside + route("shop", "nginx", "example.com", "/", "kubernetes-dashboard"), Want: []string{"Ingress/i in shop | spec.rules | kubernetes-dashboard"}},
		{Name: "an ingress of another namespace", Objects: inside + route("dev", "nginx", "example.com", "/", "kubernetes-dashboard")},
		{Name: "another service", Objects: service(`{type: NodePort}`, "")},
	})
}

func TestMetadataEgress(t *testing.T) {
	node := func(id string) string {
		return "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\nspec: {providerID: \"" + id + "\"}\n"
	}
	web, aws := shop+deployment("web", ""), node("aws:///eu-central-1a/i-0123")
	open := []string{"Namespace/shop | "}
	to := func(rule string) string {
		return policy("p", `{podSelector: {}, policyTypes: [Egress], egress: [`+rule+`]}`)
	}
	scantest.Judge(t, metadataEgress(), []scantest.Verdict{
		{Name: "no policy", Objects: web + aws, Want: open},
		{Name: "no cloud", Objects: web + node("kind://docker/kind/kind-worker")},
		{Name: "default deny", Objects: web + aws + to("")},
		{Name: "all but the address", Objects: web + aws + to(`{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]}`)},
		{Name: "all addresses", Objects: web + aws + to(`{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}`), Want: open},
		{Name: "all on 443", Objects: web + aws + to(`{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}]}`)},
		{Name: "DNS to anywhere", Objects: web + aws + to(`{ports: [{port: 53, protocol: UDP}]}`)},
		{Name: "HTTP to anywhere", Objects: web + aws + to(`{ports: [{port: 80}]}`), Want: open},
		{Name: "one policy opens what another shuts", Objects: web + aws + to("") + strings.Replace(to("{}"), "name: p,", "name: q,", 1), Want: open},
		{Name: "Antrea may govern", Objects: web + aws, Change: withCRD("networkpolicies.crd.antrea.io"), Unknown: "may govern"},
		{Name: "Calico governs", Objects: web + aws + calicoDeny, Unknown: "can't evaluate: shop"},
	})
}

func TestEnforcement(t *testing.T) {
	agent := func(image string) string {
		return strings.Replace(deployment("agent", ""), "image: x:1", "image: \""+image+"\"", 1)
	}
	flannel := agent("ghcr.io/flannel-io/flannel:v0.27")
	scantest.Judge(t, notEnforced(installed.Embedded()), []scantest.Verdict{
		{Name: "flannel", Objects: flannel, Want: []string{"Deployment/agent in shop |  | flannel"}},
		{Name: "flannel and Calico", Objects: flannel, Change: withCRD("felixconfigurations.crd.projectcalico.org")},
		{Name: "Calico", Objects: agent("docker.io/calico/node:v3.31")},
		{Name: "nothing known", Objects: agent("x:1"), Unknown: "see whether it holds"},
		{Name: "k3s", Objects: agent("x:1"), Change: func(inv *kube.Inventory) { inv.Source.Version = "v1.36.3+k3s1" }},
		{Name: "manifests", Files: true, Objects: flannel, Unknown: "manifests don't tell"},
	})
	scantest.Judge(t, noMTLS(installed.Embedded()), []scantest.Verdict{
		{Name: "none", Objects: agent("x:1"), Want: []string{"Cluster/cluster |  | mesh"}},
		{Name: "Linkerd", Objects: agent("cr.l5d.io/linkerd/controller:2.18"), Unknown: "Linkerd is installed"},
		{Name: "manifests", Files: true, Objects: agent("x:1"), Unknown: "manifests don't tell"},
	})
}

func TestHostsOutsideOfOnesDomains(t *testing.T) {
	ingress := func(hosts string) string {
		return "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: shop}, spec: {rules: [" + hosts + "]}}"
	}
	scantest.Judge(t, ingressForeignHost([]string{"shop.example", "*.corp.example"}), []scantest.Verdict{
		{Name: "of ours", Objects: ingress(`{host: shop.example}, {host: WWW.shop.example}, {host: "*.eu.corp.example"}, {host: corp.example}`)},
		{Name: "of others", Objects: ingress("{host: shop.example}, {host: login.partner.example}"), Want: []string{"Ingress/i in shop | spec.rules[1].host | login.partner.example"}},
		{Name: "an ending isn't a domain", Objects: ingress("{host: notshop.example}"), Want: []string{"Ingress/i in shop | spec.rules[0].host | notshop.example"}},
		{Name: "any host is another check's", Objects: ingress("{}")},
	})
	scantest.Judge(t, ingressForeignHost(nil), []scantest.Verdict{{Name: "nobody said", Objects: ingress("{host: login.partner.example}")}})
}
