package pod

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

func procMount() scanners.Check {
	return scanners.Check{
		ID: "pod/proc-mount", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A container sees all of /proc",
		References: []string{"PSS baseline", "KSV027"},
		Fix:        scanners.Safe,
		Reads:      kube.WorkloadResources(),
		Find: containersByStandard(func(c container, _ standard, add report) {
			if p := c.settings().ProcMount; p != nil && *p != corev1.DefaultProcMount {
				add(c.hit("securityContext.procMount", "", "sees all of /proc: procMount is "+string(*p)))
			}
		}, policy.CheckProcMountBaseline()),
	}
}
