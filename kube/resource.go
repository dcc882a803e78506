package kube

// Resource is something that can be read of a cluster, written as kubectl
// writes it (resource.group), or the path of an endpoint.
type Resource string

// Everything that kiln reads. Resources of the core group have no suffix.
const (
	Namespaces             Resource = "namespaces"
	Nodes                  Resource = "nodes"
	Pods                   Resource = "pods"
	ReplicationControllers Resource = "replicationcontrollers"
	Deployments            Resource = "deployments.apps"
	ReplicaSets            Resource = "replicasets.apps"
	StatefulSets           Resource = "statefulsets.apps"
	DaemonSets             Resource = "daemonsets.apps"
	Jobs                   Resource = "jobs.batch"
	CronJobs               Resource = "cronjobs.batch"

	Services        Resource = "services"
	Ingresses       Resource = "ingresses.networking.k8s.io"
	NetworkPolicies Resource = "networkpolicies.networking.k8s.io"

	ServiceAccounts     Resource = "serviceaccounts"
	Roles               Resource = "roles.rbac.authorization.k8s.io"
	RoleBindings        Resource = "rolebindings.rbac.authorization.k8s.io"
	ClusterRoles        Resource = "clusterroles.rbac.authorization.k8s.io"
	ClusterRoleBindings Resource = "clusterrolebindings.rbac.authorization.k8s.io"

	ConfigMaps             Resource = "configmaps"
	Secrets                Resource = "secrets"
	PersistentVolumes      Resource = "persistentvolumes"
	PersistentVolumeClaims Resource = "persistentvolumeclaims"
	StorageClasses         Resource = "storageclasses.storage.k8s.io"
	ResourceQuotas         Resource = "resourcequotas"
	LimitRanges            Resource = "limitranges"
	PodDisruptionBudgets   Resource = "poddisruptionbudgets.policy"

	ValidatingWebhooks        Resource = "validatingwebhookconfigurations.admissionregistration.k8s.io"
	MutatingWebhooks          Resource = "mutatingwebhookconfigurations.admissionregistration.k8s.io"
	CustomResourceDefinitions Resource = "customresourcedefinitions.apiextensions.k8s.io"

	ValidatingAdmissionPolicies       Resource = "validatingadmissionpolicies.admissionregistration.k8s.io"
	ValidatingAdmissionPolicyBindings Resource = "validatingadmissionpolicybindings.admissionregistration.k8s.io"

	// ServerVersion is the API server's own version.
	ServerVersion Resource = "/version"
	// APIServerFlags are the flags that kube-apiserver runs with: from /flagz,
	// else from its static pod.
	APIServerFlags Resource = "/flagz"
	// TLSCertificates are those of our own connection to the API server.
	TLSCertificates Resource = "certificates of the connection"
	// KubeletConfigs are the live configurations of the kubelets. They need
	// the dangerous right to proxy to nodes, so reading them is opt-in.
	KubeletConfigs Resource = "nodes/proxy"
	// NodeProbes are the machines themselves, which the API doesn't show:
	// what node probes saw of them.
	NodeProbes Resource = "node probes"
)

// WorkloadResources are the kinds that a Workload is made from.
func WorkloadResources() []Resource {
	return []Resource{Pods, ReplicationControllers, Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs, CronJobs}
}
