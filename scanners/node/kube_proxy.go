package node

import (
	"fmt"
	"net"
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"
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
	var result scanners.Result
	for _, proxy := range running {
		file := proxy.Flag("config").Text
		if file == "" {
			if address := proxy.Flag("metrics-bind-address").Text; !loopback(address) {
				result.Hits = append(result.Hits, scanners.Hit{Object: proxy.Object, Path: proxy.Path + ".command", Message: openMetrics(address)})
			}
			continue
		}
		cm, key := mountedFile(inv, proxy, file)
		if cm == nil || kube.CutShort(cm.Data[key]) {
			result.Unknown = "the file " + kube.Clean(file) + " of --config is in no ConfigMap that was read whole: look at its metricsBindAddress on a node"
		} else if address := metricsAddress(cm.Data[key]); !loopback(address) {
			result.Hits = append(result.Hits, scanners.Hit{Object: cm, Path: "data[" + key + "]", Message: openMetrics(address)})
		}
	}
	return result
}

// mountedFile finds the ConfigMap, and the key in it, that a program sees as a
// file; nil if a ConfigMap isn't where the file comes from, or wasn't read.
func mountedFile(inv *kube.Inventory, program flags.Program, file string) (cm *corev1.ConfigMap, key string) {
	for _, c := range program.Workload.Containers() {
		if c.Path != program.Path {
			continue
		}
		for _, m := range c.VolumeMounts {
			below, under := strings.CutPrefix(path.Clean(file)+"/", path.Clean(m.MountPath)+"/")
			if !under {
				continue
			}
			if cm, key = keyOfVolume(inv, program.Workload, m.Name, path.Join(m.SubPath, below)); cm != nil {
				return cm, key
			}
		}
	}
	return nil, ""
}

// keyOfVolume finds what stands at a path of a volume.
func keyOfVolume(inv *kube.Inventory, w *kube.Workload, name, at string) (cm *corev1.ConfigMap, key string) {
	for _, v := range w.Spec.Volumes {
		if v.Name != name || v.ConfigMap == nil {
			continue
		}
		key := at
		for _, item := range v.ConfigMap.Items {
			if item.Path == at {
				key = item.Key
			}
		}
		for _, cm := range inv.ConfigMaps {
			if _, held := cm.Data[key]; held && cm.Namespace == w.Namespace() && cm.Name == v.ConfigMap.Name {
				return cm, key
			}
		}
	}
	return nil, ""
}

func metricsAddress(text string) string {
	var config struct {
		MetricsBindAddress string `json:"metricsBindAddress"`
	}
	_ = yaml.Unmarshal([]byte(text), &config) // what isn't YAML, kube-proxy wouldn't start with
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
