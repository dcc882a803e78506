package node

import (
	"fmt"
	"testing"

	"kiln/kube"
	"kiln/scanners/scantest"
)

func system(info string) string {
	return "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {nodeInfo: {" + info + "}}\n"
}

func TestContainerRuntimes(t *testing.T) {
	runtime := func(version string) string { return system("containerRuntimeVersion: " + version) }
	at := []string{"Node/n1 | status.nodeInfo.containerRuntimeVersion"}
	scantest.Judge(t, outdatedRuntime(), []scantest.Verdict{
		{Name: "supported", Objects: runtime("containerd://2.3.1")},
		{Name: "ended", Objects: runtime("containerd://1.7.24"), Want: at},
		{Name: "ended, of a vendor", Objects: runtime("containerd://1.6.8-rc.1+azure"), Want: at},
		{Name: "older than the table", Objects: runtime("containerd://1.2.0"), Want: at},
		{Name: "newer than the table", Objects: runtime("containerd://3.0.0"), Unknown: "newer"},
		{Name: "CRI-O, supported", Objects: runtime("cri-o://1.36.1")},
		{Name: "CRI-O, ended", Objects: runtime("cri-o://1.30.4"), Want: at},
		{Name: "another", Objects: runtime("docker://27.1.0"), Unknown: "docker"},
		{Name: "none", Objects: runtime(`""`), Unknown: "doesn't tell"},
		{Name: "unreadable", Objects: runtime("containerd://Unknown"), Unknown: "can't be read"},
	})
}

func TestKernels(t *testing.T) {
	kernel := func(version, os string) string {
		return system(fmt.Sprintf("kernelVersion: %s, osImage: %s, operatingSystem: linux", version, os))
	}
	at := []string{"Node/n1 | status.nodeInfo.kernelVersion"}
	scantest.Judge(t, outdatedKernel(), []scantest.Verdict{
		{Name: "long-term", Objects: kernel("6.12.58-flatcar", "Flatcar Container Linux by Kinvolk 4459.2.1 (Oklo)")},
		{Name: "ended, of a supported distribution", Objects: kernel("5.4.0-200-generic", "Ubuntu 22.04.5 LTS")},
		{Name: "ended, of a distribution with contracts of its own", Objects: kernel("4.18.0-553.el8", "Red Hat Enterprise Linux 8.10 (Ootpa)")},
		{Name: "ended, and the distribution too", Objects: kernel("5.4.0-42-generic", "Ubuntu 20.04.6 LTS"), Want: at},
		{Name: "ended, of an unknown system", Objects: kernel("4.19.1", "Homemade 1"), Want: at},
		{Name: "no long-term line", Objects: kernel("6.8.0", "Homemade 1"), Want: at},
		{Name: "newer than the table", Objects: kernel("7.4.0", "Homemade 1"), Unknown: "newer"},
		{Name: "Windows", Objects: system(`kernelVersion: 10.0.20348.2227, osImage: Windows Server 2022 Datacenter, operatingSystem: windows`)},
		{Name: "nothing told", Objects: kernel(`""`, `""`), Unknown: "doesn't tell"},
	})
}

func TestOperatingSystems(t *testing.T) {
	os := func(image string) string { return system("operatingSystem: linux, osImage: " + image) }
	at := "Node/n1 | status.nodeInfo.osImage | "
	scantest.Judge(t, unmanagedOS(), []scantest.Verdict{
		{Name: "made for containers", Objects: os("Bottlerocket OS 1.20.1 (aws-k8s-1.33)")},
		{Name: "made for containers, of Red Hat", Objects: os("Red Hat Enterprise Linux CoreOS 417.94")},
		{Name: "an ordinary one", Objects: os("Ubuntu 24.04.3 LTS"), Want: []string{at + "info"}},
		{Name: "an ordinary one without dates", Objects: os("Rocky Linux 9.4 (Blue Onyx)"), Want: []string{at + "info"}},
		{Name: "ended", Objects: os("Ubuntu 20.04.6 LTS"), Want: []string{at + "medium"}},
		{Name: "ended, by its whole number", Objects: os("CentOS Linux 7 (Core)"), Want: []string{at + "medium"}},
		{Name: "a longer number isn't it", Objects: os("Debian GNU/Linux 100"), Want: []string{at + "info"}},
		{Name: "unknown", Objects: os("Homemade 1"), Unknown: "doesn't know"},
		{Name: "Windows", Objects: system(`osImage: Windows Server 2022 Datacenter, operatingSystem: windows`)},
		{Name: "nothing told", Objects: os(`""`), Unknown: "doesn't tell"},
	})
}

func TestMetricsOfKubeProxy(t *testing.T) {
	proxy := func(flags, volume string) string {
		return `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system}
spec: {template: {spec: {containers: [{name: p, image: x, command: [/usr/local/bin/kube-proxy, ` + flags + `], volumeMounts: [{name: c, mountPath: /var/lib/kube-proxy}]}],
  volumes: [{name: c, ` + volume + `}]}}}
`
	}
	config := func(name, key, address string) string {
		return "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: kube-system}\ndata: {" + key + ": \"metricsBindAddress: '" + address + "'\\n\"}\n"
	}
	const file = "--config=/var/lib/kube-proxy/config.conf"
	kubeadm := func(address string) string {
		return proxy(file, "configMap: {name: kube-proxy}") + config("kube-proxy", "config.conf", address)
	}
	at := []string{"ConfigMap/kube-proxy in kube-system | data[config.conf]"}
	scantest.Judge(t, kubeProxyMetrics(), []scantest.Verdict{
		{Name: "default", Objects: kubeadm("")},
		{Name: "loopback", Objects: kubeadm("127.0.0.1:10249")},
		{Name: "open", Objects: kubeadm("0.0.0.0:10249"), Want: at},
		{Name: "open, IPv6 without a port", Objects: kubeadm("::"), Want: at},
		{Name: "open, by another name", Objects: proxy("--config=/var/lib/kube-proxy/config", "configMap: {name: kube-proxy-config}") + config("kube-proxy-config", "config", "0.0.0.0:10249"),
			Want: []string{"ConfigMap/kube-proxy-config in kube-system | data[config]"}},
		{Name: "open, by a key that is mounted under another name", Objects: proxy(file, "configMap: {name: p, items: [{key: k, path: config.conf}]}") + config("p", "k", "0.0.0.0"),
			Want: []string{"ConfigMap/p in kube-system | data[k]"}},
		{Name: "a file of the node", Objects: proxy(file, "hostPath: {path: /var/lib/kube-proxy}") + config("kube-proxy", "config.conf", "127.0.0.1"), Unknown: "in no ConfigMap"},
		{Name: "a ConfigMap too large to be kept whole", Objects: kubeadm("127.0.0.1:10249"), Unknown: "in no ConfigMap",
			Change: func(inv *kube.Inventory) { inv.ConfigMaps[0].Data["config.conf"] += "… (cut by kiln)" }},
		{Name: "a ConfigMap that isn't there", Objects: proxy(file, "configMap: {name: kube-proxy}"), Unknown: "in no ConfigMap"},
		{Name: "open by a flag", Objects: proxy("--metrics-bind-address=0.0.0.0", "emptyDir: {}"), Want: []string{"DaemonSet/kube-proxy in kube-system | spec.template.spec.containers[0].command"}},
		{Name: "not there", Objects: system(""), Unknown: "no pod"},
	})
}
