package pod

import (
	"fmt"
	"reflect"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
		Find: byStandard(func(w *kube.Workload, s standard, add report) {
			for i, v := range w.Spec.Volumes {
				if ok, _ := s.allows(&metav1.ObjectMeta{}, &corev1.PodSpec{Volumes: []corev1.Volume{v}}); !ok {
					add(podHit(w, fmt.Sprintf("volumes[%d]", i), v.Name,
						fmt.Sprintf("volume %q is of type %s", v.Name, volumeType(v.VolumeSource))))
				}
			}
		}, policy.CheckRestrictedVolumes()),
	}
}

// volumeType is the name of the one field of a volume's source that is set,
// as it is written in a manifest.
func volumeType(source corev1.VolumeSource) string {
	value := reflect.ValueOf(source)
	for i := range value.NumField() {
		if !value.Field(i).IsNil() {
			name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
			return name
		}
	}
	return "none"
}
