package netpol

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

// routeResources are the kinds by which the Gateway API sends requests to
// Services.
func routeResources() []kube.Resource {
	return []kube.Resource{kube.HTTPRoutes, kube.GRPCRoutes, kube.TLSRoutes, kube.TCPRoutes, kube.UDPRoutes}
}

// routesTo are the routes from a Gateway that lead to a Service. Whether the
// Gateway takes them isn't looked at, nor whether a ReferenceGrant lets a route
// reach into another namespace.
func (n *Neighbourhood) routesTo(svc *corev1.Service) []Door {
	var doors []Door
	for _, route := range n.routes {
		if fromGateway(route) && routesTo(route, svc) {
			doors = append(doors, Door{kube.RefOf(route), route.GetKind()})
		}
	}
	return doors
}

// fromGateway tells a way in from a route of a service mesh, whose parent is a
// Service. Gateway is a parent's kind if it names none.
func fromGateway(route *unstructured.Unstructured) bool {
	return slices.ContainsFunc(list(field(route.Object, "spec", "parentRefs")), func(parent any) bool {
		return cmp.Or(text(fields(parent)["kind"]), "Gateway") != "Service"
	})
}

func routesTo(route *unstructured.Unstructured, svc *corev1.Service) bool {
	return slices.ContainsFunc(list(field(route.Object, "spec", "rules")), func(rule any) bool {
		return slices.ContainsFunc(list(fields(rule)["backendRefs"]), func(backend any) bool {
			ref := fields(backend)
			return cmp.Or(text(ref["kind"]), "Service") == "Service" && text(ref["name"]) == svc.Name &&
				cmp.Or(text(ref["namespace"]), route.GetNamespace()) == svc.Namespace
		})
	})
}
