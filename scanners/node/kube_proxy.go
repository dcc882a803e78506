package node

import (
	"fmt"
	"net"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

func kubeProxyMetrics() scanners.Check {
	return scanners.Check{
		ID: "node/kube-proxy-metrics", Layer: scanners.Node, Severity: scanners.Low,
		Title:      "kube-proxy shows its metrics and profiler on the node's addresses",
		References: []string{"CIS 4.3.1", "C-0291"},
		Fix:        scanners.Manual,
		Reads:      append(kube.WorkloadResources(), kube.ConfigMaps),
		Find:       findKubeProxyMetrics,
	}
}

// findKubeProxyMetrics follows kube-proxy: a configuration file overrules the
// flag, and the default is loopback.
func findKubeProxyMetrics(inv *kube.Inventory) scanners.Result {
	running := flags.Programs(inv, "kube-proxy")
	if len(running) == 0 {
		return scanners.Unknown("no pod in kube-system runs kube-proxy: where the network plugin stands in for it, or the node starts it, look there")
	}
	var hits []scanners.Hit
	for _, proxy := range running {
		if proxy.Flag("config").Set {
			hits = append(hits, openInConfig(inv)...)
			continue
		}
		if address := proxy.Flag("metrics-bind-address").Text; !loopback(address) {
			hits = append(hits, scanners.Hit{Object: proxy.Object, Path: proxy.Path + ".command", Message: openMetrics(address)})
		}
	}
	return scanners.Found(hits)
}

// openInConfig reads the ConfigMap that kubeadm makes.
func openInConfig(inv *kube.Inventory) []scanners.Hit {
	var hits []scanners.Hit
	for _, cm := range inv.ConfigMaps {
		if cm.Namespace != metav1.NamespaceSystem || cm.Name != "kube-proxy" {
			continue
		}
		if address := metricsAddress(cm); !loopback(address) {
			hits = append(hits, scanners.Hit{Object: cm, Path: "data[config.conf]", Message: openMetrics(address)})
		}
	}
	return hits
}

func metricsAddress(cm *corev1.ConfigMap) string {
	var config struct {
		MetricsBindAddress string `json:"metricsBindAddress"`
	}
	_ = yaml.Unmarshal([]byte(cm.Data["config.conf"]), &config) // what isn't YAML, kube-proxy wouldn't start with
	return config.MetricsBindAddress
}

// loopback: the default is, and so an empty address too.
func loopback(address string) bool {
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	ip := net.ParseIP(address)
	return address == "" || address == "localhost" || ip != nil && ip.IsLoopback()
}

func openMetrics(address string) string {
	return fmt.Sprintf("kube-proxy shows its metrics at %s on every node: set metricsBindAddress to 127.0.0.1:10249, or close the port with a firewall", address)
}
