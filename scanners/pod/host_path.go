package pod

import (
	"fmt"
	"path"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

func hostPath() scanners.Check {
	return scanners.Check{
		ID: "pod/host-path", Layer: scanners.Pod, Severity: scanners.High,
		Title:      "A pod mounts a folder of the node",
		References: []string{"PSS baseline", "CIS 5.2.11", "C-0048", "C-0203", "KSV023"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: byStandard(func(w *kube.Workload, _ standard, add report) {
			for i, v := range w.Spec.Volumes {
				if v.HostPath == nil {
					continue
				}
				hit := podHit(w, fmt.Sprintf("volumes[%d].hostPath", i), v.Name,
					fmt.Sprintf("volume %q is %s on the node", v.Name, v.HostPath.Path))
				hit.Severity = hostPathSeverity(w, v)
				add(hit)
			}
		}, policy.CheckHostPathVolumes()),
	}
}

func hostPathWritable() scanners.Check {
	return scanners.Check{
		ID: "pod/host-path-writable", Layer: scanners.Pod, Severity: scanners.High,
		Title:      "A container can write to a folder of the node",
		References: []string{"C-0045"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: inContainers(func(c container, add report) {
			for i, m := range c.VolumeMounts {
				v := volume(c.workload, m.Name)
				if m.ReadOnly || v == nil || v.HostPath == nil {
					continue
				}
				hit := c.hit(fmt.Sprintf("volumeMounts[%d].readOnly", i), m.MountPath,
					fmt.Sprintf("can write to %s on the node", path.Join(v.HostPath.Path, m.SubPath)))
				hit.Severity, _ = powerOf(path.Join(v.HostPath.Path, m.SubPath))
				add(hit)
			}
		}),
	}
}

// hostPathSeverity rates a volume by what its folder gives away as mounted.
func hostPathSeverity(w *kube.Workload, v corev1.Volume) scanners.Severity {
	write, read := powerOf(v.HostPath.Path)
	if mountedWritable(w, v.Name) {
		return write
	}
	return read
}

func mountedWritable(w *kube.Workload, name string) bool {
	for c := range containers(w) {
		for _, m := range c.VolumeMounts {
			if m.Name == name && !m.ReadOnly {
				return true
			}
		}
	}
	return false
}

// volume finds a volume of the pod by its name.
func volume(w *kube.Workload, name string) *corev1.Volume {
	for i := range w.Spec.Volumes {
		if w.Spec.Volumes[i].Name == name {
			return &w.Spec.Volumes[i]
		}
	}
	return nil
}
