package pod

import (
	"kiln/kube"
	"kiln/scanners"
)

func writableRootfs() scanners.Check {
	return scanners.Check{
		ID: "pod/writable-rootfs", Layer: scanners.Pod, Severity: scanners.Low,
		Title:      "A container can change its own files",
		References: []string{"NSA", "C-0017", "KSV014"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: inLinuxContainers(func(c container, add report) {
			if !isTrue(c.settings().ReadOnlyRootFilesystem) {
				add(c.hit("securityContext.readOnlyRootFilesystem", "", "can write to its root file system"))
			}
		}),
	}
}
