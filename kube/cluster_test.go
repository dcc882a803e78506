package kube_test

import (
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/util/retry"

	"kiln/kube/kubetest"
)

// waitForPods waits until the controllers have made n pods.
func waitForPods(t *testing.T, testbed *kubetest.Testbed, ns string, n int) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, 20*time.Second, true, func(ctx context.Context) (bool, error) {
		pods, err := testbed.Client().CoreV1().Pods(ns).List(ctx, metav1.ListOptions{})
		return err == nil && len(pods.Items) == n, err
	})
	if err != nil {
		t.Fatalf("waiting for %d pods in %s: %v", n, ns, err)
	}
}

// addEphemeral gives one pod of the Deployment web an ephemeral container, and
// returns the pod's name.
func addEphemeral(t *testing.T, testbed *kubetest.Testbed, ns string) (name string) {
	t.Helper()
	api := testbed.Client().CoreV1().Pods(ns)
	err := retry.RetryOnConflict(retry.DefaultRetry, func() error { // the scheduler works on it too
		pods, err := api.List(t.Context(), metav1.ListOptions{LabelSelector: "app=web"})
		if err != nil {
			return err
		}
		pod := &pods.Items[0]
		pod.Spec.EphemeralContainers = []corev1.EphemeralContainer{{
			EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debugger", Image: "busybox:1.36", TerminationMessagePolicy: corev1.TerminationMessageReadFile},
		}}
		name = pod.Name
		_, err = api.UpdateEphemeralContainers(t.Context(), pod.Name, pod, metav1.UpdateOptions{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// setStatus plays the kubelet: it says how a pod is.
func setStatus(t *testing.T, testbed *kubetest.Testbed, ns, pod, status string) error {
	t.Helper()
	_, err := testbed.Client().CoreV1().Pods(ns).Patch(t.Context(), pod, types.MergePatchType, []byte(`{"status":`+status+`}`), metav1.PatchOptions{}, "status")
	return err
}
