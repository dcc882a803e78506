package kube_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
)

func TestManagedControlPlanesAreRecognised(t *testing.T) {
	for _, tt := range []struct{ version, label, provider, want string }{
		{"v1.35.2-eks-abc1234", "", "", "EKS"},
		{"v1.35.2-gke.1005000", "", "", "GKE"},
		{"v1.35.2", "kubernetes.azure.com/cluster", "azure:///x", "AKS"},
		{"v1.35.2", "yandex.cloud/node-group-id", "yandex://x", "Yandex Managed Service for Kubernetes"},
		{"v1.35.2", "eks.amazonaws.com/nodegroup", "aws:///x", "EKS"},
		{"v1.35.2", "kubernetes.io/hostname", "aws:///eu-west-1a/i-1", ""}, // one's own, on a cloud's machines
		{"v1.35.2+k3s1", "", "", ""},
	} {
		node := &corev1.Node{}
		node.Labels, node.Spec.ProviderID = map[string]string{tt.label: "x"}, tt.provider
		got, ok := kube.ProviderOf(tt.version, []*corev1.Node{node})
		if got.Name != tt.want || ok != (tt.want != "") || ok && got.Where == "" {
			t.Errorf("%+v: %+v", tt, got)
		}
	}
}
