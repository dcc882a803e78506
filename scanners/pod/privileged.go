package pod

import (
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

func privileged() scanners.Check {
	return scanners.Check{
		ID: "pod/privileged", Layer: scanners.Pod, Severity: scanners.Critical,
		Title:      "A container runs privileged",
		References: []string{"PSS baseline", "CIS 5.2.2", "NSA", "C-0057", "C-0193", "KSV017"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: containersByStandard(func(c container, _ standard, add report) {
			if isTrue(c.settings().Privileged) {
				add(c.hit("securityContext.privileged", "", "runs privileged"))
			}
		}, policy.CheckPrivileged()),
	}
}
