package node

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/version"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/releases"
)

const kubeletVersion = "status.nodeInfo.kubeletVersion"

func outdatedKubelet() scanners.Check {
	return scanners.Check{
		ID: "node/outdated-kubelet", Layer: scanners.Node, Severity: scanners.High,
		Title:      "A kubelet's release gets no more security fixes",
		References: []string{"NSA"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.Nodes},
		Find:       findOutdatedKubelets,
	}
}

func findOutdatedKubelets(inv *kube.Inventory) scanners.Result {
	var result scanners.Result
	for _, n := range inv.Nodes {
		runs := n.Status.NodeInfo.KubeletVersion
		status, err := releases.Of(runs, inv.TakenAt)
		switch {
		case err != nil:
			result.Unknown = fmt.Sprintf("node %s: %v", n.Name, err)
		case status.Support == releases.NotKnown:
			result.Unknown = fmt.Sprintf("node %s runs %s, which is newer than this kiln knows of", n.Name, runs)
		case status.Support == releases.Ended:
			result.Hits = append(result.Hits, scanners.Hit{
				Object: n, Path: kubeletVersion,
				Message: fmt.Sprintf("its kubelet runs %s; the project's support of %s %s", runs, status.Minor, status.Ended()),
			})
		}
	}
	return result
}

func kubeletSkew() scanners.Check {
	return scanners.Check{
		ID: "node/kubelet-skew", Layer: scanners.Node, Severity: scanners.Medium,
		Title:      "A kubelet's version is too far from the API server's",
		References: []string{"NSA"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.Nodes, kube.ServerVersion},
		Find:       findSkew,
	}
}

func findSkew(inv *kube.Inventory) scanners.Result {
	server, err := version.ParseGeneric(inv.Source.Version)
	if err != nil {
		return scanners.Unknown("the API server's version can't be read: " + err.Error())
	}
	var result scanners.Result
	for _, n := range inv.Nodes {
		kubelet, err := version.ParseGeneric(n.Status.NodeInfo.KubeletVersion)
		if err != nil {
			result.Unknown = fmt.Sprintf("node %s: its kubelet's version can't be read: %v", n.Name, err)
			continue
		}
		if fault := skew(server, kubelet); fault != "" {
			result.Hits = append(result.Hits, scanners.Hit{
				Object: n, Path: kubeletVersion,
				Message: fmt.Sprintf("its kubelet runs %s and the API server %s: %s", n.Status.NodeInfo.KubeletVersion, inv.Source.Version, fault),
			})
		}
	}
	return result
}

// skew says what is wrong with two versions side by side. A kubelet may never
// be newer than the API server, and up to three minor releases older; one
// before 1.25, two.
func skew(server, kubelet *version.Version) string {
	behind := int(server.Minor()) - int(kubelet.Minor())
	most := 3
	if kubelet.Minor() < 25 {
		most = 2
	}
	switch {
	case server.Major() != kubelet.Major():
		return "the major versions differ"
	case behind < 0:
		return "a kubelet must not be newer than the API server"
	case behind > most:
		return fmt.Sprintf("it is %d minor releases behind, and %d are supported", behind, most)
	}
	return ""
}
