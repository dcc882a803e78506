package pod

import (
	"kiln/kube"
	"kiln/scanners"
)

func ephemeralLeftBehind() scanners.Check {
	return scanners.Check{
		ID: "pod/ephemeral-left-behind", Layer: scanners.Pod, Severity: scanners.Low,
		Title:      "A pod still has a debug container",
		References: []string{"Kubernetes docs"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.Pods},
		Find: inContainers(func(c container, add report) {
			if c.kind == kube.EphemeralContainer {
				add(c.hit("image", "", "was added for debugging, from "+c.Image+", and stays until the pod is replaced"))
			}
		}),
	}
}
