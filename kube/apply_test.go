package kube_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/kube/kubetest"
)

// What was looked at is deleted, and nothing that has taken its place.
func TestDeleteTakesOneStateOnly(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "delete")
	cluster := connect(t, testbed.Kubeconfig())
	maps := testbed.Client().CoreV1().ConfigMaps(ns)
	ref := kube.Ref{APIVersion: "v1", Kind: "ConfigMap", Namespace: ns, Name: "settings"}
	settings := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: ref.Name}}
	create := func() {
		t.Helper()
		if _, err := maps.Create(t.Context(), settings, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	create()
	first, err := cluster.Read(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}

	changed, err := cluster.PatchMerge(t.Context(), ref, map[string]any{"data": map[string]any{"mode": "slow"}}, kube.ForReal)
	if err != nil {
		t.Fatal(err)
	}
	if err := cluster.Delete(t.Context(), first, kube.ForReal); !apierrors.IsConflict(err) {
		t.Errorf("an object that was changed since: %v, want a conflict", err)
	}

	if err := cluster.Delete(t.Context(), changed, kube.DryRun); err != nil {
		t.Errorf("a dry run: %v", err)
	}
	if err := cluster.Delete(t.Context(), changed, kube.ForReal); err != nil {
		t.Errorf("the state that was read: %v", err)
	}
	create()
	again, err := cluster.Read(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	impostor := again.DeepCopy()
	impostor.SetUID(first.GetUID())
	if err := cluster.Delete(t.Context(), impostor, kube.ForReal); !apierrors.IsConflict(err) {
		t.Errorf("another object of the same name: %v, want a conflict", err)
	}
}
