package api

import (
	"strings"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

func flagServiceAccountKeyFile() scanners.Check {
	return flagCheck{
		id: "api/flag-service-account-key-file", title: "ServiceAccounts' tokens are checked with the key of the serving certificate",
		severity: scanners.Low, references: []string{"CIS 1.2.22", "C-0136"},
		faults: func(inv *kube.Inventory) []fault {
			own := flags.Of(inv, "service-account-key-file").Set || flags.Of(inv, "service-account-signing-endpoint").Set
			return faultIf(!own, "has no key for ServiceAccounts' tokens alone, and takes that of its serving certificate: set --service-account-key-file")
		},
	}.check()
}

func flagServingCertificate() scanners.Check {
	return flagCheck{
		id: "api/flag-serving-certificate", title: "The API server serves a certificate that it signed itself",
		severity: scanners.Medium, references: []string{"CIS 1.2.24", "C-0138"},
		faults: func(inv *kube.Inventory) []fault {
			given := flags.Of(inv, "tls-cert-file").Set && flags.Of(inv, "tls-private-key-file").Set
			return faultIf(!given, "has no certificate and signs one itself, which no client can check: set --tls-cert-file and --tls-private-key-file")
		},
	}.check()
}

func flagClientCA() scanners.Check {
	return flagCheck{
		id: "api/flag-client-ca", title: "The API server can't check client certificates",
		severity: scanners.Low, references: []string{"CIS 1.2.25", "C-0139"},
		file: "authentication-config",
		faults: func(inv *kube.Inventory) []fault {
			return faultIf(!flags.Of(inv, "client-ca-file").Set,
				"knows no authority for client certificates, so that kubelets and components need tokens, which can be copied: set --client-ca-file")
		},
	}.check()
}

func flagEtcdCertificates() scanners.Check {
	return flagCheck{
		id: "api/flag-etcd-certificates", title: "The API server and etcd don't prove to each other who they are",
		severity: scanners.High, references: []string{"CIS 1.2.23", "CIS 1.2.26", "C-0137", "C-0140"},
		faults: etcdCertificateFaults,
	}.check()
}

// etcdCertificateFaults leaves out etcd without TLS, where certificates would
// change nothing: that is data/etcd-tls's.
func etcdCertificateFaults(inv *kube.Inventory) []fault {
	encrypted := false
	for _, server := range flags.Of(inv, "etcd-servers").List() {
		encrypted = encrypted || strings.HasPrefix(server, "https://")
	}
	if !encrypted {
		return nil
	}
	var faults []fault
	if !flags.Of(inv, "etcd-certfile").Set || !flags.Of(inv, "etcd-keyfile").Set {
		faults = append(faults, fault{key: "etcd-certfile", message: "shows etcd no certificate, so that etcd has to let everybody in: set --etcd-certfile and --etcd-keyfile"})
	}
	if !flags.Of(inv, "etcd-cafile").Set {
		faults = append(faults, fault{key: "etcd-cafile", severity: scanners.Medium, message: "checks etcd's certificate against the system's authorities only: set --etcd-cafile"})
	}
	return faults
}

func flagInsecurePort() scanners.Check {
	return flagCheck{
		id: "api/flag-insecure-port", title: "The API server answers on a port without TLS, authentication and authorization",
		severity: scanners.Critical, references: []string{"C-0005", "C-0128", "KCV0017"},
		faults: insecurePortFaults,
	}.check()
}

// insecurePortFaults: the flags are gone since 1.24, and manifests older than
// that still have them. Until 1.20 the port was open unless it was set to 0,
// but which release a manifest is for can't be told from its flags.
func insecurePortFaults(inv *kube.Inventory) []fault {
	var faults []fault
	if port := flags.Of(inv, "insecure-port"); port.Set && port.Text != "0" {
		faults = append(faults, fault{key: "insecure-port", message: "takes every request on port " + port.Text + " as an administrator's: set --insecure-port=0"})
	}
	if address := flags.Of(inv, "insecure-bind-address"); address.Set {
		faults = append(faults, fault{key: "insecure-bind-address", message: "names " + address.Text + " as the address of its insecure port: drop --insecure-bind-address"})
	}
	if flags.Of(inv, "secure-port").Text == "0" {
		faults = append(faults, fault{key: "secure-port", message: "has its port with TLS off: drop --secure-port=0"})
	}
	return faults
}
