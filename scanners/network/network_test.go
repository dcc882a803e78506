package network

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/scanners/scantest"
)

const shop = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"

func deployment(name, extra string) string {
	return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + ", namespace: shop}\nspec:\n  selector: {matchLabels: {app: " + name + "}}\n  template:\n    metadata: {labels: {app: " + name + "}}\n    spec: {containers: [{name: c, image: x:1}]" + extra + "}\n"
}

func policy(name, spec string) string {
	return "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: " + name + ", namespace: shop}\nspec: " + spec + "\n"
}

// withCRD says that a CRD is installed.
func withCRD(name string) func(*kube.Inventory) {
	return func(inv *kube.Inventory) {
		inv.CustomResourceDefinitions = append(inv.CustomResourceDefinitions, &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: name}})
	}
}

const (
	denyAll     = `{podSelector: {}, policyTypes: [Ingress, Egress]}`
	denyIngress = `{podSelector: {}}`
	denyEgress  = `{podSelector: {}, policyTypes: [Egress]}`
	forWeb      = `{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress]}`
)

const (
	ciliumDeny = "---\n{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: deny, namespace: shop}, spec: {endpointSelector: {}, ingress: [{}]}}\n"
	calicoDeny = "---\n{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: deny}, spec: {selector: \"all()\", types: [Ingress, Egress]}}\n"
)

func TestIsolation(t *testing.T) {
	two := shop + deployment("web", "") + deployment("db", "")
	open := []string{"Namespace/shop | "}
	ingress, egress := noDefaultDenyIngress(), noDefaultDenyEgress()
	scantest.Judge(t, ingress, []scantest.Verdict{
		{Name: "no policy", Objects: two, Want: open},
		{Name: "default deny", Objects: two + policy("p", denyIngress)},
		{Name: "egress only", Objects: two + policy("p", denyEgress), Want: open},
		{Name: "one workload left out", Objects: two + policy("p", forWeb), Want: open},
		{Name: "on the nodes' network", Objects: shop + deployment("web", ", hostNetwork: true")},
		{Name: "no workloads", Objects: shop},
		{Name: "the control plane's namespace", Objects: strings.ReplaceAll(two, "shop", "kube-system")},
		{Name: "the namespace wasn't read", Files: true, Objects: deployment("web", ""), Want: []string{"Deployment/web in shop |  | namespace"}},
		{Name: "Antrea may govern", Objects: two, Change: withCRD("networkpolicies.crd.antrea.io"), Unknown: "Antrea's NetworkPolicy may govern"},
		{Name: "Antrea isn't needed", Objects: two + policy("p", denyAll), Change: withCRD("networkpolicies.crd.antrea.io")},
		{Name: "Cilium has no policy", Objects: two, Change: withCRD("ciliumnetworkpolicies.cilium.io"), Want: open},
		{Name: "Cilium governs", Objects: two + ciliumDeny},
		{Name: "Calico governs", Objects: two + calicoDeny},
		{Name: "Calico governs nobody knows whom", Objects: two + strings.Replace(calicoDeny, "all()", "app starts with 'w'", 1), Unknown: "can't evaluate: shop"},
	})
	scantest.Judge(t, egress, []scantest.Verdict{
		{Name: "no policy", Objects: two, Want: open},
		{Name: "ingress only", Objects: two + policy("p", denyIngress), Want: open},
		{Name: "default deny", Objects: two + policy("p", denyAll)},
		{Name: "Cilium governs ingress", Objects: two + ciliumDeny, Want: open},
		{Name: "Calico governs both", Objects: two + calicoDeny},
		{Name: "egress rules imply the type", Objects: two + policy("p", `{podSelector: {}, egress: [{ports: [{port: 53}]}]}`)},
	})
	scantest.Judge(t, noPolicy(), []scantest.Verdict{
		{Name: "none", Objects: two, Want: open},
		{Name: "Cilium's", Objects: two + ciliumDeny},
		{Name: "one, for some", Objects: two + policy("p", forWeb)},
		{Name: "one elsewhere", Objects: two + strings.ReplaceAll(policy("p", denyAll), "shop", "dev"), Want: open},
	})
}

func TestMessagesCountTheOpenWorkloads(t *testing.T) {
	inv := scantest.Cluster(t, shop+deployment("web", "")+deployment("db", "")+policy("p", forWeb))
	hits := noDefaultDenyIngress().Find(inv).Hits
	const want = "1 of 2 workloads accepts connections from every pod of the cluster: Deployment/db"
	if len(hits) != 1 || hits[0].Message != want {
		t.Errorf("hits: %+v, want %q", hits, want)
	}
}

func TestDanglingPolicies(t *testing.T) {
	forGone := policy("p", `{podSelector: {matchLabels: {app: gone}}}`)
	scantest.Judge(t, danglingPolicy(), []scantest.Verdict{
		{Name: "selects", Objects: deployment("web", "") + policy("p", forWeb)},
		{Name: "selects nothing", Objects: deployment("web", "") + forGone, Want: []string{"NetworkPolicy/p in shop | spec.podSelector"}},
		{Name: "for all that comes", Objects: policy("p", denyAll)},
		{Name: "a label of running pods", Objects: deployment("web", "") + forGone, Change: func(inv *kube.Inventory) {
			inv.Workloads[0].Pods = []*kube.Pod{{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "gone"}}}}
		}},
		{Name: "manifests without the workloads", Files: true, Objects: forGone, Unknown: "not among the files"},
		{Name: "manifests with other workloads", Files: true, Objects: deployment("web", "") + forGone, Want: []string{"NetworkPolicy/p in shop | spec.podSelector"}},
	})
}

func TestAllowAll(t *testing.T) {
	ingress := []string{"NetworkPolicy/p in shop | spec.ingress[0] | ingress"}
	scantest.Judge(t, allowAll(), []scantest.Verdict{
		{Name: "an empty rule", Objects: policy("p", `{podSelector: {}, ingress: [{}]}`), Want: ingress},
		{Name: "every namespace", Objects: policy("p", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}`), Want: ingress},
		{Name: "every address", Objects: policy("p", `{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53}]}, {to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}`), Want: []string{"NetworkPolicy/p in shop | spec.egress[1] | egress"}},
		{Name: "every address, in halves", Objects: policy("p", `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/1}}, {ipBlock: {cidr: 128.0.0.0/1}}]}]}`), Want: ingress},
		{Name: "every address of IPv6", Objects: policy("p", `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "0::/0"}}]}]}`), Want: ingress},
		{Name: "one half", Objects: policy("p", `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/1}}]}]}`)},
		{Name: "every address but one", Objects: policy("p", `{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]}]}`)},
		{Name: "every pod of the namespace", Objects: policy("p", `{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}`)},
		{Name: "some pods of every namespace", Objects: policy("p", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]}]}`)},
		{Name: "every port by number", Objects: policy("p", `{podSelector: {}, ingress: [{ports: [{port: 1000, endPort: 65535}, {port: 1, endPort: 999}, {port: 53, protocol: UDP}]}]}`), Want: ingress},
		{Name: "every port of TCP", Objects: policy("p", `{podSelector: {}, ingress: [{ports: [{protocol: TCP}]}]}`), Want: ingress},
		{Name: "every port but one", Objects: policy("p", `{podSelector: {}, ingress: [{ports: [{port: 1, endPort: 21}, {port: 23, endPort: 65535}]}]}`)},
		{Name: "every port of UDP", Objects: policy("p", `{podSelector: {}, ingress: [{ports: [{port: 1, endPort: 65535, protocol: UDP}]}]}`)},
		{Name: "everybody on one port", Objects: policy("p", `{podSelector: {}, ingress: [{ports: [{port: 443}]}]}`)},
		{Name: "egress rules of an ingress policy", Objects: policy("p", `{podSelector: {}, policyTypes: [Ingress], egress: [{}]}`)},
		{Name: "no rules", Objects: policy("p", denyAll)},
	})
}

func service(spec, annotations string) string {
	return "---\napiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop, annotations: {" + annotations + "}}\nspec: " + spec + "\n"
}

func TestServices(t *testing.T) {
	scantest.Judge(t, nodePort(), []scantest.Verdict{
		{Name: "node port", Objects: service(`{type: NodePort, ports: [{port: 80, nodePort: 30080}]}`, ""), Want: []string{"Service/s in shop | spec.type"}},
		{Name: "cluster IP", Objects: service(`{type: ClusterIP, ports: [{port: 80}]}`, "")},
		{Name: "no type", Objects: service(`{ports: [{port: 80}]}`, "")},
	})
	scantest.Judge(t, externalIPs(), []scantest.Verdict{
		{Name: "claimed", Objects: service(`{ports: [{port: 53}], externalIPs: [8.8.8.8]}`, ""), Want: []string{"Service/s in shop | spec.externalIPs"}},
		{Name: "a name is no address", Objects: service(`{type: ExternalName, externalName: example.com}`, "")},
	})
	got := func(ips ...string) func(*kube.Inventory) {
		return func(inv *kube.Inventory) {
			for _, ip := range ips {
				status := &inv.Services[0].Status.LoadBalancer
				status.Ingress = append(status.Ingress, corev1.LoadBalancerIngress{IP: ip})
			}
		}
	}
	open := []string{"Service/s in shop | spec.loadBalancerSourceRanges"}
	const balancer = `{type: LoadBalancer, ports: [{port: 80}]}`
	scantest.Judge(t, publicLoadBalancer(), []scantest.Verdict{
		{Name: "open", Objects: service(balancer, ""), Want: open},
		{Name: "some addresses", Objects: service(`{type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24]}`, "")},
		{Name: "all addresses", Objects: service(`{type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24, 0.0.0.0/0]}`, ""), Want: open},
		{Name: "all addresses, in halves", Objects: service(`{type: LoadBalancer, loadBalancerSourceRanges: [0.0.0.0/1, 128.0.0.0/1]}`, ""), Want: open},
		{Name: "one half", Objects: service(`{type: LoadBalancer, loadBalancerSourceRanges: [0.0.0.0/1]}`, "")},
		{Name: "a carrier's own address", Objects: service(`{type: LoadBalancer}`, ""), Change: func(inv *kube.Inventory) {
			inv.Services[0].Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "100.64.1.2"}}
		}},
		{Name: "by the old annotation", Objects: service(balancer, `service.beta.kubernetes.io/load-balancer-source-ranges: "203.0.113.0/24, 198.51.100.0/24"`)},
		{Name: "internal on Azure", Objects: service(balancer, `service.beta.kubernetes.io/azure-load-balancer-internal: "true"`)},
		{Name: "not internal on Azure", Objects: service(balancer, `service.beta.kubernetes.io/azure-load-balancer-internal: "false"`), Want: open},
		{Name: "internal on Google", Objects: service(balancer, `networking.gke.io/load-balancer-type: Internal`)},
		{Name: "AWS's own class is internal", Objects: service(`{type: LoadBalancer, loadBalancerClass: service.k8s.aws/nlb}`, "")},
		{Name: "AWS's own class, facing out", Objects: service(`{type: LoadBalancer, loadBalancerClass: service.k8s.aws/nlb}`, `service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing`), Want: open},
		{Name: "got a private address", Objects: service(balancer, ""), Change: got("10.0.0.7")},
		{Name: "got one of each", Objects: service(balancer, ""), Change: got("10.0.0.7", "203.0.113.7"), Want: open},
	})
}

func ingress(annotations, spec string) string {
	return "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: shop, annotations: {" + annotations + "}}\nspec: {" + spec + "}\n"
}

func TestIngressTLS(t *testing.T) {
	const hosts = `rules: [{host: shop.example.com}, {host: example.com}]`
	at := func(hosts ...string) []string {
		var want []string
		for _, h := range hosts {
			want = append(want, "Ingress/i in shop | spec.tls | "+h)
		}
		return want
	}
	scantest.Judge(t, ingressNoTLS(), []scantest.Verdict{
		{Name: "none", Objects: ingress("", hosts), Want: at("example.com", "shop.example.com")},
		{Name: "both", Objects: ingress("", hosts+`, tls: [{hosts: [example.com, shop.example.com], secretName: t}]`)},
		{Name: "a wildcard covers one label", Objects: ingress("", hosts+`, tls: [{hosts: ["*.example.com"], secretName: t}]`), Want: at("example.com")},
		{Name: "an entry for all", Objects: ingress("", hosts+`, tls: [{secretName: t}]`)},
		{Name: "a rule for every host, with TLS", Objects: ingress("", `rules: [{http: {paths: []}}], tls: [{hosts: [example.com], secretName: t}]`)},
		{Name: "a rule for every host, without", Objects: ingress("", `rules: [{http: {paths: []}}]`), Want: []string{"Ingress/i in shop | spec.tls"}},
		{Name: "every host", Objects: ingress("", `defaultBackend: {service: {name: s, port: {number: 80}}}`), Want: []string{"Ingress/i in shop | spec.tls"}},
		{Name: "AWS's certificate", Objects: ingress(`alb.ingress.kubernetes.io/certificate-arn: "arn:aws:acm:1"`, hosts)},
		{Name: "AWS without HTTPS", Objects: ingress(`alb.ingress.kubernetes.io/listen-ports: '[{"HTTP": 80}]'`, hosts), Want: at("example.com", "shop.example.com")},
		{Name: "TLS goes through", Objects: ingress(`nginx.ingress.kubernetes.io/ssl-passthrough: "true"`, hosts)},
	})
}
