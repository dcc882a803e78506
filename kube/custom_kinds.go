package kube

import "k8s.io/apimachinery/pkg/runtime/schema"

// The custom resources that checks read where their CRDs are there.
const (
	SecretStores        Resource = "secretstores.external-secrets.io"
	ClusterSecretStores Resource = "clustersecretstores.external-secrets.io"

	VeleroSchedules Resource = "schedules.velero.io"
	VeleroBackups   Resource = "backups.velero.io"

	PeerAuthentications Resource = "peerauthentications.security.istio.io"

	// The Gateway API: ways in from outside, beside Ingresses.
	Gateways   Resource = "gateways.gateway.networking.k8s.io"
	HTTPRoutes Resource = "httproutes.gateway.networking.k8s.io"
	GRPCRoutes Resource = "grpcroutes.gateway.networking.k8s.io"
	TLSRoutes  Resource = "tlsroutes.gateway.networking.k8s.io"
	TCPRoutes  Resource = "tcproutes.gateway.networking.k8s.io"
	UDPRoutes  Resource = "udproutes.gateway.networking.k8s.io"

	CiliumPolicies        Resource = "ciliumnetworkpolicies.cilium.io"
	CiliumClusterPolicies Resource = "ciliumclusterwidenetworkpolicies.cilium.io"

	// Calico's policies are stored under its own group, or since its v3 CRDs
	// under the one that people write.
	CalicoCRDPolicies       Resource = "networkpolicies.crd.projectcalico.org"
	CalicoCRDGlobalPolicies Resource = "globalnetworkpolicies.crd.projectcalico.org"
	CalicoPolicies          Resource = "networkpolicies.projectcalico.org"
	CalicoGlobalPolicies    Resource = "globalnetworkpolicies.projectcalico.org"

	AdminNetworkPolicies         Resource = "adminnetworkpolicies.policy.networking.k8s.io"
	BaselineAdminNetworkPolicies Resource = "baselineadminnetworkpolicies.policy.networking.k8s.io"
	ClusterNetworkPolicies       Resource = "clusternetworkpolicies.policy.networking.k8s.io"
)

// customKinds is the table of the custom resources that are listed. Whatever
// version a server prefers is read; the fields kept have been the same in all.
func customKinds() []kind {
	secrets := schema.GroupVersion{Group: "external-secrets.io", Version: "v1"}
	velero := schema.GroupVersion{Group: "velero.io", Version: "v1"}
	istio := schema.GroupVersion{Group: "security.istio.io", Version: "v1"}
	gateway := schema.GroupVersion{Group: "gateway.networking.k8s.io", Version: "v1"}
	cilium := schema.GroupVersion{Group: "cilium.io", Version: "v2"}
	calicoCRD := schema.GroupVersion{Group: "crd.projectcalico.org", Version: "v1"}
	calico := schema.GroupVersion{Group: "projectcalico.org", Version: "v3"}
	admin := schema.GroupVersion{Group: "policy.networking.k8s.io", Version: "v1alpha1"}
	return append(reportKinds(),
		customKind(SecretStores, secrets.WithKind("SecretStore"), "spec.provider"),
		customKind(ClusterSecretStores, secrets.WithKind("ClusterSecretStore"), "spec.conditions"),
		customKind(VeleroSchedules, velero.WithKind("Schedule"), "spec.schedule", "spec.paused", "status.phase", "status.lastBackup"),
		customKind(VeleroBackups, velero.WithKind("Backup"), "status.phase", "status.completionTimestamp"),
		customKind(PeerAuthentications, istio.WithKind("PeerAuthentication"), "spec"),
		customKind(Gateways, gateway.WithKind("Gateway")),
		customKind(HTTPRoutes, gateway.WithKind("HTTPRoute"), "spec.parentRefs", "spec.rules[backendRefs]"),
		customKind(GRPCRoutes, gateway.WithKind("GRPCRoute"), "spec.parentRefs", "spec.rules[backendRefs]"),
		customKind(TLSRoutes, gateway.WithKind("TLSRoute"), "spec.parentRefs", "spec.rules[backendRefs]"),
		customKind(TCPRoutes, gateway.WithKind("TCPRoute"), "spec.parentRefs", "spec.rules[backendRefs]"),
		customKind(UDPRoutes, gateway.WithKind("UDPRoute"), "spec.parentRefs", "spec.rules[backendRefs]"),
		customKind(CiliumPolicies, cilium.WithKind("CiliumNetworkPolicy"), "spec", "specs"),
		customKind(CiliumClusterPolicies, cilium.WithKind("CiliumClusterwideNetworkPolicy"), "spec", "specs"),
		customKind(CalicoCRDPolicies, calicoCRD.WithKind("NetworkPolicy"), "spec"),
		customKind(CalicoCRDGlobalPolicies, calicoCRD.WithKind("GlobalNetworkPolicy"), "spec"),
		customKind(CalicoPolicies, calico.WithKind("NetworkPolicy"), "spec"),
		customKind(CalicoGlobalPolicies, calico.WithKind("GlobalNetworkPolicy"), "spec"),
		customKind(AdminNetworkPolicies, admin.WithKind("AdminNetworkPolicy"), "spec"),
		customKind(BaselineAdminNetworkPolicies, admin.WithKind("BaselineAdminNetworkPolicy"), "spec"),
		customKind(ClusterNetworkPolicies, admin.WithKind("ClusterNetworkPolicy"), "spec"),
	)
}
