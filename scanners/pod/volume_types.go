package pod

import (
	"fmt"
	"reflect"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

func volumeTypes() scanners.Check {
	return scanners.Check{
		ID: "pod/volume-types", Layer: scanners.Pod, Severity: scanners.Low,
		Title:      "A pod mounts storage past the storage classes",
		References: []string{"PSS restricted", "KSV028"},
		Fix:        scanners.Manual,
		Reads:      kube.WorkloadResources(),
		Find: func(inv *kube.Inventory) scanners.Result {
			s := standardFor(inv.Source.Version, policy.CheckRestrictedVolumes())
			return inPods(func(w *kube.Workload, add report) {
				if ok, _ := s.allows(w.Meta, w.Spec); ok {
					return
				}
				for i, v := range w.Spec.Volumes {
					ok, _ := s.allows(w.Meta, &corev1.PodSpec{Volumes: w.Spec.Volumes[i : i+1]})
					if ok {
						continue
					}
					// The API server makes an emptyDir of a volume without a source.
					if source := volumeType(v.VolumeSource); source != "" {
						add(podHit(w, fmt.Sprintf("volumes[%d]", i), v.Name, fmt.Sprintf("volume %q is of type %s", v.Name, source)))
					}
				}
			})(inv)
		},
	}
}

// volumeType is the name of the one field of a volume's source that is set,
// as it is written in a manifest; empty if none is.
func volumeType(source corev1.VolumeSource) string {
	value := reflect.ValueOf(source)
	for i := range value.NumField() {
		if !value.Field(i).IsNil() {
			name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
			return name
		}
	}
	return ""
}
