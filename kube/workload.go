package kube

import (
	"cmp"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Workload is one pod template at the object that a person would edit: a
// Deployment stands for its ReplicaSets and pods, a CronJob for its Jobs. An
// object whose controller kiln can't see, or that nobody controls, is a
// Workload itself.
type Workload struct {
	// Object is the Deployment, CronJob, Pod … itself.
	Object Object
	// Meta and Spec are the template's: labels and annotations that the pods
	// get, and their spec.
	Meta *metav1.ObjectMeta
	Spec *corev1.PodSpec
	// SpecPath is where Spec stands in Object: "spec" for a Pod,
	// "spec.template.spec" for most others.
	SpecPath string
	// Pods are those that run from this template now; nil for manifests.
	Pods []*Pod
	// EphemeralOnly marks a running pod of another Workload that is listed
	// only for its ephemeral containers: Spec then holds those, and the pod's
	// security context.
	EphemeralOnly bool
	// Ended marks a pod that nobody controls, or that stands for a controller
	// that kiln doesn't read, and that has succeeded or failed: it is there to
	// be read, and runs no more.
	Ended bool

	// ephemeralAt are the places of Spec's ephemeral containers in the pod's
	// own list, if some have ended and were left out.
	ephemeralAt []int
}

// Pod is the little that is kept of each running pod.
type Pod struct {
	metav1.TypeMeta
	metav1.ObjectMeta // name, namespace, uid, labels, owner references; annotations only for static pods
	Node              string
	IPs               []string // of each address family one
	Phase             corev1.PodPhase
	ServiceAccount    string
	HostNetwork       bool
	// ImageIDs are the digests that run, by container.
	ImageIDs map[string]string

	// spec is kept for the first pod of each controller and for pods that
	// need to be judged themselves, without ephemeral containers that have
	// ended.
	spec *corev1.PodSpec
	// ephemeralAt are the places of those that haven't in the pod's own list;
	// nil if none was left out.
	ephemeralAt []int
}

// DeepCopyObject makes a Pod an Object; Pods are never changed, so it needs
// no copy.
func (p *Pod) DeepCopyObject() runtime.Object { return p }

// ContainerKind tells the three lists of containers in a pod spec apart.
type ContainerKind string

// The kinds of containers. Sidecars are init containers that keep running.
const (
	MainContainer      ContainerKind = "container"
	InitContainer      ContainerKind = "init container"
	EphemeralContainer ContainerKind = "ephemeral container"
)

// Container is a container of a Workload with its place.
type Container struct {
	*corev1.Container
	Kind ContainerKind
	// Path is the place in the Workload's object, such as
	// "spec.template.spec.initContainers[0]".
	Path string
}

// Containers lists all containers of the template: init, main, ephemeral.
func (w *Workload) Containers() []Container {
	spec := w.Spec
	all := make([]Container, 0, len(spec.InitContainers)+len(spec.Containers)+len(spec.EphemeralContainers))
	for i := range spec.InitContainers {
		all = append(all, Container{&spec.InitContainers[i], InitContainer, fmt.Sprintf("%s.initContainers[%d]", w.SpecPath, i)})
	}
	for i := range spec.Containers {
		all = append(all, Container{&spec.Containers[i], MainContainer, fmt.Sprintf("%s.containers[%d]", w.SpecPath, i)})
	}
	for i := range spec.EphemeralContainers {
		c := corev1.Container(spec.EphemeralContainers[i].EphemeralContainerCommon)
		all = append(all, Container{&c, EphemeralContainer, fmt.Sprintf("%s.ephemeralContainers[%d]", w.SpecPath, w.EphemeralIndex(i))})
	}
	return all
}

// EphemeralIndex is the place of Spec.EphemeralContainers[i] in the object
// itself, whose ended ones Spec leaves out.
func (w *Workload) EphemeralIndex(i int) int {
	if w.ephemeralAt == nil {
		return i
	}
	return w.ephemeralAt[i]
}

// Ref names the Workload's object.
func (w *Workload) Ref() Ref { return RefOf(w.Object) }

// Namespace is the Workload's namespace.
func (w *Workload) Namespace() string { return w.Object.GetNamespace() }

// ServiceAccount is the account that the pods run as, in the Workload's
// namespace. Manifests may name it in the old field, which the API server
// copies.
func (w *Workload) ServiceAccount() string {
	return cmp.Or(w.Spec.ServiceAccountName, w.Spec.DeprecatedServiceAccount, "default")
}

// Static says that a pod comes from a file on its node: the API server only
// shows a mirror of it, which has no account and no controller to edit.
func (w *Workload) Static() bool {
	_, ok := w.Object.GetAnnotations()[corev1.MirrorPodAnnotationKey]
	return ok
}

// Windows says that the pods are for Windows nodes, where Linux' security
// settings don't apply.
func (w *Workload) Windows() bool {
	return w.Spec.OS != nil && w.Spec.OS.Name == corev1.Windows
}
