package pod

import (
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

func privilegeEscalation() scanners.Check {
	return scanners.Check{
		ID: "pod/privilege-escalation", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A container's processes may gain more privileges",
		References: []string{"PSS restricted", "CIS 5.2.6", "NSA", "C-0016", "C-0197", "KSV001"},
		Fix:        scanners.Safe,
		Reads:      kube.WorkloadResources(),
		Find: containersByStandard(func(c container, _ standard, add report) {
			switch allow := c.settings().AllowPrivilegeEscalation; {
			case allow == nil:
				add(c.hit("securityContext.allowPrivilegeEscalation", "", "does not forbid privilege escalation"))
			case *allow:
				add(c.hit("securityContext.allowPrivilegeEscalation", "", "allows privilege escalation"))
			}
		}, policy.CheckAllowPrivilegeEscalation()),
	}
}
