package netpol

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

// Coverage says what policies do for a workload's pods.
type Coverage int

// From least to most. Perhaps is for selectors that can't be evaluated here.
const (
	Uncovered Coverage = iota
	Perhaps
	Covered
)

// Others are the policies of other kinds than NetworkPolicy.
type Others struct {
	policies   []otherPolicy
	namespaces *Policies
	// Unread are the kinds whose policies could not be read, though they may
	// be there.
	Unread []string
}

// otherPolicy is what all of those kinds have in common.
type otherPolicy struct {
	ref     kube.Ref
	selects func(pod) Coverage
	// isolates are the directions in which traffic that nothing allows is
	// dropped.
	isolates map[Direction]bool
}

// pod is what selectors look at.
type pod struct {
	namespace, account      string
	labels, namespaceLabels map[string]string
}

// OtherResources are what Others are made from.
func OtherResources() []kube.Resource {
	return []kube.Resource{
		kube.CustomResourceDefinitions, kube.CiliumPolicies, kube.CiliumClusterPolicies,
		kube.CalicoCRDPolicies, kube.CalicoCRDGlobalPolicies, kube.CalicoPolicies, kube.CalicoGlobalPolicies,
		kube.AdminNetworkPolicies, kube.BaselineAdminNetworkPolicies, kube.ClusterNetworkPolicies,
	}
}

// NewOthers reads the policies of inv.
func NewOthers(inv *kube.Inventory) *Others {
	o := &Others{Unread: unread(inv), namespaces: New(inv)}
	for resource, read := range map[kube.Resource]func(*unstructured.Unstructured) []otherPolicy{
		kube.CiliumPolicies: cilium, kube.CiliumClusterPolicies: cilium,
		kube.CalicoCRDPolicies: calico, kube.CalicoCRDGlobalPolicies: calico,
		kube.CalicoPolicies: calico, kube.CalicoGlobalPolicies: calico,
		kube.AdminNetworkPolicies: admin, kube.BaselineAdminNetworkPolicies: admin, kube.ClusterNetworkPolicies: admin,
	} {
		for _, object := range inv.Custom[resource] {
			for _, policy := range read(object) {
				policy.ref = kube.RefOf(object)
				o.policies = append(o.policies, policy)
			}
		}
	}
	return o
}

// Isolates says whether some policy drops, in one direction, what nothing
// allows to or from the workload's pods.
func (o *Others) Isolates(w *kube.Workload, d Direction) Coverage {
	return o.covers(w, func(policy otherPolicy) bool { return policy.isolates[d] })
}

// Selects says whether some policy is about the workload's pods.
func (o *Others) Selects(w *kube.Workload) Coverage {
	return o.covers(w, func(otherPolicy) bool { return true })
}

// About names the policies that are about the workload's pods, or may be.
func (o *Others) About(w *kube.Workload) []kube.Ref {
	var refs []kube.Ref
	for _, policy := range o.policies {
		if slices.ContainsFunc(o.podsOf(w), func(p pod) bool { return policy.selects(p) != Uncovered }) && !slices.Contains(refs, policy.ref) {
			refs = append(refs, policy.ref)
		}
	}
	return refs
}

// All names every policy of other kinds that was read.
func (o *Others) All() []kube.Ref {
	var refs []kube.Ref
	for _, policy := range o.policies {
		if !slices.Contains(refs, policy.ref) {
			refs = append(refs, policy.ref)
		}
	}
	return refs
}

func (o *Others) covers(w *kube.Workload, counts func(otherPolicy) bool) Coverage {
	if len(o.policies) == 0 {
		return Uncovered
	}
	best, pods := Uncovered, o.podsOf(w)
	for _, policy := range o.policies {
		if !counts(policy) {
			continue
		}
		for _, pod := range pods {
			best = max(best, policy.selects(pod))
		}
	}
	return best
}

// podsOf are the workload's pods as its template makes them, and as they run
// with labels that they got besides.
func (o *Others) podsOf(w *kube.Workload) []pod {
	template := pod{
		namespace: w.Namespace(), account: w.ServiceAccount(),
		labels: w.Meta.Labels, namespaceLabels: o.namespaces.labelsOf(w.Namespace()),
	}
	pods := []pod{template}
	for _, running := range w.Pods {
		template.labels = running.Labels
		pods = append(pods, template)
	}
	return pods
}

// unread lists the kinds that are there and could not be read, and those that
// kiln doesn't know how to read.
func unread(inv *kube.Inventory) []string {
	names := map[kube.Resource]string{
		kube.CiliumPolicies: "CiliumNetworkPolicy", kube.CiliumClusterPolicies: "CiliumClusterwideNetworkPolicy",
		kube.CalicoCRDPolicies: "Calico's NetworkPolicy", kube.CalicoCRDGlobalPolicies: "Calico's GlobalNetworkPolicy",
		kube.CalicoPolicies: "Calico's NetworkPolicy", kube.CalicoGlobalPolicies: "Calico's GlobalNetworkPolicy",
		kube.AdminNetworkPolicies: "AdminNetworkPolicy", kube.BaselineAdminNetworkPolicies: "BaselineAdminNetworkPolicy",
		kube.ClusterNetworkPolicies:            "ClusterNetworkPolicy",
		"networkpolicies.crd.antrea.io":        "Antrea's NetworkPolicy",
		"clusternetworkpolicies.crd.antrea.io": "Antrea's ClusterNetworkPolicy",
	}
	var kinds []string
	for _, crd := range inv.CustomResourceDefinitions {
		r := kube.Resource(crd.Name)
		_, gap := inv.Gap(r)
		if name, ok := names[r]; ok && (gap || !slices.Contains(OtherResources(), r)) {
			kinds = append(kinds, name)
		}
	}
	return kinds
}

// field is an object's field, by the names of its parents; nil if there is none.
func field(object map[string]any, path ...string) any {
	value, _, _ := unstructured.NestedFieldNoCopy(object, path...)
	return value
}

// list and fields read a value as what they say; empty if it is something else.
func list(value any) []any            { l, _ := value.([]any); return l }
func fields(value any) map[string]any { m, _ := value.(map[string]any); return m }
func text(value any) string           { s, _ := value.(string); return s }
