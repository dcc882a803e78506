package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// debugPoll is how often the pod is looked at. Watching would take one more
// right.
const debugPoll = 250 * time.Millisecond

// hopeless are the reasons for waiting that no waiting helps against.
var hopeless = map[string]bool{
	"CreateContainerConfigError": true, "CreateContainerError": true, "RunContainerError": true,
	"InvalidImageName": true, "ErrImageNeverPull": true,
}

// WaitForDebug waits until the debug container runs, or ctx ends, and tells
// progress of each new reason for waiting.
func (c *Cluster) WaitForDebug(ctx context.Context, plan DebugPlan, progress func(string)) error {
	last := "its node has not said anything yet"
	for {
		pod, err := c.Client.CoreV1().Pods(plan.Pod.Namespace).Get(ctx, plan.Pod.Name, metav1.GetOptions{})
		switch {
		case ctx.Err() != nil:
			return c.gaveUp(ctx, plan, last)
		case apierrors.IsNotFound(err), err == nil && pod.UID != plan.UID:
			return fmt.Errorf("%s was deleted meanwhile", plan.Pod)
		case err != nil:
			return fmt.Errorf("waiting for the debug container: %w", err)
		case pod.DeletionTimestamp != nil:
			return fmt.Errorf("%s is being deleted", plan.Pod)
		}
		state := containerState(pod.Status.EphemeralContainerStatuses, plan.Container.Name)
		if state.Running != nil {
			return nil
		}
		if state.Terminated != nil {
			return ended(state.Terminated)
		}
		if state.Waiting != nil {
			reason := Clean(strings.TrimSuffix(state.Waiting.Reason+": "+state.Waiting.Message, ": "))
			if reason != last {
				last = reason
				progress(reason)
			}
			if hopeless[state.Waiting.Reason] {
				return neverStarts(state.Waiting.Message, "the debug container can't start: "+reason)
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(debugPoll):
		}
	}
}

func containerState(statuses []corev1.ContainerStatus, name string) corev1.ContainerState {
	for _, status := range statuses {
		if status.Name == name {
			return status.State
		}
	}
	return corev1.ContainerState{}
}

// ended explains a debug container that ended at once.
func ended(state *corev1.ContainerStateTerminated) error {
	reason := Clean(strings.TrimSuffix(state.Reason+": "+state.Message, ": "))
	return neverStarts(state.Message, fmt.Sprintf("the debug container ended at once, with exit code %d: %s", state.ExitCode, reason))
}

// neverStarts knows the container runtimes' words for an image without a
// shell; for all else there is the given text.
func neverStarts(message, otherwise string) error {
	if strings.Contains(message, "executable file not found") || strings.Contains(message, "no such file or directory") {
		return errors.New("the debug image has no shell (sh): take another one with --image")
	}
	return errors.New(otherwise)
}

// gaveUp says what was waited for in vain, and whether the node is to blame.
func (c *Cluster) gaveUp(ctx context.Context, plan DebugPlan, last string) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	pod, err := c.Client.CoreV1().Pods(plan.Pod.Namespace).Get(ctx, plan.Pod.Name, metav1.GetOptions{})
	if err == nil {
		node, err := c.Client.CoreV1().Nodes().Get(ctx, pod.Spec.NodeName, metav1.GetOptions{})
		if apierrors.IsNotFound(err) || err == nil && !isReady(node) {
			return fmt.Errorf("the debug container did not start in time: node %s is gone, or not ready", Clean(pod.Spec.NodeName))
		}
	}
	return fmt.Errorf("the debug container did not start in time: %s", last)
}

func isReady(node *corev1.Node) bool {
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}
