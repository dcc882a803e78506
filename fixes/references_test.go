package fixes

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestReferencesOfAPod(t *testing.T) {
	named := func(name string) corev1.LocalObjectReference { return corev1.LocalObjectReference{Name: name} }
	volume := func(source corev1.VolumeSource) corev1.Volume { return corev1.Volume{VolumeSource: source} }
	spec := &corev1.PodSpec{
		ImagePullSecrets: []corev1.LocalObjectReference{named("registry")},
		Volumes: []corev1.Volume{
			volume(corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: named("settings")}}),
			volume(corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "tls"}}),
			volume(corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}),
			volume(corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
				{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token"}},
				{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: named("kube-root-ca.crt")}},
				{Secret: &corev1.SecretProjection{LocalObjectReference: named("projected")}},
			}}}),
		},
		InitContainers: []corev1.Container{{EnvFrom: []corev1.EnvFromSource{
			{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: named("migration")}},
		}}},
		Containers: []corev1.Container{{
			EnvFrom: []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: named("settings")}}},
			Env: []corev1.EnvVar{
				{Name: "PLAIN", Value: "registry"},
				{Name: "PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: named("db"), Key: "password"}}},
				{Name: "MODE", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: named("modes"), Key: "mode"}}},
				{Name: "NODE", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "spec.nodeName"}}},
			},
		}},
	}
	want := []reference{
		{"Secret", "registry"}, {"ConfigMap", "settings"}, {"Secret", "tls"}, {"ConfigMap", "kube-root-ca.crt"}, {"Secret", "projected"},
		{"Secret", "migration"}, {"Secret", "db"}, {"ConfigMap", "modes"},
	}
	if got := referencesOf(spec); !slices.Equal(got, want) {
		t.Errorf("it refers to %v, want %v", got, want)
	}
}
