package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
)

// CheckNodeProbe asks the server, without changing anything, whether it would
// take the pod.
func (c *Cluster) CheckNodeProbe(ctx context.Context, plan NodeProbePlan) error {
	namespace := plan.Pod.Namespace
	anyPod := Ref{APIVersion: "v1", Kind: "Pod", Namespace: namespace}
	if err := c.needRights(ctx, "a node probe", anyPod, [][2]string{{"create", ""}, {"get", ""}, {"get", "log"}, {"delete", ""}}); err != nil {
		return err
	}
	_, err := c.CreateNodeProbe(ctx, plan, DryRun)
	if why, refused := podSecurityReason(err); refused {
		return fmt.Errorf("namespace %s takes no such pod: %s. It takes a namespace that admits hostPath volumes, as kube-system mostly does (-n)", Clean(namespace), why)
	}
	return err
}

// CreateNodeProbe creates the plan's pod.
func (c *Cluster) CreateNodeProbe(ctx context.Context, plan NodeProbePlan, mode WriteMode) (*corev1.Pod, error) {
	options := metav1.CreateOptions{DryRun: mode.dryRun(), FieldManager: FieldManager}
	return c.Client.CoreV1().Pods(plan.Pod.Namespace).Create(ctx, plan.Pod.DeepCopy(), options)
}

// ReadNodeProbe waits for the end of a pod that CreateNodeProbe has made, or
// of ctx, and reads what it saw. It tells progress of each new reason for
// waiting.
func (c *Cluster) ReadNodeProbe(ctx context.Context, plan NodeProbePlan, pod *corev1.Pod, progress func(string)) (NodeFacts, error) {
	if err := c.waitForNodeProbe(ctx, pod, progress); err != nil {
		return NodeFacts{}, fmt.Errorf("probing %s: %w", plan.Node, err)
	}
	log, err := c.Client.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{}).Stream(ctx)
	if err != nil {
		return NodeFacts{}, fmt.Errorf("reading what the probe of %s saw: %w", plan.Node, err)
	}
	defer log.Close()
	text, err := io.ReadAll(io.LimitReader(log, probeSize))
	if err != nil {
		return NodeFacts{}, fmt.Errorf("reading what the probe of %s saw: %w", plan.Node, err)
	}
	facts, err := parseNodeProbe(string(text))
	if err != nil {
		return NodeFacts{}, fmt.Errorf("probing %s: %w", plan.Node, err)
	}
	facts.APIVersion, facts.Node, facts.UID = "kiln/v1", plan.Node.Name, plan.UID
	facts.Time = pod.CreationTimestamp.UTC()
	return facts, nil
}

// waitForNodeProbe returns once the pod has succeeded.
func (c *Cluster) waitForNodeProbe(ctx context.Context, pod *corev1.Pod, progress func(string)) error {
	last := ""
	for {
		live, err := c.Client.CoreV1().Pods(pod.Namespace).Get(ctx, pod.Name, metav1.GetOptions{})
		switch {
		case ctx.Err() != nil:
			return c.whyInVain(ctx, pod, last)
		case apierrors.IsNotFound(err), err == nil && live.UID != pod.UID:
			return errors.New("its pod was deleted meanwhile")
		case err != nil:
			return fmt.Errorf("waiting for its pod: %w", err)
		case live.Status.Phase == corev1.PodSucceeded:
			return nil
		case live.Status.Phase == corev1.PodFailed:
			return errors.New(whyFailed(live))
		}
		if reason := whyWaiting(live); reason != last {
			last = reason
			progress(reason)
		}
		if state := containerState(live.Status.ContainerStatuses, "probe"); state.Waiting != nil && hopeless[state.Waiting.Reason] {
			return neverStarts(state.Waiting.Message, "its container can't start: "+last)
		}
		select {
		case <-ctx.Done():
		case <-time.After(debugPoll):
		}
	}
}

// whyInVain says what was waited for in vain, with the latest warning about
// the pod: only events tell of a folder that can't be mounted.
func (c *Cluster) whyInVain(ctx context.Context, pod *corev1.Pod, last string) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	selector := fields.Set{"involvedObject.uid": string(pod.UID), "type": corev1.EventTypeWarning}
	events, err := c.Client.CoreV1().Events(pod.Namespace).List(ctx, metav1.ListOptions{FieldSelector: selector.String()})
	if err == nil && len(events.Items) > 0 {
		last += ": " + Clean(events.Items[len(events.Items)-1].Message)
	}
	return fmt.Errorf("its pod did not end in time: %s", last)
}

// whyWaiting says what a pod that hasn't ended is at.
func whyWaiting(pod *corev1.Pod) string {
	state := containerState(pod.Status.ContainerStatuses, "probe")
	switch {
	case state.Running != nil:
		return "looking around"
	case state.Waiting != nil && state.Waiting.Message != "":
		return Clean(state.Waiting.Reason + ": " + state.Waiting.Message)
	case state.Waiting != nil:
		return Clean(state.Waiting.Reason)
	}
	return "its node has not said anything yet"
}

// whyFailed says why a pod has failed: the kubelet's own words, or its
// container's.
func whyFailed(pod *corev1.Pod) string {
	if pod.Status.Reason != "" {
		return "its pod failed: " + Clean(pod.Status.Reason+": "+pod.Status.Message)
	}
	if ended := containerState(pod.Status.ContainerStatuses, "probe").Terminated; ended != nil {
		return neverStarts(ended.Message, fmt.Sprintf("its container ended with exit code %d: %s", ended.ExitCode, Clean(ended.Reason+" "+ended.Message))).Error()
	}
	return "its pod failed"
}

// DeleteNodeProbe deletes the pod of a node probe. One that is gone is no
// error, and another pod of the same name is left alone.
func (c *Cluster) DeleteNodeProbe(ctx context.Context, namespace, name string, uid types.UID) error {
	now := int64(0)
	err := c.Client.CoreV1().Pods(namespace).Delete(ctx, name, metav1.DeleteOptions{
		GracePeriodSeconds: &now, Preconditions: &metav1.Preconditions{UID: &uid},
	})
	if apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("deleting the pod %s in %s of a node probe: %w", name, namespace, err)
	}
	return nil
}

// LeftNodeProbes are the pods of node probes that have ended, or should have,
// and were left behind by a kiln that was killed.
func (c *Cluster) LeftNodeProbes(ctx context.Context, now time.Time) ([]corev1.Pod, error) {
	list, err := c.Client.CoreV1().Pods("").List(ctx, metav1.ListOptions{LabelSelector: nodeProbeLabels().String()})
	if err != nil {
		return nil, fmt.Errorf("looking for pods of node probes: %w", err)
	}
	var left []corev1.Pod
	for _, pod := range list.Items {
		// A kiln that still runs deletes its pod within seconds of its end.
		if now.Sub(pod.CreationTimestamp.Time) > NodeProbeTime+10*time.Second {
			left = append(left, pod)
		}
	}
	return left, nil
}
