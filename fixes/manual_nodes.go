package fixes

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// nodeManuals are what is to be done to the machines themselves.
func nodeManuals() []manual {
	const machines = "nodes are machines, which are set up outside of the cluster"
	return []manual{
		{"node/outdated-kubelet", machines, (*guide).upgradeKubelet},
		{"node/kubelet-skew", machines, (*guide).upgradeKubelet},
		{"node/external-ip", machines, (*guide).closeNode},
		{"node/not-ready-security", "why a node is away can be seen on that node alone", (*guide).visitNode},
		{"node/no-isolation", "which workloads need nodes of their own is yours to say", (*guide).isolateNode},
	}
}

// upgradeKubelet brings a node to the API server's version, the newest that it
// may have.
func (g *guide) upgradeKubelet() {
	node, version := g.finding.Object.Name, g.inv.Source.Version
	g.say("Empty the node; its pods start elsewhere:")
	g.run("kubectl drain %s --ignore-daemonsets --delete-emptydir-data --timeout=10m", node)
	g.say("On %s, as root, with the project's packages (minor releases one after the other, up to the API server's %s):", node, version)
	g.run("apt-mark unhold kubeadm kubelet kubectl")
	g.run("apt-get update")
	g.run("apt-get install -y %s %s %s", "kubeadm="+plainVersion(version)+"-*", "kubelet="+plainVersion(version)+"-*", "kubectl="+plainVersion(version)+"-*")
	g.run("kubeadm upgrade node")
	g.run("apt-mark hold kubeadm kubelet kubectl")
	g.run("systemctl daemon-reload")
	g.run("systemctl restart kubelet")
	g.say("If apt finds no such version, the repository in /etc/apt/sources.list.d is that of another minor release: it needs the one of v%s.", minorOf(version))
	g.say("Let pods in again:")
	g.run("kubectl uncordon %s", node)
	g.run("kubectl get %s -o wide", raw(quote("node/"+node)))
}

// closeNode lets in the cluster's own nodes, and whoever is logged in.
func (g *guide) closeNode() {
	node := g.finding.Object.Name
	g.say("Best give the node no public address, and a NAT gateway for its way out. Until then close it, on %s as root", node)
	g.say("(keep the session open until a second one works):")
	g.run("ufw default deny incoming")
	g.run("ufw default allow routed")
	g.run(`ufw allow from "${SSH_CLIENT%%%% *}" to any port 22 proto tcp`)
	for _, n := range g.inv.Nodes {
		for _, address := range n.Status.Addresses {
			if address.Type == corev1.NodeInternalIP {
				g.run("ufw allow from %s", address.Address)
			}
		}
	}
	for _, n := range g.inv.Nodes {
		for _, pods := range n.Spec.PodCIDRs {
			g.run("ufw allow from %s", pods)
		}
	}
	g.run("ufw enable")
	g.say("From outside, see that the kubelet doesn't answer there any more:")
	g.run("curl -k -m 5 %s", "https://"+g.finding.Key+":10250/healthz")
}

func (g *guide) visitNode() {
	node := g.finding.Object.Name
	if g.finding.Key == "cordoned" {
		g.say("See who cordoned it and whether it is well, then let pods in again:")
		g.run("kubectl describe %s", raw(quote("node/"+node)))
		g.run("kubectl uncordon %s", node)
		return
	}
	g.say("See since when, and what it said last:")
	g.run("kubectl describe %s", raw(quote("node/"+node)))
	g.say("On %s, as root:", node)
	g.run("systemctl status kubelet --no-pager")
	g.run("journalctl -u kubelet -n 100 --no-pager")
	g.run("systemctl restart kubelet")
	g.say("If the machine is gone for good, take it out of the cluster; its pods start elsewhere:")
	g.run("kubectl drain %s --ignore-daemonsets --delete-emptydir-data --force --timeout=5m", node)
	g.run("kubectl delete %s", raw(quote("node/"+node)))
}

// isolateNode sets one worker apart for the workload with the most power.
func (g *guide) isolateNode() {
	var workers []string
	for _, n := range g.inv.Nodes {
		if _, control := n.Labels["node-role.kubernetes.io/control-plane"]; !control {
			workers = append(workers, n.Name)
		}
	}
	slices.Sort(workers)
	if len(workers) == 0 {
		g.say("No worker node could be read; look for one to set apart:")
		g.run("kubectl get nodes -o wide")
		return
	}
	node := workers[len(workers)-1]
	g.say("Set a node apart, here %s, the last by name; pods that run there stay until it is drained:", node)
	g.run("kubectl label node %s pool=restricted", node)
	g.run("kubectl taint node %s pool=restricted:NoSchedule", node)
	g.say("Send there what others should be kept from, first whatever is privileged or mounts the node's folders:")
	for _, w := range g.inv.Workloads {
		if ref := w.Ref(); templatePath(ref.Kind) != nil && ref.Kind != "DaemonSet" && ref.Namespace != "kube-system" && powerful(w.Spec) {
			template := map[string]any{"nodeSelector": map[string]any{"pool": "restricted"}, "tolerations": []any{map[string]any{
				"key": "pool", "operator": "Equal", "value": "restricted", "effect": "NoSchedule",
			}}}
			g.merge(ref, nested(template, templatePath(ref.Kind)...))
		}
	}
	g.say("Then empty the node of what has no business there:")
	g.run("kubectl drain %s --ignore-daemonsets --delete-emptydir-data --timeout=10m", node)
	g.run("kubectl uncordon %s", node)
}

// powerful says that a pod can do something to its node.
func powerful(spec *corev1.PodSpec) bool {
	if spec.HostPID || spec.HostNetwork || slices.ContainsFunc(spec.Volumes, func(v corev1.Volume) bool { return v.HostPath != nil }) {
		return true
	}
	return slices.ContainsFunc(spec.Containers, func(c corev1.Container) bool {
		return c.SecurityContext != nil && c.SecurityContext.Privileged != nil && *c.SecurityContext.Privileged
	})
}

// nested puts a value at a path of maps.
func nested(value any, path ...string) map[string]any {
	for _, name := range slices.Backward(path) {
		value = map[string]any{name: value}
	}
	fields, _ := value.(map[string]any)
	return fields
}
