package pod

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

func sysctls() scanners.Check {
	return scanners.Check{
		ID: "pod/sysctls", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A pod changes a kernel setting that isn't its own",
		References: []string{"PSS baseline", "KSV026"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: byStandard(func(w *kube.Workload, s standard, add report) {
			for i, sysctl := range podSettings(w).Sysctls {
				alone := corev1.PodSpec{SecurityContext: &corev1.PodSecurityContext{Sysctls: []corev1.Sysctl{sysctl}}}
				if ok, _ := s.allows(&metav1.ObjectMeta{}, &alone); !ok && !w.EphemeralOnly {
					add(podHit(w, fmt.Sprintf("securityContext.sysctls[%d].name", i), sysctl.Name, "the pod changes the kernel setting "+sysctl.Name))
				}
			}
		}, policy.CheckSysctls()),
	}
}
