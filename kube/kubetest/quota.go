package kubetest

import (
	"context"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// NoMorePods has the server refuse every new pod of a namespace, by a quota
// named full, and waits until it does.
func (c *Testbed) NoMorePods(t testing.TB, namespace string) {
	t.Helper()
	quotas := c.client.CoreV1().ResourceQuotas(namespace)
	_, err := quotas.Create(t.Context(), &corev1.ResourceQuota{
		ObjectMeta: metav1.ObjectMeta{Name: "full"},
		Spec:       corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{corev1.ResourcePods: resource.MustParse("0")}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("creating a quota: %v", err)
	}
	// What is admitted is counted against the status, which a controller fills in.
	eventually(t, "the quota holds", func(ctx context.Context) (bool, error) {
		quota, err := quotas.Get(ctx, "full", metav1.GetOptions{})
		return err == nil && len(quota.Status.Hard) > 0, err
	})
}

// AwaitRefusedPods waits until a Deployment says that its pods can't be made.
func (c *Testbed) AwaitRefusedPods(t testing.TB, namespace, name string) {
	t.Helper()
	eventually(t, "the Deployment's pods are refused", func(ctx context.Context) (bool, error) {
		d, err := c.client.AppsV1().Deployments(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		for _, condition := range d.Status.Conditions {
			if condition.Type == appsv1.DeploymentReplicaFailure && condition.Status == corev1.ConditionTrue {
				return true, nil
			}
		}
		return false, nil
	})
}
