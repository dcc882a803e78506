package netpol

import (
	"cmp"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"kiln/kube"
)

// Port is what traffic goes to. An empty protocol means TCP.
type Port struct {
	Number   int32
	Protocol corev1.Protocol
}

// orTCP is the protocol, or the one that goes without saying.
func orTCP(protocol corev1.Protocol) corev1.Protocol { return cmp.Or(protocol, corev1.ProtocolTCP) }

// Reach is whether one workload may talk to another, and by which policies.
type Reach struct {
	Allowed bool
	// Refused are the policies of the side that does not allow it; empty when
	// the traffic is allowed.
	Refused []*networkingv1.NetworkPolicy
}

// Reach works out whether the pods of one workload may open a connection to
// those of another. Both sides have to allow it.
func (p *Policies) Reach(from, to *kube.Workload, port Port) Reach {
	port.Protocol = orTCP(port.Protocol)
	if Governs(from) {
		if policies := p.Isolating(from, Egress); len(policies) > 0 && !p.anyOut(policies, to, port) {
			return Reach{Refused: policies}
		}
	}
	if Governs(to) {
		if policies := p.Isolating(to, Ingress); len(policies) > 0 && !p.anyIn(policies, from, to, port) {
			return Reach{Refused: policies}
		}
	}
	return Reach{Allowed: true}
}

func (p *Policies) anyOut(policies []*networkingv1.NetworkPolicy, to *kube.Workload, port Port) bool {
	for _, policy := range policies {
		for _, rule := range policy.Spec.Egress {
			if anyPort(rule.Ports, to, port) && p.anyPeer(rule.To, policy.Namespace, to) {
				return true
			}
		}
	}
	return false
}

func (p *Policies) anyIn(policies []*networkingv1.NetworkPolicy, from, to *kube.Workload, port Port) bool {
	for _, policy := range policies {
		for _, rule := range policy.Spec.Ingress {
			if anyPort(rule.Ports, to, port) && p.anyPeer(rule.From, policy.Namespace, from) {
				return true
			}
		}
	}
	return false
}

// anyPeer says whether a rule of a policy in namespace is about w. No peers
// means everybody.
func (p *Policies) anyPeer(peers []networkingv1.NetworkPolicyPeer, namespace string, w *kube.Workload) bool {
	if len(peers) == 0 {
		return true
	}
	if p.matched == nil {
		return p.matcher(peers, namespace)(w)
	}
	return p.matched.has(peers, w, func() func(*kube.Workload) bool { return p.matcher(peers, namespace) })
}

// matcher says of workloads whether they are one of the peers, to a policy in
// namespace. Selectors of one peer must both match; pods on the node's network
// have the node's address and match no selector.
func (p *Policies) matcher(peers []networkingv1.NetworkPolicyPeer, namespace string) func(*kube.Workload) bool {
	matchers := make([]func(*kube.Workload) bool, 0, len(peers))
	for i := range peers {
		if block := peers[i].IPBlock; block != nil {
			matchers = append(matchers, func(w *kube.Workload) bool { return inBlock(block, w) })
			continue
		}
		pods, namespaces := labels.Everything(), named(namespace).AsSelector()
		if peers[i].PodSelector != nil {
			pods = parse(peers[i].PodSelector)
		}
		if peers[i].NamespaceSelector != nil {
			namespaces = parse(peers[i].NamespaceSelector)
		}
		matchers = append(matchers, func(w *kube.Workload) bool {
			return Governs(w) && namespaces.Matches(p.labelsOf(w.Namespace())) && labelled(w, pods)
		})
	}
	return func(w *kube.Workload) bool {
		return slices.ContainsFunc(matchers, func(matches func(*kube.Workload) bool) bool { return matches(w) })
	}
}

// labelsOf are a namespace's labels; the one with its name is always there in
// a cluster, though seldom in a manifest.
func (p *Policies) labelsOf(namespace string) labels.Set {
	if known, ok := p.namespaces[namespace]; ok {
		return known
	}
	return named(namespace)
}

// named are the labels that Kubernetes itself gives every namespace.
func named(namespace string) labels.Set { return labels.Set{corev1.LabelMetadataName: namespace} }

// inBlock says whether one of the workload's pods has an address of the block,
// or would have: that of a pod which isn't there is among all addresses.
func inBlock(block *networkingv1.IPBlock, w *kube.Workload) bool {
	if len(w.Pods) == 0 {
		prefix, err := netip.ParsePrefix(block.CIDR)
		return err == nil && prefix.Bits() == 0 && len(block.Except) == 0
	}
	for _, pod := range w.Pods {
		for _, ip := range pod.IPs {
			if addr, err := netip.ParseAddr(ip); err == nil && Contains(block, addr) {
				return true
			}
		}
	}
	return false
}

// Contains says whether the block includes an address, its exceptions left out.
func Contains(block *networkingv1.IPBlock, addr netip.Addr) bool {
	prefix, err := netip.ParsePrefix(block.CIDR)
	if err != nil || !prefix.Contains(addr) {
		return false
	}
	for _, except := range block.Except {
		if e, err := netip.ParsePrefix(except); err == nil && e.Contains(addr) {
			return false
		}
	}
	return true
}

// AnyPort says whether a rule's ports include one of an address outside of the
// cluster, where names of ports mean nothing.
func AnyPort(ports []networkingv1.NetworkPolicyPort, port Port) bool {
	port.Protocol = orTCP(port.Protocol)
	return anyPort(ports, &kube.Workload{Spec: &corev1.PodSpec{}}, port)
}

// anyPort says whether the rule's ports include one of the destination's. No
// ports means all.
func anyPort(ports []networkingv1.NetworkPolicyPort, to *kube.Workload, port Port) bool {
	if len(ports) == 0 {
		return true
	}
	for i := range ports {
		if portMatches(&ports[i], to, port) {
			return true
		}
	}
	return false
}

func portMatches(rule *networkingv1.NetworkPolicyPort, to *kube.Workload, port Port) bool {
	protocol := corev1.ProtocolTCP
	if rule.Protocol != nil {
		protocol = *rule.Protocol
	}
	switch {
	case protocol != port.Protocol:
		return false
	case rule.Port == nil:
		return true
	case rule.Port.Type == intstr.String:
		return portNamed(to.Spec, rule.Port.StrVal, port)
	case rule.EndPort != nil:
		return rule.Port.IntVal <= port.Number && port.Number <= *rule.EndPort
	}
	return rule.Port.IntVal == port.Number
}

// portNamed resolves a port's name in the destination's own containers.
func portNamed(spec *corev1.PodSpec, name string, port Port) bool {
	for _, containers := range [][]corev1.Container{spec.Containers, spec.InitContainers} {
		for _, c := range containers {
			for _, p := range c.Ports {
				if p.Name == name && orTCP(p.Protocol) == port.Protocol && p.ContainerPort == port.Number {
					return true
				}
			}
		}
	}
	return false
}
