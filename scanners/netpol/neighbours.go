package netpol

import (
	"context"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

// Neighbourhood answers who may talk to whom in a cluster. Each policy is
// matched with each workload once. It may be asked side by side.
type Neighbourhood struct {
	policies  *Policies
	others    *Others
	services  []*corev1.Service
	ingresses []*networkingv1.Ingress
	routes    []*unstructured.Unstructured // of the Gateway API
	workloads []*kube.Workload
	isolating map[Direction]map[*kube.Workload][]*networkingv1.NetworkPolicy
	ports     map[*kube.Workload][]Port
}

// Resources are what a Neighbourhood is made from.
func Resources() []kube.Resource {
	return slices.Concat(evaluated(), routeResources(), OtherResources())
}

// evaluated are those of Kubernetes itself.
func evaluated() []kube.Resource {
	return append(kube.WorkloadResources(), kube.NetworkPolicies, kube.Namespaces, kube.Services, kube.Ingresses)
}

// NewNeighbourhood reads inv.
func NewNeighbourhood(inv *kube.Inventory) *Neighbourhood {
	n := &Neighbourhood{
		policies: New(inv), others: NewOthers(inv), services: inv.Services, ingresses: inv.Ingresses,
		isolating: map[Direction]map[*kube.Workload][]*networkingv1.NetworkPolicy{Ingress: {}, Egress: {}},
		ports:     map[*kube.Workload][]Port{},
	}
	for _, r := range routeResources() {
		n.routes = append(n.routes, inv.Custom[r]...)
	}
	for _, w := range inv.Workloads {
		if w.EphemeralOnly || w.Ended {
			continue
		}
		n.workloads = append(n.workloads, w)
		n.ports[w] = n.portsOf(w)
		for d, of := range n.isolating {
			if Governs(w) {
				of[w] = n.policies.Isolating(w, d)
			}
		}
	}
	n.policies.matched = newMatchedPeers(n.workloads)
	return n
}

// Others are the policies of other kinds, which aren't evaluated.
func (n *Neighbourhood) Others() *Others { return n.others }

// Standing is who may talk to a workload's pods, and whom they may talk to.
type Standing struct {
	Workload *kube.Workload
	// Governed says that policies reach the pods at all: those on the node's
	// own network are out of their reach.
	Governed bool
	In, Out  Side
	// Services are those that lead to the pods.
	Services []*corev1.Service
	// Doors lead to the pods from outside of the cluster.
	Doors []Door
	// Metadata says that the pods may ask 169.254.169.254, where clouds hand
	// out the node's credentials.
	Metadata bool
	// Others are policies of other kinds about the pods, that aren't
	// evaluated here.
	Others []kube.Ref
}

// Side is one direction of a workload's traffic.
type Side struct {
	// Policies are those that select the pods this way; without any, all
	// traffic is allowed.
	Policies []*networkingv1.NetworkPolicy
	// Open is how many workloads at the other end get through, of Of.
	Open, Of int
	// Peers are those that do; an Overview leaves them out.
	Peers []Peer
	// World are the addresses outside of the cluster that get through.
	World World

	byNamespace map[string]int
}

// Peer is a workload at the other end. Ports are those of the side that is
// called; none means that it names none, and any is open.
type Peer struct {
	Workload *kube.Workload
	Ports    []Port
}

// unnamed stands for a port where a workload names none: only rules for all
// ports, or for a range, let it pass.
func unnamed() []Port { return []Port{{Number: 65535, Protocol: corev1.ProtocolTCP}} }

// In lists the workloads of a namespace, those of the node's network too.
func (n *Neighbourhood) In(namespace string) []*kube.Workload {
	var all []*kube.Workload
	for _, w := range n.workloads {
		if w.Namespace() == namespace {
			all = append(all, w)
		}
	}
	return all
}

// Standing works out one workload's. It ends early when ctx does.
func (n *Neighbourhood) Standing(ctx context.Context, w *kube.Workload) (Standing, error) {
	return n.standing(ctx, w, func(side *Side, peer Peer) { side.Peers = append(side.Peers, peer) })
}

// Overview is a Standing that counts the peers and names none: those of a large
// cluster would take a gigabyte.
func (n *Neighbourhood) Overview(ctx context.Context, w *kube.Workload) (Standing, error) {
	return n.standing(ctx, w, func(*Side, Peer) {})
}

func (n *Neighbourhood) standing(ctx context.Context, w *kube.Workload, found func(*Side, Peer)) (Standing, error) {
	s := Standing{
		Workload: w, Governed: Governs(w), Services: n.servicesOf(w), Doors: n.doorsOf(w), Others: n.others.About(w),
		In: n.side(w, Ingress), Out: n.side(w, Egress),
	}
	take := func(side *Side, other *kube.Workload, ports []Port) {
		side.Open++
		side.byNamespace[other.Namespace()]++
		found(side, Peer{other, ports})
	}
	for _, other := range n.workloads {
		if ctx.Err() != nil {
			return Standing{}, ctx.Err()
		}
		if other == w {
			continue
		}
		if ports, open := n.open(other, w); open {
			take(&s.In, other, ports)
		}
		if ports, open := n.open(w, other); open {
			take(&s.Out, other, ports)
		}
	}
	metadata := netip.AddrFrom4([4]byte{169, 254, 169, 254})
	s.Metadata = len(s.Out.Policies) == 0 || ToAddress(s.Out.Policies, metadata, Port{Number: 80})
	return s, nil
}

func (n *Neighbourhood) side(w *kube.Workload, d Direction) Side {
	policies := n.isolating[d][w]
	return Side{Policies: policies, Of: len(n.workloads) - 1, World: worldOf(policies, d), byNamespace: map[string]int{}}
}

// open lists the ports of to that from gets through to.
func (n *Neighbourhood) open(from, to *kube.Workload) (ports []Port, open bool) {
	egress, ingress := n.isolating[Egress][from], n.isolating[Ingress][to]
	named := n.ports[to]
	candidates := named
	if len(named) == 0 {
		candidates = unnamed()
	}
	if len(egress)+len(ingress) == 0 {
		return named, true
	}
	for _, port := range candidates {
		if (len(egress) == 0 || n.policies.anyOut(egress, to, port)) && (len(ingress) == 0 || n.policies.anyIn(ingress, from, to, port)) {
			open = true
			if len(named) > 0 {
				ports = append(ports, port)
			}
		}
	}
	return ports, open
}

// Missing says what could not be read of inv: with less of it, more or less
// may be open than a Standing says.
func Missing(inv *kube.Inventory) []string {
	var missing []string
	note := func(what string, r kube.Resource) bool {
		gap, unread := inv.Gap(r)
		if unread {
			missing = append(missing, kube.Clean(what+": "+gap.Reason))
		}
		return unread
	}
	for _, r := range evaluated() {
		note(string(r), r)
	}
	if !note("policies and routes of other kinds", kube.CustomResourceDefinitions) {
		for _, r := range routeResources() {
			note(string(r), r)
		}
	}
	for _, kind := range NewOthers(inv).Unread {
		missing = append(missing, kind+": could not be read, and may allow or forbid more")
	}
	return missing
}
