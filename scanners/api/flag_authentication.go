package api

import (
	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

func anonymousAccess() scanners.Check {
	return flagCheck{
		id: "api/anonymous-access", title: "The API server answers requests without credentials",
		severity: scanners.Info, references: []string{"CIS 1.2.1", "C-0113", "KCV0001"},
		file: "authentication-config",
		faults: func(inv *kube.Inventory) []fault {
			return faultIf(flags.Of(inv, "anonymous-auth").Bool(true),
				"lets anonymous requests in, and bindings decide what they may do (see api/anonymous-binding): set --anonymous-auth=false, or an AuthenticationConfiguration for the health pages alone")
		},
	}.check()
}

func flagTokenAuthFile() scanners.Check {
	return flagCheck{
		id: "api/flag-token-auth-file", title: "The API server accepts tokens that never expire from a file",
		severity: scanners.High, references: []string{"CIS 1.2.2", "C-0114", "KCV0002"},
		faults: func(inv *kube.Inventory) []fault {
			faults := faultIf(flags.Of(inv, "token-auth-file").Set, "takes static tokens from a file: drop --token-auth-file")
			if flags.Of(inv, "basic-auth-file").Set {
				faults = append(faults, fault{key: "basic-auth-file", message: "takes passwords from a file: drop --basic-auth-file"})
			}
			return faults
		},
	}.check()
}

func flagProfiling() scanners.Check {
	return flagCheck{
		id: "api/flag-profiling", title: "The API server offers its profiler",
		severity: scanners.Low, references: []string{"CIS 1.2.15", "C-0129", "KCV0018"},
		faults: func(inv *kube.Inventory) []fault {
			return faultIf(flags.Of(inv, "profiling").Bool(true), "serves /debug/pprof: set --profiling=false")
		},
	}.check()
}

func flagKubeletCertificateAuthority() scanners.Check {
	return flagCheck{
		id: "api/flag-kubelet-certificate-authority", title: "The API server talks to kubelets without knowing that they are kubelets",
		severity: scanners.Medium, references: []string{"CIS 1.2.5", "C-0117", "KCV0006"},
		faults: func(inv *kube.Inventory) []fault {
			faults := faultIf(!flags.Of(inv, "kubelet-certificate-authority").Set,
				"doesn't verify the kubelets' certificates: set --kubelet-certificate-authority")
			if !flags.Of(inv, "kubelet-https").Bool(true) {
				faults = append(faults, fault{key: "kubelet-https", severity: scanners.High, message: "talks to kubelets in the clear: drop --kubelet-https=false"})
			}
			return faults
		},
	}.check()
}

func flagKubeletClientCertificate() scanners.Check {
	return flagCheck{
		id: "api/flag-kubelet-client-certificate", title: "The API server can't prove to kubelets who it is",
		severity: scanners.High, references: []string{"CIS 1.2.4", "C-0116", "KCV0005"},
		faults: func(inv *kube.Inventory) []fault {
			certified := flags.Of(inv, "kubelet-client-certificate").Set && flags.Of(inv, "kubelet-client-key").Set
			return faultIf(!certified, "shows kubelets no certificate: set --kubelet-client-certificate and --kubelet-client-key")
		},
	}.check()
}

func flagServiceAccountLookup() scanners.Check {
	return flagCheck{
		id: "api/flag-service-account-lookup", title: "Tokens of deleted ServiceAccounts stay valid",
		severity: scanners.Medium, references: []string{"CIS 1.2.21", "C-0135"},
		faults: func(inv *kube.Inventory) []fault {
			return faultIf(!flags.Of(inv, "service-account-lookup").Bool(true),
				"doesn't look whether a token's ServiceAccount still exists: drop --service-account-lookup=false")
		},
	}.check()
}

func flagServiceAccountExtendTokenExpiration() scanners.Check {
	return flagCheck{
		id: "api/flag-service-account-extend-token-expiration", title: "Pods' tokens are valid for a year instead of an hour",
		severity: scanners.Low, references: []string{"CIS 1.2.30", "C-0290"},
		faults: func(inv *kube.Inventory) []fault {
			return faultIf(flags.Of(inv, "service-account-extend-token-expiration").Bool(true),
				"lengthens pods' tokens to a year: set --service-account-extend-token-expiration=false")
		},
	}.check()
}
