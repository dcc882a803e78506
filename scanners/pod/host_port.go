package pod

import (
	"cmp"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

func hostPort() scanners.Check {
	return scanners.Check{
		ID: "pod/host-port", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A container opens a port on the node",
		References: []string{"PSS baseline", "CIS 5.2.12", "C-0044", "C-0204", "KSV024"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: containersByStandard(func(c container, _ standard, add report) {
			for i, p := range c.Ports {
				if p.HostPort != 0 {
					add(c.hit(fmt.Sprintf("ports[%d].hostPort", i), fmt.Sprintf("%d/%s", p.HostPort, cmp.Or(p.Protocol, corev1.ProtocolTCP)),
						fmt.Sprintf("opens port %d on the node", p.HostPort)))
				}
			}
		}, policy.CheckHostPorts()),
	}
}
