package fixes

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"kiln/kube"
	"kiln/scanners/netpol"
)

// effectsOnConnections are the connections to services that workloads can open
// today and not with the new policies, and those from outside.
func effectsOnConnections(targets []TargetPreview, inv, after *kube.Inventory) []Effect {
	effects := unread(inv, "connections that are cut", append(kube.WorkloadResources(), kube.Services, kube.NetworkPolicies)...)
	if inv.Namespace != "" {
		effects = append(effects, Effect{Kind: UnknownEffect, Summary: "connections from and to other namespaces than " + inv.Namespace + " were not looked at"})
	}
	policed := policedNamespaces(targets)
	effects = append(effects, notEvaluated(inv, policed)...)
	cut := Effect{Kind: ConnectionEffect}
	was, is := netpol.New(inv), netpol.New(after)
	pairs := 0
	for _, svc := range inv.Services {
		for _, path := range servicePorts(svc) {
			from := cutOff(inv, policed, svc, path, was, is)
			if len(from) == 0 {
				continue
			}
			pairs += len(from)
			cut.Names = append(cut.Names, fmt.Sprintf("Service/%s in %s, port %s: from %s", svc.Name, svc.Namespace, path.label, shortList(from)))
		}
	}
	cut.Summary = "no connection to a service is cut that is open today"
	if pairs > 0 {
		cut.Summary = fmt.Sprintf("%s to %s, open today, would be cut; whether they are used can't be seen",
			counted(pairs, "connection"), counted(len(cut.Names), "service port"))
	}
	return append(effects, cut)
}

func policedNamespaces(targets []TargetPreview) []string {
	var namespaces []string
	for _, t := range targets {
		if t.Change.Target.Kind == "NetworkPolicy" && !slices.Contains(namespaces, t.Change.Target.Namespace) {
			namespaces = append(namespaces, t.Change.Target.Namespace)
		}
	}
	return namespaces
}

// notEvaluated says that policies of other kinds are about the same pods: what
// those refuse, or allow, isn't worked out here.
func notEvaluated(inv *kube.Inventory, namespaces []string) []Effect {
	others := netpol.NewOthers(inv)
	var effects []Effect
	if len(others.Unread) > 0 {
		effects = append(effects, Effect{Kind: UnknownEffect, Summary: "policies of other kinds could not be read, so they don't count here", Names: others.Unread})
	}
	var selected []string
	for _, w := range inv.Workloads {
		if slices.Contains(namespaces, w.Namespace()) && !w.EphemeralOnly && others.Selects(w) != netpol.Uncovered {
			selected = append(selected, w.Ref().String())
		}
	}
	if len(selected) > 0 {
		effects = append(effects, Effect{Kind: UnknownEffect, Summary: "policies of Cilium, Calico or the cluster's admins are about these workloads, and are not evaluated here", Names: selected})
	}
	return effects
}

// servicePort is a port of a service, and what it leads to in the pods.
type servicePort struct {
	label  string
	target corev1.ServicePort
}

func servicePorts(svc *corev1.Service) []servicePort {
	var ports []servicePort
	if len(svc.Spec.Selector) == 0 {
		return nil
	}
	for _, p := range svc.Spec.Ports {
		if p.Protocol == "" {
			p.Protocol = corev1.ProtocolTCP
		}
		ports = append(ports, servicePort{fmt.Sprintf("%d/%s", p.Port, p.Protocol), p})
	}
	return ports
}

// cutOff are the workloads, and the outside of the cluster where the service
// is open to it, that reach it today and not afterwards.
func cutOff(inv *kube.Inventory, policed []string, svc *corev1.Service, path servicePort, was, is *netpol.Policies) []string {
	var from []string
	for _, to := range inv.Workloads {
		if !serves(svc, to) || !netpol.Governs(to) || to.Ended {
			continue
		}
		port, ok := portIn(to, path.target)
		if !ok {
			continue
		}
		for _, w := range inv.Workloads {
			concerned := slices.Contains(policed, w.Namespace()) || slices.Contains(policed, to.Namespace())
			if !concerned || w == to || w.EphemeralOnly || w.Ended || slices.Contains(from, w.Ref().String()) {
				continue
			}
			if was.Reach(w, to, port).Allowed && !is.Reach(w, to, port).Allowed {
				from = append(from, w.Ref().String())
			}
		}
		if open := svc.Spec.Type == corev1.ServiceTypeNodePort || svc.Spec.Type == corev1.ServiceTypeLoadBalancer; open &&
			was.Reach(outside(), to, port).Allowed && !is.Reach(outside(), to, port).Allowed {
			from = append([]string{"outside of the cluster"}, from...)
		}
	}
	return from
}

// serves says whether a workload's pods are behind a service.
func serves(svc *corev1.Service, w *kube.Workload) bool {
	return svc.Namespace == w.Namespace() && !w.EphemeralOnly && len(svc.Spec.Selector) > 0 &&
		labels.SelectorFromSet(svc.Spec.Selector).Matches(labels.Set(w.Meta.Labels))
}

// portIn is where a service's port leads to in a workload's pods; false if
// they don't have a port of that name.
func portIn(w *kube.Workload, p corev1.ServicePort) (netpol.Port, bool) {
	port := netpol.Port{Number: p.Port, Protocol: p.Protocol}
	switch {
	case p.TargetPort.IntVal != 0:
		port.Number = p.TargetPort.IntVal
	case p.TargetPort.StrVal != "":
		for _, c := range w.Containers() {
			for _, own := range c.Ports {
				if own.Name == p.TargetPort.StrVal {
					port.Number = own.ContainerPort
					return port, true
				}
			}
		}
		return port, false
	}
	return port, true
}

// outside stands for clients that are not of the cluster, at addresses that
// nobody has (RFC 5737, RFC 3849).
func outside() *kube.Workload {
	return &kube.Workload{
		Object: &corev1.Pod{}, Meta: &metav1.ObjectMeta{},
		Spec: &corev1.PodSpec{HostNetwork: true}, Pods: []*kube.Pod{{IPs: []string{"203.0.113.1", "2001:db8::1"}}},
	}
}

// effectsOnExposure are the ways in from outside that a service no longer has.
func effectsOnExposure(targets []TargetPreview, inv *kube.Inventory) []Effect {
	var effects []Effect
	for _, t := range targets {
		var before, after corev1.Service
		if t.Change.Target.Kind != "Service" || !typed(t.live, &before) || !typed(t.after, &after) {
			continue
		}
		var closed []string
		for _, p := range before.Spec.Ports {
			stays := slices.ContainsFunc(after.Spec.Ports, func(o corev1.ServicePort) bool { return o.NodePort == p.NodePort })
			if p.NodePort != 0 && !stays {
				closed = append(closed, fmt.Sprintf("port %d of every node", p.NodePort))
			}
		}
		if len(closed) > 0 {
			effects = append(effects, Effect{Kind: ExposureEffect, Summary: fmt.Sprintf("closes %s that lead to %s; Ingresses and pods still reach the service",
				counted(len(closed), "node port"), shortList(servedBy(inv, &before))), Names: closed})
		}
	}
	return effects
}

func servedBy(inv *kube.Inventory, svc *corev1.Service) []string {
	var names []string
	for _, w := range inv.Workloads {
		if serves(svc, w) {
			names = append(names, w.Ref().Kind+"/"+w.Ref().Name)
		}
	}
	if len(names) == 0 {
		return []string{"its pods"}
	}
	return names
}

// shortList joins some names: "a, b, c and 4 more".
func shortList(names []string) string {
	const shown = 5
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}
