package kube_test

import (
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/kube/kubetest"
)

func TestALiveObjectRemembersTheVersionItWasAppliedIn(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "lifecycle")
	web := &networkingv1.Ingress{Spec: networkingv1.IngressSpec{DefaultBackend: &networkingv1.IngressBackend{
		Service: &networkingv1.IngressServiceBackend{Name: "web", Port: networkingv1.ServiceBackendPort{Number: 80}},
	}}}
	web.Name = "web"
	web.Annotations = map[string]string{"kubectl.kubernetes.io/last-applied-configuration": `{"apiVersion":"extensions/v1beta1","kind":"Ingress"}`}
	if _, err := testbed.Client().NetworkingV1().Ingresses(ns).Create(t.Context(), web, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	inv, err := kube.Collect(t.Context(), connect(t, testbed.Kubeconfig()), kube.CollectOptions{Namespace: ns}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(inv.OldVersions) != 1 {
		t.Fatalf("old versions: %+v", inv.OldVersions)
	}
	old := inv.OldVersions[0]
	if old.APIVersion != "extensions/v1beta1" || old.Writer != "kubectl apply" || old.Removed != "1.22" || kube.RefOf(old.Object).Kind != "Ingress" {
		t.Errorf("%+v", old)
	}
}
