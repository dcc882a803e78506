// Package netpol works out what NetworkPolicies do: which workloads they
// select, who is isolated, and who may talk to whom.
//
// It evaluates the policies of networking.k8s.io in full. Of those of Cilium,
// Calico and the cluster's admins it knows whom they isolate (see Others).
package netpol

import (
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"kiln/kube"
)

// Direction of traffic, as seen from a pod.
type Direction = networkingv1.PolicyType

// The directions.
const (
	Ingress = networkingv1.PolicyTypeIngress
	Egress  = networkingv1.PolicyTypeEgress
)

// Policies are the NetworkPolicies of an Inventory.
type Policies struct {
	byNamespace map[string][]*networkingv1.NetworkPolicy
	// pods are the policies' own selectors.
	pods map[*networkingv1.NetworkPolicy]labels.Selector
	// namespaces are the labels of the namespaces that were read.
	namespaces map[string]labels.Set
	// matched is nil where few pairs are asked about.
	matched *matchedPeers
}

// New sorts the policies of inv.
func New(inv *kube.Inventory) *Policies {
	p := &Policies{
		byNamespace: map[string][]*networkingv1.NetworkPolicy{}, pods: map[*networkingv1.NetworkPolicy]labels.Selector{},
		namespaces: map[string]labels.Set{},
	}
	for _, policy := range inv.NetworkPolicies {
		p.byNamespace[policy.Namespace] = append(p.byNamespace[policy.Namespace], policy)
		p.pods[policy] = parse(&policy.Spec.PodSelector)
	}
	for _, ns := range inv.Namespaces {
		p.namespaces[ns.Name] = labels.Merge(named(ns.Name), ns.Labels)
	}
	return p
}

// In lists the policies of one namespace.
func (p *Policies) In(namespace string) []*networkingv1.NetworkPolicy {
	return p.byNamespace[namespace]
}

// Isolating lists the policies that select all of the workload's pods for a
// direction. Without any, all traffic that way is allowed.
func (p *Policies) Isolating(w *kube.Workload, d Direction) []*networkingv1.NetworkPolicy {
	var isolating []*networkingv1.NetworkPolicy
	for _, policy := range p.byNamespace[w.Namespace()] {
		if Affects(policy, d) && selectsAll(p.pods[policy], w) {
			isolating = append(isolating, policy)
		}
	}
	return isolating
}

// Governs says that policies reach the workload's pods at all: those on the
// node's own network are outside, and an entry for ephemeral containers is no
// pod of its own.
func Governs(w *kube.Workload) bool { return !w.Spec.HostNetwork && !w.EphemeralOnly }

// Affects says whether a policy is about a direction. Where it doesn't say so
// itself, it is about ingress, and about egress if it has rules for that.
func Affects(policy *networkingv1.NetworkPolicy, d Direction) bool {
	if len(policy.Spec.PolicyTypes) == 0 {
		return d == Ingress || len(policy.Spec.Egress) > 0
	}
	for _, t := range policy.Spec.PolicyTypes {
		if t == d {
			return true
		}
	}
	return false
}

// Selects says whether the policy selects any of the workload's pods.
func Selects(policy *networkingv1.NetworkPolicy, w *kube.Workload) bool {
	return policy.Namespace == w.Namespace() && labelled(w, parse(&policy.Spec.PodSelector))
}

// labelled says whether a selector matches the labels of the workload's
// template, or those that its running pods got besides.
func labelled(w *kube.Workload, selector labels.Selector) bool {
	if selector.Matches(labels.Set(w.Meta.Labels)) {
		return true
	}
	for _, pod := range w.Pods {
		if selector.Matches(labels.Set(pod.Labels)) {
			return true
		}
	}
	return false
}

// selectsAll says whether a selector matches the template, or all running pods
// by labels that they got besides. One that matches a single pod, by the label
// with its name for example, leaves the others open.
func selectsAll(selector labels.Selector, w *kube.Workload) bool {
	if selector.Matches(labels.Set(w.Meta.Labels)) {
		return true
	}
	for _, pod := range w.Pods {
		if !selector.Matches(labels.Set(pod.Labels)) {
			return false
		}
	}
	return len(w.Pods) > 0
}

// parse reads a selector once for many workloads. One that Kubernetes wouldn't
// take selects nothing.
func parse(selector *metav1.LabelSelector) labels.Selector {
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return labels.Nothing()
	}
	return s
}
