package netpol

import (
	"sync"

	networkingv1 "k8s.io/api/networking/v1"

	"kiln/kube"
)

// matchedPeers remembers which workloads the peers of a rule are about, so that
// each rule is matched with each workload once, however many pairs are asked
// about. It may be used side by side.
type matchedPeers struct {
	workloads []*kube.Workload
	place     map[*kube.Workload]int

	mu sync.Mutex
	// about has a bit for each workload, by the rule's first peer.
	about map[*networkingv1.NetworkPolicyPeer][]uint64
}

func newMatchedPeers(workloads []*kube.Workload) *matchedPeers {
	m := &matchedPeers{workloads: workloads, place: make(map[*kube.Workload]int, len(workloads)), about: map[*networkingv1.NetworkPolicyPeer][]uint64{}}
	for i, w := range workloads {
		m.place[w] = i
	}
	return m
}

// has says whether the peers, of which there is one at least, are about w.
func (m *matchedPeers) has(peers []networkingv1.NetworkPolicyPeer, w *kube.Workload, matcher func() func(*kube.Workload) bool) bool {
	at, known := m.place[w]
	if !known {
		return matcher()(w)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	bits := m.about[&peers[0]]
	if bits == nil {
		match := matcher()
		bits = make([]uint64, len(m.workloads)/64+1)
		for i, other := range m.workloads {
			if match(other) {
				bits[i/64] |= 1 << (i % 64)
			}
		}
		m.about[&peers[0]] = bits
	}
	return bits[at/64]&(1<<(at%64)) != 0
}
