package netpol

import (
	"cmp"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"kiln/kube"
)

// Open says that a rule's peers and ports shut nobody out: no ports, or all of
// TCP; and no peers, or one that is every pod of every namespace, or blocks that
// are every address together.
func Open(peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort) bool {
	if len(ports) > 0 && !allOfTCP(ports) {
		return false
	}
	if len(peers) == 0 {
		return true
	}
	var blocks []netip.Prefix
	for _, peer := range peers {
		switch {
		case peer.IPBlock != nil:
			if prefix, err := netip.ParsePrefix(peer.IPBlock.CIDR); err == nil && len(peer.IPBlock.Except) == 0 {
				blocks = append(blocks, prefix)
			}
		case peer.NamespaceSelector != nil && empty(peer.NamespaceSelector) && (peer.PodSelector == nil || empty(peer.PodSelector)):
			return true
		}
	}
	return kube.CoverAll(blocks)
}

// allOfTCP says that the ports leave out none of TCP's: by the protocol alone,
// or by numbers.
func allOfTCP(ports []networkingv1.NetworkPolicyPort) bool {
	var ranges [][2]int32
	for _, p := range ports {
		switch {
		case p.Protocol != nil && *p.Protocol != corev1.ProtocolTCP:
		case p.Port == nil:
			return true
		case p.Port.Type == intstr.Int && p.EndPort != nil:
			ranges = append(ranges, [2]int32{p.Port.IntVal, *p.EndPort})
		case p.Port.Type == intstr.Int:
			ranges = append(ranges, [2]int32{p.Port.IntVal, p.Port.IntVal})
		}
	}
	slices.SortFunc(ranges, func(a, b [2]int32) int { return cmp.Compare(a[0], b[0]) })
	const last = 65535
	next := int32(1)
	for _, r := range ranges {
		if r[0] > next {
			return false
		}
		next = max(next, r[1]+1)
	}
	return next > last
}

func empty(s *metav1.LabelSelector) bool {
	return len(s.MatchLabels) == 0 && len(s.MatchExpressions) == 0
}
