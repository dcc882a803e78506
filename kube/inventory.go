package kube

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	storagev1 "k8s.io/api/storage/v1"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	kubeletconfig "k8s.io/kubelet/config/v1beta1"
)

// Source says where an Inventory comes from: a cluster, or files.
type Source struct {
	Context string   `json:"context"`
	Server  string   `json:"server"`
	Version string   `json:"version"`
	Files   []string `json:"files"`
}

// Inventory is what one scan could see, and what it could not. It is never
// changed once handed out: checks may read it side by side.
//
// Objects are typed and hold only what some check or view reads: no
// managedFields, little status, no values of Secrets.
type Inventory struct {
	Source Source
	// TakenAt is when the reading started. Checks that compare with today
	// use it, so that they need no clock.
	TakenAt time.Time
	// Namespace is the one that reading was limited to; empty means all.
	Namespace string

	Namespaces []*corev1.Namespace
	Nodes      []*corev1.Node
	// Pods are slim; the templates to judge are in Workloads.
	Pods                   []*Pod
	ReplicationControllers []*corev1.ReplicationController
	Deployments            []*appsv1.Deployment
	ReplicaSets            []*appsv1.ReplicaSet
	StatefulSets           []*appsv1.StatefulSet
	DaemonSets             []*appsv1.DaemonSet
	Jobs                   []*batchv1.Job
	CronJobs               []*batchv1.CronJob
	// Workloads join the kinds above: each pod template once, at the object
	// that a person would edit. Present once all of WorkloadResources are
	// settled.
	Workloads []*Workload

	Services        []*corev1.Service
	Ingresses       []*networkingv1.Ingress
	NetworkPolicies []*networkingv1.NetworkPolicy

	ServiceAccounts     []*corev1.ServiceAccount
	Roles               []*rbacv1.Role
	RoleBindings        []*rbacv1.RoleBinding
	ClusterRoles        []*rbacv1.ClusterRole
	ClusterRoleBindings []*rbacv1.ClusterRoleBinding

	ConfigMaps []*corev1.ConfigMap
	// Secrets are metadata only.
	Secrets                []*metav1.PartialObjectMetadata
	PersistentVolumes      []*corev1.PersistentVolume
	PersistentVolumeClaims []*corev1.PersistentVolumeClaim
	StorageClasses         []*storagev1.StorageClass
	ResourceQuotas         []*corev1.ResourceQuota
	LimitRanges            []*corev1.LimitRange
	PodDisruptionBudgets   []*policyv1.PodDisruptionBudget

	ValidatingWebhooks []*admissionv1.ValidatingWebhookConfiguration
	MutatingWebhooks   []*admissionv1.MutatingWebhookConfiguration
	// CustomResourceDefinitions are metadata only.
	CustomResourceDefinitions []*metav1.PartialObjectMetadata

	ValidatingAdmissionPolicies       []*admissionv1.ValidatingAdmissionPolicy
	ValidatingAdmissionPolicyBindings []*admissionv1.ValidatingAdmissionPolicyBinding

	// Custom are the objects of CustomResources, as far as their CRDs are
	// there: metadata, and the fields that checks read.
	Custom map[Resource][]*unstructured.Unstructured

	// OldVersions are the objects written in a version of their API that has
	// been removed or will be.
	OldVersions []OldVersion

	// KubeBench are the results of kube-bench that were given as files.
	KubeBench []KubeBenchResult

	// APIServer holds what is known of kube-apiserver's flags.
	APIServer APIServer
	// Certificates are those of our own connection to the API server.
	Certificates Certificates
	// Kubelets are the configurations by node: the live ones where reading
	// them was asked for, else those that node probes saw.
	Kubelets map[string]*kubeletconfig.KubeletConfiguration
	// NodeFacts is what node probes saw lately, by node.
	NodeFacts map[string]NodeFacts

	settled map[Resource]bool
	gaps    map[Resource]Gap
	origins map[Object]Origin
	// versions are the resourceVersions of the lists.
	versions map[Resource]string
	// managers are the field managers worth knowing (see Owner), by object.
	managers map[Resource]map[types.UID]string
	objects  int
	memo     *memo
}

// APIServer is what kube-apiserver runs with.
type APIServer struct {
	// Flags by name, without dashes. A flag that isn't set may be absent or
	// have its default, depending on From.
	Flags map[string]string
	// From says where the flags were seen: "/flagz" or a static pod's name.
	From string
}

// Gap is something that could not be read, and why.
type Gap struct {
	Resource Resource `json:"resource"`
	// Reason is a clause for people: "pods: forbidden for user x".
	Reason string `json:"reason"`
	// Remedy says what would make it readable.
	Remedy string `json:"remedy"`
}

// Settled says that reading r has ended, with success or with a gap.
func (inv *Inventory) Settled(r Resource) bool { return inv.settled[r] }

// Gap returns why r could not be read, fully, if it couldn't.
func (inv *Inventory) Gap(r Resource) (Gap, bool) {
	g, ok := inv.gaps[r]
	return g, ok
}

// FromFiles says that the Inventory was read from manifests, which show what
// is meant to be, not what runs.
func (inv *Inventory) FromFiles() bool { return len(inv.Source.Files) > 0 }

// Objects is how many objects were read.
func (inv *Inventory) Objects() int { return inv.objects }

// Origin is the place in a manifest that an object was read from.
func (inv *Inventory) Origin(obj Object) (Origin, bool) {
	o, ok := inv.origins[obj]
	return o, ok
}
