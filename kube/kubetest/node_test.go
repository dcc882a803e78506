package kubetest

import (
	"context"
	"errors"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestNodeRunsPods(t *testing.T) {
	t.Parallel()
	c := Node(t)
	pods := c.Client().CoreV1().Pods(c.Namespace(t, "node"))
	pod, err := pods.Create(t.Context(), &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "hello"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "hello", Image: HelloImage}}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the pod runs", func(ctx context.Context) (bool, error) {
		pod, err = pods.Get(ctx, pod.Name, metav1.GetOptions{})
		return err == nil && pod.Status.Phase == corev1.PodRunning, err
	})
	if pod.Spec.NodeName != NodeName {
		t.Errorf("the pod runs on %q", pod.Spec.NodeName)
	}
}

func TestAMachineWithoutANodeIsTold(t *testing.T) {
	binary, err := findBinary()
	if err != nil {
		t.Skip(err)
	}
	t.Setenv("PATH", "/nowhere")
	if _, err := startProcess(binary, t.TempDir(), []string{"--node"}); !errors.Is(err, errNoNode) {
		t.Errorf("starting a node without its programs: %v", err)
	}
}
