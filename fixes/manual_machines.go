package fixes

import (
	"strings"

	"kiln/kube"
)

// machineManuals are what probes see of the nodes themselves.
func machineManuals() []manual {
	const machines = "nodes are machines, which are set up outside of the cluster"
	of := func(check string, steps func(*guide)) manual { return manual{check, machines, steps} }
	manuals := []manual{
		of("node/etcd-data", func(g *guide) {
			g.asRoot()
			g.run("chmod 700 %s", g.finding.Key)
			g.run("stat -c %s %s", "%a %U:%G %n", g.finding.Key)
		}),
		of("node/writable-unit", func(g *guide) {
			g.say("Whoever could write there may have: compare it with what the package has brought.")
			g.asRoot()
			g.run("systemctl cat %s", g.finding.Key[strings.LastIndex(g.finding.Key, "/")+1:])
			g.run("dpkg -V \"$(dpkg -S %s | cut -d: -f1)\"", g.finding.Key)
			g.run("chown root:root %s", g.finding.Key)
			g.run("chmod 644 %s", g.finding.Key)
			g.run("systemctl daemon-reload")
		}),
		of("node/kernel-settings", func(g *guide) {
			value := map[string]string{"kernel.randomize_va_space": "2", "fs.suid_dumpable": "0"}[g.finding.Key]
			if value == "" {
				value = "1"
			}
			const file = "/etc/sysctl.d/90-hardening.conf"
			g.asRoot()
			g.run("echo %s >> %s", g.finding.Key+" = "+value, file)
			g.run("sysctl -p %s", file)
		}),
		of("node/login-users", func(g *guide) {
			g.say("See when it was last used, and lock it if it isn't needed; whoever maintains the node should have a key, and an account of their own.")
			g.asRoot()
			g.run("last -n 5 %s", g.finding.Key)
			g.run("usermod --lock --shell /usr/sbin/nologin %s", g.finding.Key)
		}),
		of("node/no-mandatory-access-control", func(g *guide) {
			g.asRoot()
			if g.finding.Key == "permissive" {
				g.say("What SELinux would have refused; without anything that has to work, let it refuse:")
				g.run("ausearch -m avc --start recent")
				g.run("setenforce 1")
				g.run("sed -i 's/^SELINUX=.*/SELINUX=enforcing/' /etc/selinux/config")
				return
			}
			g.run("apt-get install -y apparmor apparmor-utils")
			g.run("sed -i 's/^GRUB_CMDLINE_LINUX=\"/&apparmor=1 security=apparmor /' /etc/default/grub")
			g.run("update-grub")
			g.restartNode()
			g.run("aa-status")
		}),
		of("node/open-ports", func(g *guide) {
			port, protocol, _ := strings.Cut(g.finding.Key, "/")
			g.say("See what listens there. Stop it if nobody needs it (systemctl disable --now), else close the port to all but those who do.")
			g.asRoot()
			g.run("ss -Hlpn --tcp --udp sport = :%s", port)
			g.run("ufw deny %s", port+"/"+strings.ToLower(protocol))
		}),
		of("node/outdated-runtime", func(g *guide) {
			g.emptyNode()
			g.run("apt-get update")
			g.run("apt-get install -y --only-upgrade containerd runc")
			g.run("systemctl restart containerd kubelet")
			g.letIn()
		}),
		of("node/outdated-kernel", (*guide).newSystem),
		of("node/unmanaged-os", (*guide).newSystem),
		of("node/kube-proxy-metrics", (*guide).proxyMetrics),
	}
	for _, check := range []string{"node/kubelet-files", "node/control-plane-files", "node/pki-files", "node/cni-files"} {
		manuals = append(manuals, of(check, (*guide).fileMode))
	}
	return manuals
}

func (g *guide) asRoot() { g.say("On node %s, as root:", g.finding.Object.Name) }

// fileMode gives a file to root, with the mode that its kind needs.
func (g *guide) fileMode() {
	mode := "600"
	path := g.finding.Key
	switch {
	case g.finding.Check == "node/pki-files" && strings.HasSuffix(path, ".crt"), strings.HasSuffix(path, "ca.crt"):
		mode = "644"
	case g.finding.Check == "node/pki-files" && !strings.Contains(path[strings.LastIndex(path, "/")+1:], "."):
		mode = "755"
	}
	g.asRoot()
	g.run("chown root:root %s", path)
	g.run("chmod %s %s", mode, path)
	g.run("stat -c %s %s", "%a %U:%G %n", path)
}

func (g *guide) emptyNode() {
	g.say("Empty the node; its pods start elsewhere:")
	g.run("kubectl drain %s --ignore-daemonsets --delete-emptydir-data --timeout=10m", g.finding.Object.Name)
	g.asRoot()
}

func (g *guide) letIn() {
	g.say("Let pods in again, and see what it runs now:")
	g.run("kubectl uncordon %s", g.finding.Object.Name)
	g.run("kubectl get %s -o wide", raw(quote("node/"+g.finding.Object.Name)))
}

func (g *guide) restartNode() {
	g.say("It takes a restart; empty the node before, and let pods in again afterwards:")
	g.run("kubectl drain %s --ignore-daemonsets --delete-emptydir-data --timeout=10m", g.finding.Object.Name)
	g.run("systemctl reboot")
	g.run("kubectl uncordon %s", g.finding.Object.Name)
}

// newSystem prefers a new machine to one that is changed in place.
func (g *guide) newSystem() {
	node := g.finding.Object.Name
	g.say("Best let a new machine with a current image join (managed clusters: a new node pool), and take this one out:")
	g.run("kubeadm token create --print-join-command")
	g.run("kubectl drain %s --ignore-daemonsets --delete-emptydir-data --timeout=10m", node)
	g.run("kubectl delete %s", raw(quote("node/"+node)))
	g.say("Or bring it up to date as it is:")
	g.emptyNode()
	g.run("apt-get update")
	g.run("apt-get dist-upgrade -y")
	g.run("systemctl reboot")
	g.letIn()
}

func (g *guide) proxyMetrics() {
	const local = "127.0.0.1:10249"
	if g.finding.Object.Kind != "ConfigMap" {
		g.say("Give it the flag --metrics-bind-address=%s:", local)
		g.run("kubectl edit %s", g.target())
		return
	}
	g.keepCopy()
	g.run("kubectl get %s -o yaml | sed %s | kubectl apply -f -", g.target(), "s/metricsBindAddress:.*/metricsBindAddress: "+local+"/")
	g.run("kubectl rollout restart %s", target(kube.Ref{APIVersion: "apps/v1", Kind: "DaemonSet", Namespace: g.finding.Object.Namespace, Name: "kube-proxy"}))
	g.run("kubectl rollout status %s --timeout=5m", target(kube.Ref{APIVersion: "apps/v1", Kind: "DaemonSet", Namespace: g.finding.Object.Namespace, Name: "kube-proxy"}))
}
