package api

import (
	"crypto/tls"
	"slices"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

func flagTLSCipherSuites() scanners.Check {
	return flagCheck{
		id: "api/flag-tls-cipher-suites", title: "The API server accepts weak ciphers or old TLS",
		severity: scanners.Low, references: []string{"CIS 1.2.29", "C-0277"},
		faults: tlsFaults,
	}.check()
}

// tlsFaults reports what was made weaker than the defaults: TLS 1.2, and only
// suites that Go itself thinks secure.
func tlsFaults(inv *kube.Inventory) []fault {
	var faults []fault
	if v := flags.Of(inv, "tls-min-version").Text; v == "VersionTLS10" || v == "VersionTLS11" {
		faults = append(faults, fault{key: "tls-min-version", message: "accepts " + v + ": set --tls-min-version=VersionTLS12 or higher"})
	}
	for _, suite := range flags.Of(inv, "tls-cipher-suites").List() {
		if weakSuite(suite) {
			faults = append(faults, fault{key: suite, message: "accepts the weak cipher suite " + suite + ": remove it from --tls-cipher-suites"})
		}
	}
	return faults
}

func weakSuite(name string) bool {
	return slices.ContainsFunc(tls.InsecureCipherSuites(), func(s *tls.CipherSuite) bool { return s.Name == name })
}
