package node

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/releases"
)

func outdatedRuntime() scanners.Check {
	return nodeInfoCheck{
		id: "node/outdated-runtime", title: "A node's container runtime gets no more security fixes",
		severity: scanners.Medium, references: []string{"NSA", "C-0087"},
		path: "status.nodeInfo.containerRuntimeVersion", judge: judgeRuntime,
	}.check()
}

func outdatedKernel() scanners.Check {
	return nodeInfoCheck{
		id: "node/outdated-kernel", title: "A node's kernel gets no more security fixes",
		severity: scanners.Medium, references: []string{"NSA", "C-0079"},
		path: "status.nodeInfo.kernelVersion", judge: judgeKernel,
	}.check()
}

func unmanagedOS() scanners.Check {
	return nodeInfoCheck{
		id: "node/unmanaged-os", title: "A node's operating system is past its support, or is changed in place",
		severity: scanners.Low, references: []string{"NSA", "C-0226"},
		path: "status.nodeInfo.osImage", judge: judgeOS,
	}.check()
}

// nodeInfoCheck is a check of what each node says about itself.
type nodeInfoCheck struct {
	id, title  string
	severity   scanners.Severity
	references []string
	path       string
	judge      func(*kube.Inventory, *corev1.NodeSystemInfo) verdict
}

// verdict is what a node's system is like: a fault, or why there is none to be
// told. Both are empty where all is well.
type verdict struct {
	fault    string
	severity scanners.Severity
	unknown  string
}

func (c nodeInfoCheck) check() scanners.Check {
	return scanners.Check{
		ID: c.id, Layer: scanners.Node, Severity: c.severity, Title: c.title, References: c.references,
		Fix: scanners.Manual, Needs: []kube.Resource{kube.Nodes},
		Find: func(inv *kube.Inventory) scanners.Result {
			var result scanners.Result
			for _, n := range inv.Nodes {
				switch v := c.judge(inv, &n.Status.NodeInfo); {
				case v.fault != "":
					result.Hits = append(result.Hits, scanners.Hit{Object: n, Path: c.path, Message: v.fault, Severity: v.severity})
				case v.unknown != "":
					result.Unknown = fmt.Sprintf("node %s %s", n.Name, kube.Clean(v.unknown))
				}
			}
			return result
		},
	}
}

// judgeRuntime knows containerd, and CRI-O, whose releases are those of
// Kubernetes and end with them.
func judgeRuntime(inv *kube.Inventory, info *corev1.NodeSystemInfo) verdict {
	name, runs, _ := strings.Cut(info.ContainerRuntimeVersion, "://")
	lookUp := releases.Containerd
	switch name {
	case "containerd":
	case "cri-o":
		lookUp = releases.Of
	case "":
		return verdict{unknown: "doesn't tell its container runtime"}
	default:
		return verdict{unknown: "runs " + name + ", of which kiln has no dates"}
	}
	status, err := lookUp(runs, inv.TakenAt)
	switch {
	case err != nil:
		return verdict{unknown: "runs a container runtime whose version can't be read: " + err.Error()}
	case status.Support == releases.NotKnown:
		return verdict{unknown: fmt.Sprintf("runs %s %s, which is newer than this kiln knows of", name, runs)}
	case status.Support == releases.Ended:
		return verdict{fault: fmt.Sprintf("runs %s %s; the project's support of %s %s", name, runs, status.Minor, status.Ended())}
	}
	return verdict{}
}

// judgeKernel leaves the kernel to a distribution that is supported itself, or
// that kiln has no dates of: it brings fixes to lines that kernel.org gave up.
func judgeKernel(inv *kube.Inventory, info *corev1.NodeSystemInfo) verdict {
	if info.KernelVersion == "" {
		return verdict{unknown: "doesn't tell its kernel"}
	}
	if info.OperatingSystem == string(corev1.Windows) {
		return verdict{}
	}
	if system, ok := releases.Distribution(info.OSImage, inv.TakenAt); ok && system.Support != releases.Ended {
		return verdict{}
	}
	status, err := releases.Kernel(info.KernelVersion, inv.TakenAt)
	switch {
	case err != nil:
		return verdict{unknown: "runs a kernel whose version can't be read: " + err.Error()}
	case status.Support == releases.NotKnown:
		return verdict{unknown: fmt.Sprintf("runs Linux %s, which is newer than this kiln knows of", info.KernelVersion)}
	case status.Support == releases.Supported:
		return verdict{}
	case status.End.IsZero():
		return verdict{fault: fmt.Sprintf("runs Linux %s, and %s is no line that gets fixes for long", info.KernelVersion, status.Minor)}
	}
	return verdict{fault: fmt.Sprintf("runs Linux %s; support of the line %s %s, and that of %s doesn't make up for it", info.KernelVersion, status.Minor, status.Ended(), info.OSImage)}
}

// judgeOS tells systems that are replaced as a whole from those that somebody
// has to keep up to date.
func judgeOS(inv *kube.Inventory, info *corev1.NodeSystemInfo) verdict {
	if info.OSImage == "" {
		return verdict{unknown: "doesn't tell its operating system"}
	}
	if info.OperatingSystem == string(corev1.Windows) || releases.ContainerSystem(info.OSImage) {
		return verdict{}
	}
	system, ok := releases.Distribution(info.OSImage, inv.TakenAt)
	switch {
	case !ok:
		return verdict{unknown: "runs " + info.OSImage + ", which kiln doesn't know"}
	case system.Support == releases.Ended:
		return verdict{fault: fmt.Sprintf("runs %s, whose free support %s", info.OSImage, system.Ended()), severity: scanners.Medium}
	}
	return verdict{fault: fmt.Sprintf("runs %s, an ordinary distribution that is changed in place: more is installed than containers need, and nodes drift apart", info.OSImage), severity: scanners.Info}
}
