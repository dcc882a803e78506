package pod

import (
	"iter"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
)

// container is one container of a workload and its place there. It is
// cheaper than kube.Container: paths are made for hits only, and most
// containers are looked at dozens of times without one.
type container struct {
	*corev1.Container
	workload *kube.Workload
	kind     kube.ContainerKind
	index    int
}

// containers walks over the init, main and ephemeral containers of w.
func containers(w *kube.Workload) iter.Seq[container] {
	return func(yield func(container) bool) {
		spec := w.Spec
		for i := range spec.InitContainers {
			if !yield(container{&spec.InitContainers[i], w, kube.InitContainer, i}) {
				return
			}
		}
		for i := range spec.Containers {
			if !yield(container{&spec.Containers[i], w, kube.MainContainer, i}) {
				return
			}
		}
		for i := range spec.EphemeralContainers {
			c := (*corev1.Container)(&spec.EphemeralContainers[i].EphemeralContainerCommon)
			if !yield(container{c, w, kube.EphemeralContainer, i}) {
				return
			}
		}
	}
}

// at is the path of one of the container's fields in the workload's object.
func (c container) at(field string) string {
	list, index := "containers", c.index
	switch c.kind {
	case kube.InitContainer:
		list = "initContainers"
	case kube.EphemeralContainer:
		list, index = "ephemeralContainers", c.workload.EphemeralIndex(c.index)
	}
	return c.workload.SpecPath + "." + list + "[" + strconv.Itoa(index) + "]." + field
}

// hit is a finding about a field of the container. The message goes on after
// the container's name: "runs privileged".
func (c container) hit(field, key, message string) scanners.Hit {
	return scanners.Hit{
		Object: c.workload.Object, Container: c.Name, Path: c.at(field), Key: key,
		Message: string(c.kind) + " " + strconv.Quote(c.Name) + " " + message,
	}
}

// settings is the container's security context, empty where there is none.
func (c container) settings() corev1.SecurityContext {
	if c.SecurityContext == nil {
		return corev1.SecurityContext{}
	}
	return *c.SecurityContext
}

// podSettings is the security context of the whole pod, empty where there is
// none.
func podSettings(w *kube.Workload) corev1.PodSecurityContext {
	if w.Spec.SecurityContext == nil {
		return corev1.PodSecurityContext{}
	}
	return *w.Spec.SecurityContext
}

// podHit is a finding about a field of the pod's spec.
func podHit(w *kube.Workload, field, key, message string) scanners.Hit {
	return scanners.Hit{Object: w.Object, Path: w.SpecPath + "." + field, Key: key, Message: message}
}

// annotationHit is a finding about an annotation that the pods get.
func annotationHit(w *kube.Workload, annotation, message string) scanners.Hit {
	return scanners.Hit{Object: w.Object, Path: metadataPath(w) + ".annotations[" + annotation + "]", Key: annotation, Message: message}
}
