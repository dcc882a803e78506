package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
)

// choosePod is the pod that the argument means. Where it stands for several,
// it asks on a terminal, and else names them.
func (a *app) choosePod(ctx context.Context, cluster *kube.Cluster, what string) (*corev1.Pod, error) {
	pods, err := cluster.PodsOf(ctx, cluster.Namespace, what)
	if err != nil {
		kind, name, found := strings.Cut(what, "/")
		if !found {
			kind, name = "pod", what
		}
		return nil, absent(err, kind, name, cluster.Namespace)
	}
	if len(pods) == 1 {
		return pods[0], nil
	}
	if !a.interactive() {
		names := make([]string, len(pods))
		for i, pod := range pods {
			names[i] = kube.Clean(pod.Name)
		}
		return nil, fmt.Errorf("%s has %d pods: name one of %s", kube.Clean(what), len(pods), strings.Join(names, ", "))
	}
	return a.askPod(ctx, what, pods)
}

// askPod lets a person choose by number; enter alone takes the first.
func (a *app) askPod(ctx context.Context, what string, pods []*corev1.Pod) (*corev1.Pod, error) {
	fmt.Fprintf(a.err, "%s has %d pods:\n", kube.Clean(what), len(pods))
	for i, pod := range pods {
		fmt.Fprintf(a.err, "  %d  %s (%s, on %s)\n", i+1, kube.Clean(pod.Name), pod.Status.Phase, kube.Clean(pod.Spec.NodeName))
	}
	fmt.Fprintf(a.err, "Which one? [1] ")
	answer, err := a.input(ctx).ReadString('\n')
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if answer = strings.TrimSpace(answer); answer == "" {
		return pods[0], nil
	}
	n, err := strconv.Atoi(answer)
	if err != nil || n < 1 || n > len(pods) {
		return nil, fmt.Errorf("%q is none of the %d pods", answer, len(pods))
	}
	return pods[n-1], nil
}
