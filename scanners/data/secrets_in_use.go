package data

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
)

// secretRef names a Secret.
type secretRef struct{ namespace, name string }

// secretsInUse are all that workloads, accounts, ingresses and volumes name.
func secretsInUse(inv *kube.Inventory) map[secretRef]bool {
	used := map[secretRef]bool{}
	for _, w := range inv.Workloads {
		for _, name := range secretsOfPod(w.Spec) {
			used[secretRef{w.Namespace(), name}] = true
		}
		for _, c := range w.Containers() {
			for _, name := range secretsOfContainer(c.Container) {
				used[secretRef{w.Namespace(), name}] = true
			}
		}
	}
	for _, sa := range inv.ServiceAccounts {
		for _, ref := range sa.Secrets {
			used[secretRef{sa.Namespace, ref.Name}] = true
		}
		for _, ref := range sa.ImagePullSecrets {
			used[secretRef{sa.Namespace, ref.Name}] = true
		}
	}
	for _, ingress := range inv.Ingresses {
		for _, tls := range ingress.Spec.TLS {
			used[secretRef{ingress.Namespace, tls.SecretName}] = true
		}
		for _, value := range ingress.Annotations {
			addMention(used, ingress.Namespace, value)
		}
	}
	for _, class := range inv.StorageClasses {
		for key, namespace := range class.Parameters {
			if prefix, ok := strings.CutSuffix(key, "-namespace"); ok {
				used[secretRef{namespace, class.Parameters[prefix+"-name"]}] = true
			}
		}
	}
	for _, pv := range inv.PersistentVolumes {
		for _, ref := range secretsOfVolume(pv.Spec.PersistentVolumeSource) {
			used[ref] = true
		}
	}
	return used
}

// addMention takes an annotation's value as a Secret's name, with or without
// its namespace.
func addMention(used map[secretRef]bool, namespace, value string) {
	if other, name, found := strings.Cut(value, "/"); found {
		namespace, value = other, name
	}
	used[secretRef{namespace, value}] = true
}

func secretsOfPod(spec *corev1.PodSpec) []string {
	var names []string
	for _, ref := range spec.ImagePullSecrets {
		names = append(names, ref.Name)
	}
	for _, v := range spec.Volumes {
		switch {
		case v.Secret != nil:
			names = append(names, v.Secret.SecretName)
		case v.Projected != nil:
			for _, source := range v.Projected.Sources {
				if source.Secret != nil {
					names = append(names, source.Secret.Name)
				}
			}
		case v.CSI != nil && v.CSI.NodePublishSecretRef != nil:
			names = append(names, v.CSI.NodePublishSecretRef.Name)
		case v.AzureFile != nil:
			names = append(names, v.AzureFile.SecretName)
		case v.RBD != nil && v.RBD.SecretRef != nil:
			names = append(names, v.RBD.SecretRef.Name)
		case v.CephFS != nil && v.CephFS.SecretRef != nil:
			names = append(names, v.CephFS.SecretRef.Name)
		case v.ISCSI != nil && v.ISCSI.SecretRef != nil:
			names = append(names, v.ISCSI.SecretRef.Name)
		case v.FlexVolume != nil && v.FlexVolume.SecretRef != nil:
			names = append(names, v.FlexVolume.SecretRef.Name)
		}
	}
	return names
}

// secretsOfContainer are those that its variables take values from. Values
// and arguments count too: controllers are told Secrets by name.
func secretsOfContainer(c *corev1.Container) []string {
	var names []string
	for _, e := range c.Env {
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			names = append(names, e.ValueFrom.SecretKeyRef.Name)
		} else if e.Value != "" {
			names = append(names, e.Value)
		}
	}
	for _, from := range c.EnvFrom {
		if from.SecretRef != nil {
			names = append(names, from.SecretRef.Name)
		}
	}
	for _, word := range append(append([]string{}, c.Command...), c.Args...) {
		names = append(names, strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune("=/, ", r) })...)
	}
	return names
}

func secretsOfVolume(source corev1.PersistentVolumeSource) []secretRef {
	var refs []secretRef
	add := func(ref *corev1.SecretReference) {
		if ref != nil {
			refs = append(refs, secretRef{ref.Namespace, ref.Name})
		}
	}
	if csi := source.CSI; csi != nil {
		add(csi.ControllerPublishSecretRef)
		add(csi.NodeStageSecretRef)
		add(csi.NodePublishSecretRef)
		add(csi.ControllerExpandSecretRef)
		add(csi.NodeExpandSecretRef)
	}
	if rbd := source.RBD; rbd != nil {
		add(rbd.SecretRef)
	}
	if cephfs := source.CephFS; cephfs != nil {
		add(cephfs.SecretRef)
	}
	return refs
}
