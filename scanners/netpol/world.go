package netpol

import (
	"net/netip"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"kiln/kube"
)

// World is what policies say of addresses.
type World struct {
	// All is every address; else Blocks are those that are allowed, with their
	// exceptions, as "10.0.0.0/8 except 10.1.0.0/16".
	All    bool
	Blocks []string
	// Internet says that public addresses are among the blocks.
	Internet bool
}

// worldOf collects what the rules of policies say of addresses.
func worldOf(policies []*networkingv1.NetworkPolicy, d Direction) World {
	if len(policies) == 0 {
		return World{All: true, Internet: true}
	}
	var world World
	take := func(peers []networkingv1.NetworkPolicyPeer) {
		if len(peers) == 0 {
			world = World{All: true, Internet: true}
		}
		for _, peer := range peers {
			if peer.IPBlock != nil && !world.All {
				world.add(peer.IPBlock)
			}
		}
	}
	for _, policy := range policies {
		if d == Ingress {
			for _, rule := range policy.Spec.Ingress {
				take(rule.From)
			}
			continue
		}
		for _, rule := range policy.Spec.Egress {
			take(rule.To)
		}
	}
	return world
}

func (w *World) add(block *networkingv1.IPBlock) {
	text := block.CIDR
	if len(block.Except) > 0 {
		text += " except " + strings.Join(block.Except, ", ")
	}
	if !slices.Contains(w.Blocks, text) {
		w.Blocks = append(w.Blocks, text)
	}
	if prefix, err := netip.ParsePrefix(block.CIDR); err == nil {
		addr := prefix.Masked().Addr()
		w.Internet = w.Internet || addr.IsUnspecified() || kube.Public(addr)
	}
}

// ToAddress says whether policies let traffic out to an address outside of the
// cluster, where they isolate for egress.
func ToAddress(policies []*networkingv1.NetworkPolicy, addr netip.Addr, port Port) bool {
	return slices.ContainsFunc(policies, func(p *networkingv1.NetworkPolicy) bool {
		return slices.ContainsFunc(p.Spec.Egress, func(rule networkingv1.NetworkPolicyEgressRule) bool {
			return AnyPort(rule.Ports, port) && (len(rule.To) == 0 || slices.ContainsFunc(rule.To, func(peer networkingv1.NetworkPolicyPeer) bool {
				return peer.IPBlock != nil && Contains(peer.IPBlock, addr)
			}))
		})
	})
}
