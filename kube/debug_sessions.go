package kube

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/pager"

	"k8s.io/apimachinery/pkg/runtime"
)

// DebugSession is a debug container of kiln's that runs.
type DebugSession struct {
	Pod       Ref
	Container string
	Target    string
	// Until is when it ends by itself; zero if that can't be told.
	Until time.Time
}

// DebugSessions lists those that run in the namespace, or in all if it's empty.
func (c *Cluster) DebugSessions(ctx context.Context, namespace string) ([]DebugSession, error) {
	sessions := []DebugSession{}
	list := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return c.Client.CoreV1().Pods(namespace).List(ctx, options)
	})
	err := list.EachListItem(ctx, metav1.ListOptions{}, func(object runtime.Object) error {
		sessions = append(sessions, DebugSessionsOf(object.(*corev1.Pod))...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for debug containers: %w", err)
	}
	return sessions, nil
}

// DebugSessionsOf are the debug containers of kiln's that run in the pod.
func DebugSessionsOf(pod *corev1.Pod) []DebugSession {
	var sessions []DebugSession
	for _, container := range pod.Spec.EphemeralContainers {
		running := containerState(pod.Status.EphemeralContainerStatuses, container.Name).Running != nil
		if !running || !strings.HasPrefix(container.Name, debugPrefix) {
			continue
		}
		session := DebugSession{
			Pod:       Ref{APIVersion: "v1", Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name},
			Container: container.Name, Target: container.TargetContainerName,
		}
		for _, variable := range container.Env {
			if variable.Name == debugUntil {
				session.Until, _ = time.Parse(time.RFC3339, variable.Value) // somebody's else if it's no time
			}
		}
		sessions = append(sessions, session)
	}
	return sessions
}

// DebugContainersOf are the names of all debug containers of kiln's that the
// pod ever had, the oldest first.
func DebugContainersOf(pod *corev1.Pod) []string {
	var names []string
	for _, container := range pod.Spec.EphemeralContainers {
		if strings.HasPrefix(container.Name, debugPrefix) {
			names = append(names, container.Name)
		}
	}
	return names
}

// endCommand ends the container's main process, wherever the container shares
// the processes of another. It uses nothing but the shell.
func endCommand(name string) []string {
	const script = `for p in /proc/[0-9]*; do id=${p#/proc/}; [ "$id" = $$ ] && continue
c=; { read -r c < "$p/cmdline"; } 2>/dev/null; case "$c" in *"$0") kill -TERM "$id";; esac; done`
	return []string{"sh", "-c", script, name}
}

// endPatience is how long a container may take to end once it was told to.
const endPatience = 10 * time.Second

// EndDebug ends one debug container. It stays listed in its pod as ended: the
// API has no way to remove it. One that has ended, or is gone, is no error.
func (c *Cluster) EndDebug(ctx context.Context, pod Ref, container string) error {
	ctx, cancel := context.WithTimeout(ctx, endPatience)
	defer cancel()
	var said bytes.Buffer
	sent := c.Exec(ctx, Exec{Pod: pod, Container: container, Command: endCommand(container), Err: &said})
	for {
		live, err := c.Client.CoreV1().Pods(pod.Namespace).Get(ctx, pod.Name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return nil
		}
		if err == nil && containerState(live.Status.EphemeralContainerStatuses, container).Running == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			if sent != nil {
				return fmt.Errorf("ending %s of %s: %w", container, pod, sent)
			}
			return fmt.Errorf("ending %s of %s: it runs on: %s", container, pod, Clean(said.String()))
		case <-time.After(debugPoll):
		}
	}
}
