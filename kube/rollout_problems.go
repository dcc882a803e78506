package kube

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// rolloutProblems are why a workload's new pods don't come up: pods that could
// not be made, and what the pods that could be wait for. What can't be read is
// left out: the progress stands without it.
func (c *Cluster) rolloutProblems(ctx context.Context, workload *unstructured.Unstructured) []string {
	problems := replicaFailures(workload)
	if len(problems) == 0 {
		problems = c.failedCreates(ctx, workload)
	}
	for _, pod := range c.newPods(ctx, workload) {
		if problem := podProblem(pod); problem != "" && !slices.Contains(problems, problem) {
			problems = append(problems, problem)
		}
	}
	return problems
}

// replicaFailures are what a Deployment itself says of pods that it can't make.
func replicaFailures(workload *unstructured.Unstructured) []string {
	var deployment appsv1.Deployment
	if workload.GetKind() != "Deployment" || runtime.DefaultUnstructuredConverter.FromUnstructured(workload.Object, &deployment) != nil {
		return nil
	}
	for _, condition := range deployment.Status.Conditions {
		if condition.Type == appsv1.DeploymentReplicaFailure && condition.Status == corev1.ConditionTrue {
			return []string{fmt.Sprintf("no pod can be made (%s): %s", condition.Reason, Clean(condition.Message))}
		}
	}
	return nil
}

// failedCreates are the same, from the newest event about the workload since
// it was changed.
func (c *Cluster) failedCreates(ctx context.Context, workload *unstructured.Unstructured) []string {
	events, err := c.Client.CoreV1().Events(workload.GetNamespace()).List(ctx, metav1.ListOptions{
		FieldSelector: fmt.Sprintf("involvedObject.uid=%s,reason=FailedCreate", workload.GetUID()),
	})
	if err != nil || len(events.Items) == 0 {
		return nil
	}
	newest := slices.MaxFunc(events.Items, func(a, b corev1.Event) int { return a.LastTimestamp.Compare(b.LastTimestamp.Time) })
	return []string{"no pod can be made (FailedCreate): " + Clean(newest.Message)}
}

// newPods are the pods of the workload that aren't ready, the newest first. Old
// ones of a rollout are ready, or on their way out.
func (c *Cluster) newPods(ctx context.Context, workload *unstructured.Unstructured) []corev1.Pod {
	fields, _, _ := unstructured.NestedMap(workload.Object, "spec", "selector")
	var selector metav1.LabelSelector
	if runtime.DefaultUnstructuredConverter.FromUnstructured(fields, &selector) != nil {
		return nil
	}
	list, err := c.Client.CoreV1().Pods(workload.GetNamespace()).List(ctx, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(&selector)})
	if err != nil {
		return nil
	}
	pods := slices.DeleteFunc(list.Items, func(p corev1.Pod) bool { return p.DeletionTimestamp != nil || podReady(p) })
	slices.SortFunc(pods, func(a, b corev1.Pod) int {
		return cmp.Or(b.CreationTimestamp.Compare(a.CreationTimestamp.Time), strings.Compare(a.Name, b.Name))
	})
	const most = 3
	return pods[:min(most, len(pods))]
}

func podReady(pod corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// podProblem is why one pod isn't ready, by name; empty where it only takes its
// time.
func podProblem(pod corev1.Pod) string {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse {
			return fmt.Sprintf("Pod/%s finds no node: %s", pod.Name, Clean(condition.Message))
		}
	}
	for _, status := range append(slices.Clone(pod.Status.InitContainerStatuses), pod.Status.ContainerStatuses...) {
		if why := containerProblem(status); why != "" {
			return fmt.Sprintf("Pod/%s, container %s: %s", pod.Name, status.Name, why)
		}
	}
	return ""
}

// containerProblem knows the two reasons to wait that aren't one.
func containerProblem(status corev1.ContainerStatus) string {
	last := status.LastTerminationState.Terminated
	if now := status.State.Terminated; now != nil && now.ExitCode != 0 {
		last = now
	}
	ended := ""
	if last != nil && last.ExitCode != 0 {
		ended = fmt.Sprintf("it ended with exit code %d (%s)", last.ExitCode, cmp.Or(last.Reason, "Error"))
	}
	waiting := status.State.Waiting
	if waiting == nil || waiting.Reason == "ContainerCreating" || waiting.Reason == "PodInitializing" {
		return ended
	}
	why := waiting.Reason
	if ended != "" {
		return why + ", " + ended
	}
	if waiting.Message != "" {
		why += ": " + Clean(waiting.Message)
	}
	return why
}
