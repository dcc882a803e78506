package data

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

func etcdTLS() scanners.Check {
	return scanners.Check{
		ID: "data/etcd-tls", Layer: scanners.Data, Severity: scanners.Critical,
		Title: "etcd can be reached without TLS or without a client's certificate",
		References: []string{"CIS 2.1", "CIS 2.2", "CIS 2.3", "CIS 2.4", "CIS 2.5", "CIS 2.6", "C-0153", "C-0154", "C-0155", "C-0156",
			"C-0157", "C-0158", "C-0159"},
		Fix:   scanners.Manual,
		Reads: append(kube.WorkloadResources(), kube.APIServerFlags),
		Find: func(inv *kube.Inventory) scanners.Result {
			hits := plainServers(inv)
			members := 0
			for _, w := range inv.Workloads {
				if command, path, ok := etcdCommand(w); ok {
					members++
					hits = append(hits, openMember(w, command, path)...)
				}
			}
			result := scanners.Found(hits)
			if members == 0 {
				result.Unknown = "etcd itself is not visible here; on a managed control plane, check with the provider"
			}
			return result
		},
	}
}

// plainServers are etcd's addresses that the API server calls without TLS.
func plainServers(inv *kube.Inventory) []scanners.Hit {
	var hits []scanners.Hit
	for _, server := range flags.Of(inv, "etcd-servers").List() {
		u, err := url.Parse(server)
		if err != nil || u.Scheme != "http" {
			continue
		}
		hit := scanners.Hit{
			Object: scanners.APIServer(inv), Path: flags.Path, Key: "etcd-servers",
			Message: fmt.Sprintf("kube-apiserver calls etcd at %s without TLS", u.Host),
		}
		if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsLoopback() {
			hit.Severity = scanners.Medium
		}
		hits = append(hits, hit)
	}
	return hits
}

// etcdCommand finds etcd among the workloads of the control plane and returns
// its flags.
func etcdCommand(w *kube.Workload) (command map[string]string, path string, ok bool) {
	if w.Namespace() != metav1.NamespaceSystem || w.Meta.Labels["component"] != "etcd" && w.Meta.Labels["k8s-app"] != "etcd" {
		return nil, "", false
	}
	for _, c := range w.Containers() {
		words := append(append([]string{}, c.Command...), c.Args...)
		if len(words) > 0 && (words[0] == "etcd" || strings.HasSuffix(words[0], "/etcd")) {
			return flagsOf(words[1:]), c.Path + ".command", true
		}
	}
	return nil, "", false
}

// openMember says what a member of etcd leaves open. What a member needs for
// its peers doesn't matter while it has none.
func openMember(w *kube.Workload, command map[string]string, path string) []scanners.Hit {
	var hits []scanners.Hit
	demand := func(ok bool, flag, message string) {
		if !ok {
			hits = append(hits, scanners.Hit{Object: w.Object, Path: path, Key: flag, Message: message})
		}
	}
	on := func(flag string) bool { return strings.EqualFold(command[flag], "true") }
	demand(command["cert-file"] != "" && command["key-file"] != "", "cert-file", "etcd serves its clients without a certificate of its own")
	demand(on("client-cert-auth") && command["trusted-ca-file"] != "", "client-cert-auth", "etcd takes clients without a certificate")
	demand(!on("auto-tls"), "auto-tls", "etcd signs its own certificate, which no client can check")
	if !strings.Contains(command["initial-cluster"], ",") {
		return hits
	}
	demand(command["peer-cert-file"] != "" && command["peer-key-file"] != "", "peer-cert-file", "etcd talks to its peers without a certificate")
	demand(on("peer-client-cert-auth") && command["peer-trusted-ca-file"] != "", "peer-client-cert-auth", "etcd takes peers without a certificate")
	demand(!on("peer-auto-tls"), "peer-auto-tls", "etcd signs its own certificate for peers, which none can check")
	return hits
}

// flagsOf reads --name=value, --name value and --switch.
func flagsOf(words []string) map[string]string {
	found := map[string]string{}
	for i, word := range words {
		name, isFlag := strings.CutPrefix(word, "--")
		if !isFlag {
			continue
		}
		name, value, hasValue := strings.Cut(name, "=")
		switch {
		case hasValue:
		case i+1 < len(words) && !strings.HasPrefix(words[i+1], "-"):
			value = words[i+1]
		default:
			value = "true"
		}
		found[name] = value
	}
	return found
}
