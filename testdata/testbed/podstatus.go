package main

import (
	"crypto/sha256"
	"fmt"

	"github.com/distribution/reference"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// playedStatus is what a kubelet would report of the pod once all went well.
func playedStatus(pod *corev1.Pod, hostIP, podIP string, now metav1.Time) corev1.PodStatus {
	status := pod.Status
	status.StartTime = &now
	status.HostIP, status.PodIP = hostIP, podIP
	status.HostIPs, status.PodIPs = []corev1.HostIP{{IP: hostIP}}, []corev1.PodIP{{IP: podIP}}

	owner := metav1.GetControllerOf(pod)
	done := owner != nil && owner.Kind == "Job"
	status.Phase = corev1.PodRunning
	if done {
		status.Phase = corev1.PodSucceeded
	}
	status.InitContainerStatuses, status.ContainerStatuses = nil, nil
	for _, c := range pod.Spec.InitContainers {
		sidecar := c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
		status.InitContainerStatuses = append(status.InitContainerStatuses, containerStatus(pod, c, done || !sidecar, now))
	}
	for _, c := range pod.Spec.Containers {
		played := containerStatus(pod, c, done, now)
		played.Ready = !done
		status.ContainerStatuses = append(status.ContainerStatuses, played)
	}
	status.Conditions = podConditions(done, now)
	return status
}

func podConditions(done bool, now metav1.Time) []corev1.PodCondition {
	ready, reason := corev1.ConditionTrue, ""
	if done {
		ready, reason = corev1.ConditionFalse, "PodCompleted"
	}
	return []corev1.PodCondition{
		{Type: corev1.PodScheduled, Status: corev1.ConditionTrue, LastTransitionTime: now},
		{Type: corev1.PodInitialized, Status: corev1.ConditionTrue, LastTransitionTime: now, Reason: reason},
		{Type: corev1.ContainersReady, Status: ready, LastTransitionTime: now, Reason: reason},
		{Type: corev1.PodReady, Status: ready, LastTransitionTime: now, Reason: reason},
	}
}

// containerStatus is of a container that runs, or is done: an init container
// that is done counts as ready.
func containerStatus(pod *corev1.Pod, c corev1.Container, done bool, now metav1.Time) corev1.ContainerStatus {
	started := !done
	status := corev1.ContainerStatus{
		Name: c.Name, Image: c.Image, ImageID: imageID(c.Image), Ready: true, Started: &started,
		ContainerID: fmt.Sprintf("containerd://%x", sha256.Sum256([]byte(string(pod.UID)+c.Name))),
	}
	if done {
		status.State.Terminated = &corev1.ContainerStateTerminated{
			Reason: "Completed", StartedAt: now, FinishedAt: now, ContainerID: status.ContainerID,
		}
	} else {
		status.State.Running = &corev1.ContainerStateRunning{StartedAt: now}
	}
	return status
}

// imageID is the image by its digest: the one in its name, else one made up from
// the name, the same each time.
func imageID(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return ""
	}
	if digested, ok := named.(reference.Digested); ok {
		return named.Name() + "@" + digested.Digest().String()
	}
	return fmt.Sprintf("%s@sha256:%x", named.Name(), sha256.Sum256([]byte(reference.TagNameOnly(named).String())))
}
