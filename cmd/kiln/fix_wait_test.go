package main

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A fix whose pods are refused says why, exits with an error, and names the
// way back; one that isn't waited for is done at once.
func TestFixWaitsForTheRollout(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "rollout")
	testbed.Apply(t, strings.ReplaceAll(privileged, "namespace: shop", ""), ns)
	quota := &corev1.ResourceQuota{
		ObjectMeta: metav1.ObjectMeta{Name: "full"},
		Spec:       corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{corev1.ResourcePods: resource.MustParse("0")}},
	}
	if _, err := testbed.Client().CoreV1().ResourceQuotas(ns).Create(t.Context(), quota, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	args := []string{"fix", "pod/privileged", "-n", ns, "--object", "Deployment/web", "--yes"}

	got := kiln(t, "", append(args, "--wait=8s")...)
	if got.code != exitError || !strings.Contains(got.err, "exceeded quota: full") || !strings.Contains(got.err, "takes the fix back") {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	if got := kiln(t, "", "undo", "--yes"); got.code != 0 {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	if got := kiln(t, "", args...); got.code != 0 || strings.Contains(got.err, "replicas") {
		t.Errorf("without a terminal it waits: exit %d\n%s", got.code, got.err)
	}
	if got := kiln(t, "", append(args, "--wait=soon")...); got.code != exitUsage {
		t.Errorf("--wait=soon: exit %d", got.code)
	}
}
