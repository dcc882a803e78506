package fixes

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// reference is an object that a pod spec names, in the pod's own namespace.
type reference struct{ kind, name string }

// referencesOf are the ConfigMaps and Secrets that a pod takes files,
// variables or image credentials from: in the spec's order, each once.
func referencesOf(spec *corev1.PodSpec) []reference {
	var all []reference
	add := func(kind, name string) {
		if r := (reference{kind, name}); name != "" && !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	for _, ref := range spec.ImagePullSecrets {
		add("Secret", ref.Name)
	}
	for _, v := range spec.Volumes {
		switch {
		case v.ConfigMap != nil:
			add("ConfigMap", v.ConfigMap.Name)
		case v.Secret != nil:
			add("Secret", v.Secret.SecretName)
		case v.Projected != nil:
			for _, source := range v.Projected.Sources {
				switch {
				case source.ConfigMap != nil:
					add("ConfigMap", source.ConfigMap.Name)
				case source.Secret != nil:
					add("Secret", source.Secret.Name)
				}
			}
		}
	}
	for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		for _, from := range c.EnvFrom {
			switch {
			case from.ConfigMapRef != nil:
				add("ConfigMap", from.ConfigMapRef.Name)
			case from.SecretRef != nil:
				add("Secret", from.SecretRef.Name)
			}
		}
		for _, e := range c.Env {
			switch {
			case e.ValueFrom == nil:
			case e.ValueFrom.ConfigMapKeyRef != nil:
				add("ConfigMap", e.ValueFrom.ConfigMapKeyRef.Name)
			case e.ValueFrom.SecretKeyRef != nil:
				add("Secret", e.ValueFrom.SecretKeyRef.Name)
			}
		}
	}
	return all
}
