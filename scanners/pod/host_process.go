package pod

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

func hostProcess() scanners.Check {
	option := func(o *corev1.WindowsSecurityContextOptions) string {
		if o == nil || o.HostProcess == nil {
			return ""
		}
		if *o.HostProcess {
			return "true"
		}
		return "false"
	}
	setting := inherited{
		field:       "windowsOptions.hostProcess",
		ofPod:       func(s corev1.PodSecurityContext) string { return option(s.WindowsOptions) },
		ofContainer: func(s corev1.SecurityContext) string { return option(s.WindowsOptions) },
		message:     func(string) string { return "runs as a process of its Windows node" },
	}
	return scanners.Check{
		ID: "pod/host-process", Layer: scanners.Pod, Severity: scanners.Critical,
		Title:      "A container runs as a process of its Windows node",
		References: []string{"PSS baseline", "CIS 5.2.10", "C-0202", "KSV103"},
		Fix:        scanners.Manual,
		Reads:      kube.WorkloadResources(),
		Find:       byStandard(setting.locate, policy.CheckWindowsHostProcess()),
	}
}
