package data

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/scanners"
)

func unusedSecret() scanners.Check {
	return scanners.Check{
		ID: "data/unused-secret", Layer: scanners.Data, Severity: scanners.Info,
		Title:      "A Secret is used by nothing that kiln can see",
		References: []string{"Kubernetes docs"},
		Fix:        scanners.Manual,
		// Whoever can't be read might be the one that uses it.
		Needs: append(kube.WorkloadResources(), kube.Secrets, kube.ServiceAccounts, kube.Ingresses, kube.PersistentVolumes, kube.StorageClasses),
		Find: func(inv *kube.Inventory) scanners.Result {
			if inv.FromFiles() {
				return scanners.Unknown("manifests don't tell what else in the cluster uses a Secret")
			}
			used := secretsInUse(inv)
			var hits []scanners.Hit
			for _, s := range inv.Secrets {
				if !used[secretRef{s.Namespace, s.Name}] && !hasOtherUse(s) {
					hits = append(hits, scanners.Hit{Object: s, Path: "metadata.name", Message: "no workload, ServiceAccount, Ingress or volume uses it"})
				}
			}
			return scanners.Found(hits)
		},
	}
}

// hasOtherUse says that a Secret belongs to something else than pods: it is
// made by a controller, which leaves its mark, or Kubernetes itself reads it.
func hasOtherUse(s *metav1.PartialObjectMetadata) bool {
	if strings.HasPrefix(s.Namespace, "kube-") || len(s.OwnerReferences) > 0 || strings.HasPrefix(s.Name, "sh.helm.release.v1.") {
		return true
	}
	if s.Annotations["kubernetes.io/service-account.name"] != "" {
		return true
	}
	for key := range s.Labels {
		if isControllerMark(key) {
			return true
		}
	}
	for key := range s.Annotations {
		if isControllerMark(key) {
			return true
		}
	}
	return false
}

// isControllerMark knows the labels and annotations by which operators find
// their Secrets. Those that describe any object are not among them.
func isControllerMark(key string) bool {
	domain, _, found := strings.Cut(key, "/")
	if !found {
		return false
	}
	for _, common := range []string{"app.kubernetes.io", "helm.sh", "meta.helm.sh", "kubectl.kubernetes.io", "kustomize.toolkit.fluxcd.io"} {
		if domain == common {
			return false
		}
	}
	return true
}
