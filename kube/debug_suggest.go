package kube

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubectl/pkg/cmd/debug"
	"k8s.io/pod-security-admission/api"
)

// SuggestProfile is the most capable profile for everyday use that the pod's
// namespace is likely to admit, and why, as a clause for people.
func (c *Cluster) SuggestProfile(ctx context.Context, pod *corev1.Pod) (profile, why string) {
	namespace, err := c.Client.CoreV1().Namespaces().Get(ctx, pod.Namespace, metav1.GetOptions{})
	if err != nil {
		return debug.ProfileGeneral, "the namespace's Pod Security level can't be read"
	}
	level := namespace.Labels[api.EnforceLevelLabel]
	switch api.Level(level) {
	case api.LevelRestricted:
		return debug.ProfileRestricted, "the namespace enforces Pod Security restricted"
	case api.LevelBaseline:
		// The general profile adds SYS_PTRACE, which baseline refuses.
		return debug.ProfileBaseline, "the namespace enforces Pod Security baseline"
	}
	return debug.ProfileGeneral, "the namespace enforces no Pod Security level"
}

// checkNode refuses pods on nodes that can't run a debug container. Who may
// not read nodes gets no such warning.
func (c *Cluster) checkNode(ctx context.Context, pod *corev1.Pod) error {
	node, err := c.Client.CoreV1().Nodes().Get(ctx, pod.Spec.NodeName, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return fmt.Errorf("its node %s is gone", Clean(pod.Spec.NodeName))
	case err != nil:
		return nil
	case isWindows(node):
		return errors.New("its node runs Windows, and kiln's debug containers are Linux'")
	}
	return nil
}
