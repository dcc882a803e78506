package netpol

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"kiln/kube"
)

// Door is a way to a workload's pods from outside of the cluster.
type Door struct {
	// Object is the Service, Ingress or route; the workload itself for a port of
	// the node.
	Object kube.Ref
	// Kind is "LoadBalancer", "NodePort", "external IP", "Ingress", the kind of a
	// route of the Gateway API, or "host port".
	Kind string
}

// String is "Service/web in shop (LoadBalancer)".
func (d Door) String() string { return fmt.Sprintf("%s (%s)", d.Object, d.Kind) }

// servicesOf are those whose selector the workload's pods have.
func (n *Neighbourhood) servicesOf(w *kube.Workload) []*corev1.Service {
	var all []*corev1.Service
	for _, svc := range n.services {
		if svc.Namespace == w.Namespace() && len(svc.Spec.Selector) > 0 && labelled(w, labels.SelectorFromSet(svc.Spec.Selector)) {
			all = append(all, svc)
		}
	}
	return all
}

// portsOf are the ports that the containers name, and those that services send
// to.
func (n *Neighbourhood) portsOf(w *kube.Workload) []Port {
	var ports []Port
	add := func(number int32, protocol corev1.Protocol) {
		if port := (Port{number, orTCP(protocol)}); number > 0 && !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	for _, c := range w.Containers() {
		for _, p := range c.Ports {
			add(p.ContainerPort, p.Protocol)
		}
	}
	for _, svc := range n.servicesOf(w) {
		for _, p := range svc.Spec.Ports {
			switch {
			case p.TargetPort.Type == intstr.String: // a name, which is a container's
			case p.TargetPort.IntVal != 0:
				add(p.TargetPort.IntVal, p.Protocol)
			default:
				add(p.Port, p.Protocol)
			}
		}
	}
	return ports
}

// doorsOf are the ways in from outside.
func (n *Neighbourhood) doorsOf(w *kube.Workload) []Door {
	var doors []Door
	for _, svc := range n.servicesOf(w) {
		ref := kube.RefOf(svc)
		if svc.Spec.Type == corev1.ServiceTypeLoadBalancer || svc.Spec.Type == corev1.ServiceTypeNodePort {
			doors = append(doors, Door{ref, string(svc.Spec.Type)})
		}
		if len(svc.Spec.ExternalIPs) > 0 {
			doors = append(doors, Door{ref, "external IP"})
		}
		for _, ing := range n.ingresses {
			if ing.Namespace == svc.Namespace && leadsTo(ing, svc.Name) {
				doors = append(doors, Door{kube.RefOf(ing), "Ingress"})
			}
		}
		doors = append(doors, n.routesTo(svc)...)
	}
	if w.Spec.HostNetwork || slices.ContainsFunc(w.Containers(), hasHostPort) {
		doors = append(doors, Door{w.Ref(), "host port"})
	}
	return doors
}

func hasHostPort(c kube.Container) bool {
	return slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool { return p.HostPort != 0 })
}

// leadsTo says whether an Ingress sends anything to a Service.
func leadsTo(ing *networkingv1.Ingress, service string) bool {
	is := func(b *networkingv1.IngressBackend) bool {
		return b != nil && b.Service != nil && b.Service.Name == service
	}
	if is(ing.Spec.DefaultBackend) {
		return true
	}
	return slices.ContainsFunc(ing.Spec.Rules, func(rule networkingv1.IngressRule) bool {
		return rule.HTTP != nil && slices.ContainsFunc(rule.HTTP.Paths, func(p networkingv1.HTTPIngressPath) bool { return is(&p.Backend) })
	})
}
