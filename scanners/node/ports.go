package node

import (
	"fmt"
	"net/netip"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
)

// knownPort says what Kubernetes' own programs listen at
// (https://kubernetes.io/docs/reference/networking/ports-and-protocols/), and
// what administrators log in by.
func knownPort(port int) bool {
	switch port {
	case 22, 2379, 2380, 6443, 10250, 10256, 10257, 10259:
		return true
	}
	return port >= 30000 && port <= 32767 // node ports
}

// tellingPorts are ports that tell what they serve to anybody who asks.
func tellingPorts() map[int]string {
	return map[int]string{
		10255: "the kubelet's read-only port, which tells all about its pods",
		10249: "kube-proxy's metrics and its profile",
		2381:  "etcd's metrics",
		4194:  "cAdvisor's pages",
		2375:  "a Docker engine without authentication, which makes its callers root",
		5000:  "what is often a registry without authentication",
		111:   "the port mapper of NFS",
	}
}

func openPorts() scanners.Check {
	p := probed{
		id: "node/open-ports", title: "A node listens at ports that Kubernetes doesn't need", severity: scanners.Low,
		references: []string{"NSA", "C-0069"}, looksAt: []string{"listening"},
		faults: unknownPorts,
	}
	check := p.check()
	check.Hints = kube.WorkloadResources() // a pod's port explains a node's
	check.Find = func(inv *kube.Inventory) scanners.Result {
		ours := podPorts(inv)
		p.faults = func(facts kube.NodeFacts) []scanners.Hit {
			var hits []scanners.Hit
			for _, hit := range unknownPorts(facts) {
				if !ours[facts.Node+" "+hit.Key] {
					hits = append(hits, hit)
				}
			}
			return hits
		}
		return p.find(inv)
	}
	return check
}

// unknownPorts are those that others can reach.
func unknownPorts(facts kube.NodeFacts) []scanners.Hit {
	var hits []scanners.Hit
	for _, socket := range facts.Listening {
		address, err := netip.ParseAddr(socket.Address)
		if err == nil && address.IsLoopback() || knownPort(socket.Port) {
			continue
		}
		hit := scanners.Hit{Key: portKey(socket.Protocol, socket.Port)}
		hit.Message = fmt.Sprintf("something listens at port %s of %s", hit.Key, socket.Address)
		if what := tellingPorts()[socket.Port]; what != "" {
			hit.Severity = scanners.Medium
			hit.Message += ": " + what
		}
		hits = append(hits, hit)
	}
	return hits
}

func portKey(protocol string, port int) string { return fmt.Sprintf("%d/%s", port, protocol) }

// podPorts are the ports that pods on a node's network say they listen at, and
// those that a node passes on to pods.
func podPorts(inv *kube.Inventory) map[string]bool {
	ports := map[string]bool{}
	for _, w := range inv.Workloads {
		for _, c := range w.Containers() {
			for _, port := range c.Ports {
				number := port.HostPort
				if w.Spec.HostNetwork {
					number = port.ContainerPort
				}
				protocol := port.Protocol
				if protocol == "" {
					protocol = corev1.ProtocolTCP
				}
				for _, pod := range w.Pods {
					ports[pod.Node+" "+portKey(string(protocol), int(number))] = true
				}
			}
		}
	}
	return ports
}
