package pod

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

func runtimeSocket() scanners.Check {
	return scanners.Check{
		ID: "pod/runtime-socket", Layer: scanners.Pod, Severity: scanners.Critical,
		Title:      "A pod reaches the node's container runtime",
		References: []string{"C-0074", "KSV006"},
		Fix:        scanners.Manual,
		Reads:      kube.WorkloadResources(),
		Find: inPods(func(w *kube.Workload, add report) {
			for i, v := range w.Spec.Volumes {
				if v.HostPath == nil {
					continue
				}
				if socket := socketAt(v.HostPath.Path); socket != "" {
					add(podHit(w, fmt.Sprintf("volumes[%d].hostPath.path", i), v.Name,
						fmt.Sprintf("volume %q gives access to the node's %s", v.Name, socket)))
				}
			}
		}),
	}
}

// socketAt names the runtime's socket that a path of the node is or holds.
// The root folder is left to pod/host-path: it gives away more than sockets.
func socketAt(hostPath string) string {
	p := path.Clean("/" + hostPath)
	if rest, ok := strings.CutPrefix(p, "/var/run"); ok && (rest == "" || rest[0] == '/') {
		p = "/run" + rest
	}
	sockets := []string{
		"/run/docker.sock", "/run/containerd/containerd.sock", "/run/crio/crio.sock", "/run/cri-dockerd.sock",
		"/run/podman/podman.sock", "/run/k3s/containerd/containerd.sock", "/run/dockershim.sock",
	}
	at := slices.IndexFunc(sockets, func(s string) bool { return p == s || within(s, p) })
	if p == "/" || at < 0 {
		return ""
	}
	if p == "/run" {
		return "container runtime through " + hostPath
	}
	return path.Base(sockets[at])
}
