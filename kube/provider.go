package kube

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Provider runs a control plane for others, and shows its settings elsewhere
// than in the cluster.
type Provider struct {
	Name string
	// Where says where to look for what the API server runs with.
	Where string
}

// ProviderOf recognises a managed control plane by the server's version and
// the nodes' labels; ok is false for one that may be anybody's own. A machine
// of a cloud alone proves nothing.
func ProviderOf(version string, nodes []*corev1.Node) (p Provider, ok bool) {
	for _, known := range []struct {
		Provider
		version, label string
	}{
		{Provider{"EKS", "aws eks describe-cluster --name NAME shows logging, encryptionConfig and the endpoint's access"}, "-eks-", "eks.amazonaws.com/"},
		{Provider{"GKE", "gcloud container clusters describe NAME shows databaseEncryption, loggingConfig and masterAuth"}, "-gke.", "cloud.google.com/gke-"},
		{Provider{"AKS", "az aks show -n NAME -g GROUP shows securityProfile, aadProfile and apiServerAccessProfile; diagnostic settings show the audit log"}, "", "kubernetes.azure.com/"},
		{Provider{"Yandex Managed Service for Kubernetes", "yc managed-kubernetes cluster get NAME shows kms_provider, master_logging and the master's addresses"}, "", "yandex.cloud/"},
	} {
		if known.version != "" && strings.Contains(version, known.version) || labelled(nodes, known.label) {
			return known.Provider, true
		}
	}
	return Provider{}, false
}

func labelled(nodes []*corev1.Node, prefix string) bool {
	for _, node := range nodes {
		for label := range node.Labels {
			if strings.HasPrefix(label, prefix) {
				return true
			}
		}
	}
	return false
}
