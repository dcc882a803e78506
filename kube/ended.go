package kube

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// What a pod has run and ended can't be mended: a pod that has ended never
// starts again, and an ephemeral container stays in the spec of its pod for
// ever. Both are told apart from what still runs, or waits to.

// finished says that a pod of this phase is done: the kubelet starts none of its
// containers again.
func finished(phase corev1.PodPhase) bool {
	return phase == corev1.PodSucceeded || phase == corev1.PodFailed
}

// liveEphemeral lists the pod's ephemeral containers that have not ended, and
// the place of each in the pod's own list; the places are nil if none is left
// out. One without a status is about to start.
func liveEphemeral(pod *corev1.Pod) (live []corev1.EphemeralContainer, places []int) {
	all := pod.Spec.EphemeralContainers
	for i := range all {
		if !finished(pod.Status.Phase) && !terminated(pod.Status.EphemeralContainerStatuses, all[i].Name) {
			live, places = append(live, all[i]), append(places, i)
		}
	}
	if len(live) == len(all) {
		return all, nil
	}
	return live, places
}

func terminated(statuses []corev1.ContainerStatus, name string) bool {
	return slices.ContainsFunc(statuses, func(s corev1.ContainerStatus) bool {
		return s.Name == name && s.State.Terminated != nil
	})
}

// withoutPast is a pod from a manifest as the API server would create it: what
// its status says of an earlier one means nothing.
func withoutPast(pod *corev1.Pod) *corev1.Pod {
	fresh := *pod
	fresh.Status.Phase, fresh.Status.EphemeralContainerStatuses = "", nil
	return &fresh
}
