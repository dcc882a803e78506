package pod

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

func appArmor() scanners.Check {
	return scanners.Check{
		ID: "pod/apparmor", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A container switches AppArmor off",
		References: []string{"PSS baseline", "NSA", "C-0055", "KSV002"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: byStandard(func(w *kube.Workload, s standard, add report) {
			appArmorProfile().locate(w, s, add)
			appArmorAnnotations(w, s, add)
		}, policy.CheckAppArmorProfile()),
	}
}

func appArmorProfile() inherited {
	kind := func(p *corev1.AppArmorProfile) string {
		if p == nil {
			return ""
		}
		return "type " + string(p.Type)
	}
	return inherited{
		field:       "appArmorProfile.type",
		ofPod:       func(s corev1.PodSecurityContext) string { return kind(s.AppArmorProfile) },
		ofContainer: func(s corev1.SecurityContext) string { return kind(s.AppArmorProfile) },
		message:     func(value string) string { return "sets an AppArmor profile of " + value },
	}
}

// appArmorAnnotations finds the profiles in the way they were set before
// version 1.30. Where a container has the field too, that one is told.
func appArmorAnnotations(w *kube.Workload, s standard, add report) {
	byField := map[string]bool{}
	for c := range containers(w) {
		byField[c.Name] = c.settings().AppArmorProfile != nil
	}
	for _, key := range slices.Sorted(maps.Keys(w.Meta.Annotations)) {
		name, found := strings.CutPrefix(key, corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix)
		if !found || byField[name] || w.EphemeralOnly {
			continue
		}
		value := w.Meta.Annotations[key]
		if ok, _ := s.allows(&metav1.ObjectMeta{Annotations: map[string]string{key: value}}, &corev1.PodSpec{}); !ok {
			add(annotationHit(w, key, "an annotation sets the AppArmor profile of "+name+" to "+value))
		}
	}
}
