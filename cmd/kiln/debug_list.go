package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
)

// listDebug lists kiln's debug containers that run.
func (a *app) listDebug(ctx context.Context) error {
	cluster, err := a.connect(ctx)
	if err != nil {
		return err
	}
	sessions, err := cluster.DebugSessions(ctx, a.namespace())
	if err != nil {
		return err
	}
	if len(sessions) == 0 {
		fmt.Fprintln(a.err, "no debug container of kiln's runs")
		return nil
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAMESPACE\tPOD\tCONTAINER\tLOOKS INTO\tENDS")
	for _, s := range sessions {
		ends := "unknown"
		if !s.Until.IsZero() {
			ends = s.Until.Local().Format("2006-01-02 15:04:05")
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", s.Pod.Namespace, s.Pod.Name, s.Container, s.Target, ends)
	}
	return t.Flush()
}

// endDebug ends one debug container of the pod's, or all of kiln's.
func (a *app) endDebug(ctx context.Context, cluster *kube.Cluster, pod *corev1.Pod, which string) error {
	var failed error
	ended := 0
	for _, s := range kube.DebugSessionsOf(pod) {
		if which != "all" && which != s.Container {
			continue
		}
		if err := cluster.EndDebug(ctx, s.Pod, s.Container); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		ended++
		fmt.Fprintf(a.err, "ended %s of %s\n", s.Container, s.Pod)
	}
	if failed == nil && ended == 0 {
		return fmt.Errorf("pod %s has no running debug container of kiln's to end", pod.Name)
	}
	return failed
}
