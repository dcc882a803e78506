package pod

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

func seLinux() scanners.Check {
	setting := inherited{
		field:       "seLinuxOptions",
		ofPod:       func(s corev1.PodSecurityContext) string { return seLinuxText(s.SELinuxOptions) },
		ofContainer: func(s corev1.SecurityContext) string { return seLinuxText(s.SELinuxOptions) },
		message:     func(value string) string { return "sets an SELinux context of its own: " + value },
	}
	return scanners.Check{
		ID: "pod/selinux", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A container leaves its SELinux confinement",
		References: []string{"PSS baseline", "KSV025"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find:       byStandard(setting.locate, policy.CheckSELinuxOptions()),
	}
}

func seLinuxText(o *corev1.SELinuxOptions) string {
	if o == nil {
		return ""
	}
	var text strings.Builder
	for _, part := range [][2]string{{"user", o.User}, {"role", o.Role}, {"type", o.Type}, {"level", o.Level}} {
		if part[1] != "" {
			text.WriteString(" " + part[0] + " " + part[1])
		}
	}
	return strings.TrimSpace(text.String())
}
