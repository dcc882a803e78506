package pod

import (
	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
)

// inherited is a setting of the security context that containers take from
// their pod unless they have their own.
type inherited struct {
	// field is the setting's path in the security context.
	field string
	// ofPod and ofContainer return the setting as text, empty if it isn't set.
	ofPod       func(corev1.PodSecurityContext) string
	ofContainer func(corev1.SecurityContext) string
	// message says what is wrong with a value (empty if not set), after the
	// name of the pod or the container.
	message func(value string) string
	// unset has the last word on a finding about a container for which nobody
	// sets it; may be nil.
	unset func(container, scanners.Hit) scanners.Hit
}

// locate finds who sets the forbidden value: the pod, for all containers
// without their own, or a container for itself. Where the value must be set
// and neither does, each container counts.
func (i inherited) locate(w *kube.Workload, s standard, add report) {
	fromPod := i.ofPod(podSettings(w))
	if fromPod != "" && !w.EphemeralOnly && !s.allowsPodLevel(w) {
		add(podHit(w, "securityContext."+i.field, "", "the pod "+i.message(fromPod)))
	}
	for c := range containers(w) {
		own := i.ofContainer(c.settings())
		if own == "" && fromPod != "" {
			continue
		}
		if s.allowsContainer(c) {
			continue
		}
		hit := c.hit("securityContext."+i.field, "", i.message(own))
		if own == "" && i.unset != nil {
			hit = i.unset(c, hit)
		}
		add(hit)
	}
}
