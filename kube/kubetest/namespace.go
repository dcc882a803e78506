package kubetest

import (
	"context"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Namespace creates a namespace, named prefix-XXXXX, that is ready for pods. It
// is deleted after the test, which doesn't wait for the deletion to end.
func (c *Testbed) Namespace(t testing.TB, prefix string) string {
	t.Helper()
	namespaces := c.client.CoreV1().Namespaces()
	namespace, err := namespaces.Create(t.Context(),
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: prefix + "-"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("creating a namespace: %v", err)
	}
	afterwards(t, "deleting a namespace", func(ctx context.Context) error {
		return namespaces.Delete(ctx, namespace.Name, metav1.DeleteOptions{})
	})
	eventually(t, "the namespace has its default ServiceAccount", func(ctx context.Context) (bool, error) {
		_, err := c.client.CoreV1().ServiceAccounts(namespace.Name).Get(ctx, "default", metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		return err == nil, err
	})
	return namespace.Name
}
