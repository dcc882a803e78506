package pod

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

func seccomp() scanners.Check {
	return scanners.Check{
		ID: "pod/seccomp", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A container has no seccomp profile",
		References: []string{"PSS restricted", "CIS 5.6.2", "C-0210", "KSV030"},
		Fix:        scanners.Safe,
		Reads:      kube.WorkloadResources(),
		Hints:      []kube.Resource{kube.Nodes, kube.KubeletConfigs},
		Find:       findNoSeccomp,
	}
}

// findNoSeccomp asks for what the standard does: a profile in the pod. It is
// worth knowing only where every kubelet fills it in.
func findNoSeccomp(inv *kube.Inventory) scanners.Result {
	profile := seccompProfile()
	if kubeletsFillInSeccomp(inv) {
		profile.unset = filledInByKubelet
	}
	return byStandard(profile.locate, policy.CheckSeccompProfileRestricted())(inv)
}

func seccompUnconfined() scanners.Check {
	return scanners.Check{
		ID: "pod/seccomp-unconfined", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A container switches seccomp off",
		References: []string{"PSS baseline", "KSV104"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find:       byStandard(seccompProfile().locate, policy.CheckSeccompBaseline()),
	}
}

func seccompProfile() inherited {
	kind := func(p *corev1.SeccompProfile) string {
		if p == nil {
			return ""
		}
		return "type " + string(p.Type)
	}
	return inherited{
		field:       "seccompProfile.type",
		ofPod:       func(s corev1.PodSecurityContext) string { return kind(s.SeccompProfile) },
		ofContainer: func(s corev1.SecurityContext) string { return kind(s.SeccompProfile) },
		message: func(value string) string {
			if value == "" {
				return "has no seccomp profile"
			}
			return "sets a seccomp profile of " + value
		},
	}
}
