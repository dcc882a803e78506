package main

import (
	"context"
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
)

// debugLogs writes the log of one of the pod's debug containers, or of all.
func (a *app) debugLogs(ctx context.Context, cluster *kube.Cluster, pod *corev1.Pod, which string) error {
	names := kube.DebugContainersOf(pod)
	found := false
	for _, name := range names {
		if which != "all" && which != name {
			continue
		}
		found = true
		if err := a.debugLog(ctx, cluster, pod, name); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("pod %s has no debug container of kiln's with a log", pod.Name)
	}
	return nil
}

// debugLog writes one log, without what could trick a terminal.
func (a *app) debugLog(ctx context.Context, cluster *kube.Cluster, pod *corev1.Pod, name string) error {
	log, err := cluster.Client.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{Container: name}).Stream(ctx)
	if err != nil {
		return fmt.Errorf("reading the log of %s: %w", name, err)
	}
	defer log.Close()
	text, err := io.ReadAll(io.LimitReader(log, largestDebugLog))
	if err != nil {
		return fmt.Errorf("reading the log of %s: %w", name, err)
	}
	_, err = io.WriteString(a.out, kube.CleanBlock(string(text)))
	return err
}

// largestDebugLog bounds what is read of a log: debug containers say little.
const largestDebugLog = 1 << 20
