package netpol_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"kiln/scanners/netpol"
	"kiln/scanners/scantest"
)

const doors = `---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: site, namespace: shop}
spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: front, port: {number: 80}}}}]}}]}
---
apiVersion: v1
kind: Service
metadata: {name: elsewhere, namespace: ops}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: by-endpoints, namespace: shop}
spec: {type: LoadBalancer, ports: [{port: 80}]}
`

func standing(t *testing.T, manifests, name string) netpol.Standing {
	t.Helper()
	s, _ := standingIn(t, manifests, name)
	return s
}

func standingIn(t *testing.T, manifests, name string) (netpol.Standing, *netpol.Neighbourhood) {
	t.Helper()
	inv := scantest.Files(t, manifests)
	hood := netpol.NewNeighbourhood(inv)
	s, err := hood.Standing(t.Context(), named(t, inv, name))
	if err != nil {
		t.Fatal(err)
	}
	return s, hood
}

func TestStandingWithoutPolicies(t *testing.T) {
	s, hood := standingIn(t, workloads+doors, "web")
	if got := s.In.Who(); got != "every workload: shop 2, ops 1" {
		t.Errorf("in: %s", got)
	}
	if !s.In.World.All || !s.Out.World.Internet || !s.Metadata || len(s.In.Policies) != 0 {
		t.Errorf("without policies all is open: %+v", s)
	}
	if got := hood.PortsText(s.Workload, s.In.Peers[0].Ports); got != "8080/TCP (http, Service front:80)" {
		t.Errorf("ports: %s", got)
	}
	var ways []string
	for _, d := range s.Doors {
		ways = append(ways, d.String())
	}
	if want := []string{"Service/front in shop (LoadBalancer)", "Ingress/site in shop (Ingress)"}; !slices.Equal(ways, want) {
		t.Errorf("doors: %q, want %q", ways, want)
	}
	if agent := standing(t, workloads, "agent"); agent.Governed || !agent.Metadata || len(agent.Doors) != 1 {
		t.Errorf("pods on the node's network are beyond policies: %+v", agent)
	}
}

// TestRoutesOfGatewaysAreDoors tells the ways in by the Gateway API from what
// only looks like them.
func TestRoutesOfGatewaysAreDoors(t *testing.T) {
	const services = `---
{apiVersion: v1, kind: Service, metadata: {name: front, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80}]}}
`
	route := func(kind, namespace, spec string) string {
		return "---\n{apiVersion: gateway.networking.k8s.io/v1, kind: " + kind + ", metadata: {name: site, namespace: " + namespace + "}, spec: " + spec + "}\n"
	}
	for name, tt := range map[string]struct{ route, want string }{
		"a route":                          {route("HTTPRoute", "shop", `{parentRefs: [{name: public}], rules: [{backendRefs: [{name: front, port: 80}]}]}`), "HTTPRoute/site in shop (HTTPRoute)"},
		"of another kind, the second rule": {route("TLSRoute", "shop", `{parentRefs: [{name: public, namespace: ops}], rules: [{backendRefs: [{name: x}]}, {backendRefs: [{name: front}]}]}`), "TLSRoute/site in shop (TLSRoute)"},
		"from another namespace":           {route("GRPCRoute", "ops", `{parentRefs: [{name: public}], rules: [{backendRefs: [{name: front, namespace: shop}]}]}`), "GRPCRoute/site in ops (GRPCRoute)"},
		"to another service":               {route("HTTPRoute", "shop", `{parentRefs: [{name: public}], rules: [{backendRefs: [{name: back}]}]}`), ""},
		"to a namesake elsewhere":          {route("HTTPRoute", "ops", `{parentRefs: [{name: public}], rules: [{backendRefs: [{name: front}]}]}`), ""},
		"to something else of the name":    {route("HTTPRoute", "shop", `{parentRefs: [{name: public}], rules: [{backendRefs: [{group: example.com, kind: Bucket, name: front}]}]}`), ""},
		"within a mesh":                    {route("HTTPRoute", "shop", `{parentRefs: [{group: "", kind: Service, name: front}], rules: [{backendRefs: [{name: front}]}]}`), ""},
		"a redirect":                       {route("HTTPRoute", "shop", `{parentRefs: [{name: public}], rules: [{filters: [{type: RequestRedirect}]}]}`), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var ways []string
			for _, d := range standing(t, workloads+services+tt.route, "web").Doors {
				ways = append(ways, d.String())
			}
			if got := strings.Join(ways, ", "); got != tt.want {
				t.Errorf("doors: %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStandingBehindPolicies(t *testing.T) {
	tests := []struct {
		name, spec string
		who        string
		in, out    string
		outWho     string
		internet   bool
		metadata   bool
	}{
		{"default deny both ways", `{podSelector: {}, policyTypes: [Ingress, Egress]}`, "no workload", "no address outside", "no address outside", "no workload", false, false},
		{"from the web only", `{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: sql}]}]}`,
			"1 of 3 workloads: shop 1", "no address outside", "every address", "every workload: shop 2, ops 1", true, true},
		{"on another port", `{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 9999}]}]}`,
			"no workload", "every address", "every address", "every workload: shop 2, ops 1", true, true},
		{"out to the internet but the metadata", `{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]}]}`,
			"2 of 3 workloads: ops 1, shop 1", "every address", "0.0.0.0/0 except 169.254.169.254/32", "no workload", true, false},
		{"out to the data centre", `{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}, {ipBlock: {cidr: 169.254.0.0/16}}], ports: [{port: 80}]}]}`,
			"2 of 3 workloads: ops 1, shop 1", "every address", "10.0.0.0/8; 169.254.0.0/16", "no workload", false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := standing(t, workloads+policy("shop", tt.spec), "db")
			if got := s.In.Who(); got != tt.who {
				t.Errorf("in: %s, want %s", got, tt.who)
			}
			if got := s.In.World.String(); got != tt.in {
				t.Errorf("from outside: %s, want %s", got, tt.in)
			}
			if got := s.Out.World.String(); got != tt.out {
				t.Errorf("to the outside: %s, want %s", got, tt.out)
			}
			if got := s.Out.Who(); got != tt.outWho {
				t.Errorf("out: %s, want %s", got, tt.outWho)
			}
			if s.Out.World.Internet != tt.internet || s.Metadata != tt.metadata {
				t.Errorf("internet %v, metadata %v; want %v, %v", s.Out.World.Internet, s.Metadata, tt.internet, tt.metadata)
			}
		})
	}
}

// TestStandingAgreesWithReach compares both ways to the same answer.
func TestStandingAgreesWithReach(t *testing.T) {
	inv := scantest.Files(t, workloads+
		policy("shop", `{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}], ports: [{port: 5432}]}]}`)+
		policy("ops", `{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]}]}`))
	policies, hood := netpol.New(inv), netpol.NewNeighbourhood(inv)
	for _, to := range inv.Workloads {
		s, err := hood.Standing(t.Context(), to)
		if err != nil {
			t.Fatal(err)
		}
		open := map[string]bool{}
		for _, p := range s.In.Peers {
			open[p.Workload.Object.GetName()] = true
		}
		for _, from := range inv.Workloads {
			if from == to {
				continue
			}
			want := false
			ports := []netpol.Port{{Number: 65535, Protocol: "TCP"}}
			for _, c := range to.Containers() {
				for i, p := range c.Ports {
					if i == 0 {
						ports = nil
					}
					ports = append(ports, netpol.Port{Number: p.ContainerPort, Protocol: p.Protocol})
				}
			}
			for _, port := range ports {
				want = want || policies.Reach(from, to, port).Allowed
			}
			if got := open[from.Object.GetName()]; got != want {
				t.Errorf("%s to %s: %v, want %v", from.Ref(), to.Ref(), got, want)
			}
		}
	}
}

func TestStandingCanBeCancelled(t *testing.T) {
	inv := scantest.Files(t, workloads)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := netpol.NewNeighbourhood(inv).Standing(ctx, inv.Workloads[0]); err == nil {
		t.Error("a cancelled question was answered")
	}
}

func TestPoliciesOfOtherKindsAreNamed(t *testing.T) {
	inv := scantest.Files(t, workloads+`---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: web-only, namespace: shop}
spec: {endpointSelector: {matchLabels: {app: web}}, ingress: [{}]}
`)
	hood := netpol.NewNeighbourhood(inv)
	for name, want := range map[string]int{"web": 1, "db": 0} {
		s, err := hood.Standing(t.Context(), named(t, inv, name))
		if err != nil || len(s.Others) != want {
			t.Errorf("%s: %v (%v), want %d", name, s.Others, err, want)
		}
	}
	if all := hood.Others().All(); len(all) != 1 || all[0].Name != "web-only" {
		t.Errorf("all: %v", all)
	}
}
