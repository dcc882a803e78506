package data

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

func etcdTLS() scanners.Check {
	return scanners.Check{
		ID: "data/etcd-tls", Layer: scanners.Data, Severity: scanners.Critical,
		Title: "etcd can be reached without TLS or without a client's certificate",
		References: []string{"CIS 2.1", "CIS 2.2", "CIS 2.3", "CIS 2.4", "CIS 2.5", "CIS 2.6", "CIS 2.7", "C-0153", "C-0154", "C-0155", "C-0156",
			"C-0157", "C-0158", "C-0159"},
		Fix:   scanners.Manual,
		Reads: append(kube.WorkloadResources(), kube.APIServerFlags),
		Find: func(inv *kube.Inventory) scanners.Result {
			hits := plainServers(inv)
			members := 0
			for _, etcd := range flags.Programs(inv, "etcd") {
				members++
				hits = append(hits, openMember(etcd)...)
				hits = append(hits, sharedAuthority(inv, etcd)...)
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

// openMember says what a member of etcd leaves open. What a member needs for
// its peers doesn't matter while it has none.
func openMember(etcd flags.Program) []scanners.Hit {
	var hits []scanners.Hit
	demand := func(ok bool, flag, message string) {
		if !ok {
			hits = append(hits, scanners.Hit{Object: etcd.Object, Path: etcd.Path + ".command", Key: flag, Message: message})
		}
	}
	on := func(flag string) bool { return etcd.Flag(flag).Bool(false) }
	set := func(flag string) bool { return etcd.Flag(flag).Set }
	demand(set("cert-file") && set("key-file"), "cert-file", "etcd serves its clients without a certificate of its own")
	demand(on("client-cert-auth") && set("trusted-ca-file"), "client-cert-auth", "etcd takes clients without a certificate")
	demand(!on("auto-tls"), "auto-tls", "etcd signs its own certificate, which no client can check")
	if !strings.Contains(etcd.Flag("initial-cluster").Text, ",") {
		return hits
	}
	demand(set("peer-cert-file") && set("peer-key-file"), "peer-cert-file", "etcd talks to its peers without a certificate")
	demand(on("peer-client-cert-auth") && set("peer-trusted-ca-file"), "peer-client-cert-auth", "etcd takes peers without a certificate")
	demand(!on("peer-auto-tls"), "peer-auto-tls", "etcd signs its own certificate for peers, which none can check")
	return hits
}

// sharedAuthority: where one authority signs the clients of both, whoever has a
// certificate for the API server may talk to etcd too, past all authorization.
func sharedAuthority(inv *kube.Inventory, etcd flags.Program) []scanners.Hit {
	authority := etcd.Flag("trusted-ca-file")
	if !authority.Set || authority.Text != flags.Of(inv, "client-ca-file").Text {
		return nil
	}
	return []scanners.Hit{{
		Object: etcd.Object, Path: etcd.Path + ".command", Key: "trusted-ca-file", Severity: scanners.High,
		Message: "etcd trusts the authority that signs the API server's clients, so that each of their certificates opens etcd too: give it an authority of its own",
	}}
}
