package pod

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

func capabilitiesAdded() scanners.Check {
	return scanners.Check{
		ID: "pod/capabilities-added", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A container adds capabilities beyond the default ones",
		References: []string{"PSS baseline", "C-0046", "C-0200", "KSV022"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: containersByStandard(func(c container, s standard, add report) {
			for _, capability := range added(c) {
				if mayAdd(s, c.workload, capability) {
					continue
				}
				hit := c.hit("securityContext.capabilities.add", string(capability), "adds the capability "+string(capability))
				hit.Severity = capabilitySeverity(capability)
				add(hit)
			}
		}, policy.CheckCapabilitiesBaseline()),
	}
}

func capabilitiesNotDropped() scanners.Check {
	return scanners.Check{
		ID: "pod/capabilities-not-dropped", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A container keeps capabilities that it may not need",
		References: []string{"PSS restricted", "CIS 5.2.9", "C-0201", "KSV003", "KSV106"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: containersByStandard(func(c container, s standard, add report) {
			switch {
			case s.allowsContainer(c):
			case slices.Contains(dropped(c), "ALL"):
				add(c.hit("securityContext.capabilities.add", "", "takes back capabilities after dropping all: "+list(added(c))))
			default:
				add(c.hit("securityContext.capabilities.drop", "", "does not drop all capabilities"))
			}
		}, policy.CheckCapabilitiesRestricted()),
	}
}

func capabilitySysAdmin() scanners.Check {
	return scanners.Check{
		ID: "pod/capability-sys-admin", Layer: scanners.Pod, Severity: scanners.High,
		Title:      "A container has the capability SYS_ADMIN",
		References: []string{"KSV005", "KSV120"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: inLinuxContainers(func(c container, add report) {
			for _, capability := range added(c) {
				if name := plain(capability); name == "SYS_ADMIN" || name == "ALL" {
					add(c.hit("securityContext.capabilities.add", string(capability), "has the capability SYS_ADMIN by adding "+string(capability)))
				}
			}
		}),
	}
}

func capabilityNetRaw() scanners.Check {
	return scanners.Check{
		ID: "pod/capability-net-raw", Layer: scanners.Pod, Severity: scanners.Low,
		Title:      "A container may send raw packets",
		References: []string{"CIS 5.2.8", "C-0199", "KSV119"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: inLinuxContainers(func(c container, add report) {
			for _, capability := range added(c) {
				if name := plain(capability); name == "NET_RAW" || name == "ALL" {
					hit := c.hit("securityContext.capabilities.add", "", "may send raw packets by adding "+string(capability))
					hit.Severity = scanners.Medium
					add(hit)
					return
				}
			}
			for _, capability := range dropped(c) {
				if name := plain(capability); name == "NET_RAW" || name == "ALL" {
					return
				}
			}
			add(c.hit("securityContext.capabilities.drop", "", "may send raw packets: NET_RAW is not dropped"))
		}),
	}
}

// capabilitySeverity rates a capability by how near it brings a container to
// the node.
func capabilitySeverity(c corev1.Capability) scanners.Severity {
	switch plain(c) {
	case "ALL":
		return scanners.Critical
	case "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF", "NET_ADMIN", "PERFMON", "SYS_BOOT", "SYSLOG", "MAC_ADMIN", "MAC_OVERRIDE":
		return scanners.High
	}
	return scanners.Medium
}

// mayAdd is the standard's verdict on one added capability.
func mayAdd(s standard, w *kube.Workload, capability corev1.Capability) bool {
	spec := bare(w)
	spec.Containers = []corev1.Container{{SecurityContext: &corev1.SecurityContext{
		Capabilities: &corev1.Capabilities{Add: []corev1.Capability{capability}},
	}}}
	ok, _ := s.allows(&metav1.ObjectMeta{}, &spec)
	return ok
}

func added(c container) []corev1.Capability {
	if c.SecurityContext == nil || c.SecurityContext.Capabilities == nil {
		return nil
	}
	return c.SecurityContext.Capabilities.Add
}

func dropped(c container) []corev1.Capability {
	if c.SecurityContext == nil || c.SecurityContext.Capabilities == nil {
		return nil
	}
	return c.SecurityContext.Capabilities.Drop
}

// plain is a capability's name as runtimes understand it: in any case, with
// or without CAP_.
func plain(c corev1.Capability) string {
	return strings.TrimPrefix(strings.ToUpper(string(c)), "CAP_")
}

func list(capabilities []corev1.Capability) string {
	names := make([]string, len(capabilities))
	for i, c := range capabilities {
		names[i] = string(c)
	}
	return strings.Join(names, ", ")
}
