package netpol_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/scanners/netpol"
	"kiln/scanners/scantest"
)

// workloads are web and db in shop, a scraper in ops, and an agent on the
// nodes' network.
const workloads = `
apiVersion: v1
kind: Namespace
metadata: {name: ops, labels: {team: ops}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, image: "web:1", ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: c, image: "db:1", ports: [{name: sql, containerPort: 5432}, {name: dns, containerPort: 5432, protocol: UDP}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: scraper, namespace: ops, labels: {app: scraper}}
spec: {containers: [{name: c, image: "scraper:1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop, labels: {app: agent}}
spec: {hostNetwork: true, containers: [{name: c, image: "agent:1"}]}
---
`

// sidecar is a pod with a container that starts first, and goes on.
const sidecar = `---
apiVersion: v1
kind: Pod
metadata: {name: mesh, namespace: shop, labels: {app: mesh}}
spec:
  initContainers: [{name: proxy, image: "proxy:1", restartPolicy: Always, ports: [{name: admin, containerPort: 9901}]}]
  containers: [{name: c, image: "mesh:1"}]
`

func policy(namespace, spec string) string {
	return "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: " + namespace + "}\nspec: " + spec + "\n"
}

func named(t *testing.T, inv *kube.Inventory, name string) *kube.Workload {
	t.Helper()
	for _, w := range inv.Workloads {
		if w.Object.GetName() == name {
			return w
		}
	}
	t.Fatalf("no workload %s", name)
	return nil
}

func TestReach(t *testing.T) {
	const denyIngress = `{podSelector: {}, policyTypes: [Ingress]}`
	sql := netpol.Port{Number: 5432}
	for name, tt := range map[string]struct {
		policies string
		from, to string
		port     netpol.Port
		want     bool
	}{
		"no policy":                            {"", "web", "db", sql, true},
		"default deny":                         {policy("shop", denyIngress), "web", "db", sql, false},
		"a policy of another namespace":        {policy("ops", denyIngress), "web", "db", sql, true},
		"the union allows":                     {policy("shop", denyIngress) + policy("shop", `{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}`), "web", "db", sql, true},
		"a pod selector is its own namespace":  {policy("shop", `{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}`), "scraper", "db", sql, false},
		"a namespace by label":                 {policy("shop", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}]}]}`), "scraper", "db", sql, true},
		"a namespace by its name":              {policy("shop", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ops}}}]}]}`), "scraper", "db", sql, true},
		"both selectors of one peer":           {policy("shop", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]}]}`), "scraper", "db", sql, false},
		"either of two peers":                  {policy("shop", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}, {podSelector: {matchLabels: {app: web}}}]}]}`), "scraper", "db", sql, true},
		"an empty rule is everybody":           {policy("shop", `{podSelector: {}, ingress: [{}]}`), "scraper", "db", sql, true},
		"the right port":                       {policy("shop", `{podSelector: {}, ingress: [{ports: [{port: 5432}]}]}`), "web", "db", sql, true},
		"another port":                         {policy("shop", `{podSelector: {}, ingress: [{ports: [{port: 80}]}]}`), "web", "db", sql, false},
		"a range of ports":                     {policy("shop", `{podSelector: {}, ingress: [{ports: [{port: 5000, endPort: 6000}]}]}`), "web", "db", sql, true},
		"the first of a range":                 {policy("shop", `{podSelector: {}, ingress: [{ports: [{port: 5432, endPort: 6000}]}]}`), "web", "db", sql, true},
		"the last of a range":                  {policy("shop", `{podSelector: {}, ingress: [{ports: [{port: 5000, endPort: 5432}]}]}`), "web", "db", sql, true},
		"before the range":                     {policy("shop", `{podSelector: {}, ingress: [{ports: [{port: 5433, endPort: 6000}]}]}`), "web", "db", sql, false},
		"past the range":                       {policy("shop", `{podSelector: {}, ingress: [{ports: [{port: 5000, endPort: 5431}]}]}`), "web", "db", sql, false},
		"a named port of the destination":      {policy("shop", `{podSelector: {}, ingress: [{ports: [{port: sql}]}]}`), "web", "db", sql, true},
		"a sidecar's named port":               {sidecar + policy("shop", `{podSelector: {}, ingress: [{ports: [{port: admin}]}]}`), "web", "mesh", netpol.Port{Number: 9901}, true},
		"a name that the destination lacks":    {policy("shop", `{podSelector: {}, ingress: [{ports: [{port: http}]}]}`), "web", "db", sql, false},
		"another protocol":                     {policy("shop", `{podSelector: {}, ingress: [{ports: [{port: 5432, protocol: UDP}]}]}`), "web", "db", sql, false},
		"a named port for another protocol":    {policy("shop", `{podSelector: {}, ingress: [{ports: [{port: dns}]}]}`), "web", "db", sql, false},
		"UDP":                                  {policy("shop", `{podSelector: {}, ingress: [{ports: [{port: dns, protocol: UDP}]}]}`), "web", "db", netpol.Port{Number: 5432, Protocol: corev1.ProtocolUDP}, true},
		"every port of a protocol":             {policy("shop", `{podSelector: {}, ingress: [{ports: [{protocol: TCP}]}]}`), "web", "db", sql, true},
		"egress must allow as well":            {policy("shop", `{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}`), "web", "db", sql, false},
		"egress says nothing of ingress":       {policy("shop", `{podSelector: {matchLabels: {app: db}}, policyTypes: [Egress]}`), "web", "db", sql, true},
		"egress rules without their type":      {policy("shop", `{podSelector: {matchLabels: {app: web}}, egress: [{ports: [{port: 53}]}]}`), "web", "db", sql, false},
		"from the nodes' network":              {policy("shop", denyIngress), "agent", "db", sql, false},
		"from the nodes' network, egress":      {policy("shop", `{podSelector: {}, policyTypes: [Egress]}`), "agent", "db", sql, true},
		"to the nodes' network":                {policy("shop", denyIngress), "web", "agent", sql, true},
		"the nodes' network has no labels":     {policy("shop", `{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: agent}}}]}]}`), "agent", "db", sql, false},
		"an address":                           {policy("shop", `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.1.0.0/16}}]}]}`), "web", "db", sql, true},
		"an address that is left out":          {policy("shop", `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.1.0.0/16, except: [10.1.2.0/24]}}]}]}`), "web", "db", sql, false},
		"the address of the other family":      {policy("shop", `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "fd00:1::/64"}}]}]}`), "web", "db", sql, true},
		"an address beside it":                 {policy("shop", `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "fd00:2::/64"}}]}]}`), "web", "db", sql, false},
		"one family is left out":               {policy("shop", `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "::/0", except: ["fd00:1::/64"]}}]}]}`), "web", "db", sql, false},
		"every address includes those to come": {policy("shop", `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}`), "scraper", "db", sql, true},
		"every address but some may not":       {policy("shop", `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]}]}`), "scraper", "db", sql, false},
		"some addresses may not":               {policy("shop", `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}`), "scraper", "db", sql, false},
		"a label that only running pods carry": {policy("shop", `{podSelector: {matchLabels: {hash: x}}, policyTypes: [Ingress]}`), "web", "db", sql, false},
	} {
		t.Run(name, func(t *testing.T) {
			inv := scantest.Cluster(t, workloads+tt.policies)
			web, db := named(t, inv, "web"), named(t, inv, "db")
			web.Pods = []*kube.Pod{{IPs: []string{"10.1.2.3", "fd00:1::3"}}}
			db.Pods = []*kube.Pod{{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"hash": "x"}}}}
			named(t, inv, "scraper").Pods = nil // scaled to zero
			got := netpol.New(inv).Reach(named(t, inv, tt.from), named(t, inv, tt.to), tt.port)
			if got.Allowed != tt.want || got.Allowed == (len(got.Refused) > 0) {
				t.Errorf("allowed: %v, want %v; refused by %d policies", got.Allowed, tt.want, len(got.Refused))
			}
		})
	}
}

// TestAPolicyForOnePodIsolatesNoWorkload: a StatefulSet's pods have labels with
// their names.
func TestAPolicyForOnePodIsolatesNoWorkload(t *testing.T) {
	inv := scantest.Cluster(t, workloads+policy("shop", `{podSelector: {matchLabels: {pod: db-0}}, policyTypes: [Ingress]}`))
	db := named(t, inv, "db")
	pod := func(name string) *kube.Pod {
		return &kube.Pod{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"pod": name}}}
	}
	for name, tt := range map[string]struct {
		pods []*kube.Pod
		want int
	}{
		"no pods":         {nil, 0},
		"one of two":      {[]*kube.Pod{pod("db-0"), pod("db-1")}, 0},
		"all there are":   {[]*kube.Pod{pod("db-0"), pod("db-0")}, 1},
		"none that it is": {[]*kube.Pod{pod("db-1")}, 0},
	} {
		db.Pods = tt.pods
		policies := netpol.New(inv)
		if got := policies.Isolating(db, netpol.Ingress); len(got) != tt.want {
			t.Errorf("%s: %d policies isolate it, want %d", name, len(got), tt.want)
		}
	}
	db.Pods = []*kube.Pod{pod("db-0"), pod("db-1")}
	if !netpol.Selects(inv.NetworkPolicies[0], db) {
		t.Error("the policy selects one of the pods all the same")
	}
}
