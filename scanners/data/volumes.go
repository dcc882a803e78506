package data

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
)

func volumeUnencrypted() scanners.Check {
	return scanners.Check{
		ID: "data/volume-unencrypted", Layer: scanners.Data, Severity: scanners.Medium,
		Title:      "A storage class makes volumes without encryption",
		References: []string{"C-0264"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.StorageClasses},
		Find: func(inv *kube.Inventory) scanners.Result {
			var hits []scanners.Hit
			for _, sc := range inv.StorageClasses {
				parameter := encryptionParameter(sc.Provisioner)
				if parameter == "" || isOn(sc.Parameters, parameter) {
					continue
				}
				hits = append(hits, scanners.Hit{
					Object: sc, Path: "parameters." + parameter, Key: parameter,
					Message: fmt.Sprintf("volumes of %s are made without %s: true", sc.Provisioner, parameter),
				})
			}
			return scanners.Found(hits)
		},
	}
}

// encryptionParameter is what a provisioner must be told for encrypted
// volumes; empty for those that always encrypt, never do, or decide elsewhere.
func encryptionParameter(provisioner string) string {
	switch {
	case provisioner == "ebs.csi.aws.com", provisioner == "kubernetes.io/aws-ebs", provisioner == "driver.longhorn.io",
		strings.HasSuffix(provisioner, "rbd.csi.ceph.com"), strings.HasSuffix(provisioner, "cephfs.csi.ceph.com"):
		return "encrypted"
	case provisioner == "pxd.portworx.com", provisioner == "kubernetes.io/portworx-volume":
		return "secure"
	}
	return ""
}

// isOn reads a parameter as the drivers do: its name in any case.
func isOn(parameters map[string]string, name string) bool {
	for key, value := range parameters {
		if strings.EqualFold(key, name) && strings.EqualFold(value, "true") {
			return true
		}
	}
	return false
}

func volumeReclaimDelete() scanners.Check {
	return scanners.Check{
		ID: "data/volume-reclaim-delete", Layer: scanners.Data, Severity: scanners.Info,
		Title:      "A volume's data is deleted with its claim",
		References: []string{"Kubernetes docs"},
		Fix:        scanners.Guided,
		Needs:      []kube.Resource{kube.PersistentVolumes},
		Find: func(inv *kube.Inventory) scanners.Result {
			var hits []scanners.Hit
			for _, pv := range inv.PersistentVolumes {
				claim := pv.Spec.ClaimRef
				if pv.Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimDelete || claim == nil {
					continue
				}
				hits = append(hits, scanners.Hit{
					Object: pv, Path: "spec.persistentVolumeReclaimPolicy",
					Message: fmt.Sprintf("the data of claim %s/%s is deleted with the claim", claim.Namespace, claim.Name),
				})
			}
			return scanners.Found(hits)
		},
	}
}
