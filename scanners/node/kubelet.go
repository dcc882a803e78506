package node

import (
	"crypto/tls"
	"fmt"
	"slices"

	kubeletconfig "k8s.io/kubelet/config/v1beta1"

	"kiln/scanners"
)

func kubeletAnonymousAuth() scanners.Check {
	return setting{
		id: "node/kubelet-anonymous-auth", title: "A kubelet answers requests without credentials",
		severity: scanners.High, references: []string{"CIS 4.2.1", "C-0069", "C-0172"},
		field: "authentication.anonymous.enabled",
		fault: func(c *kubeletconfig.KubeletConfiguration) string {
			if isTrue(c.Authentication.Anonymous.Enabled) {
				return "true, so that anybody who reaches port 10250 is let in as system:anonymous"
			}
			return ""
		},
	}.check()
}

func kubeletAuthorization() scanners.Check {
	return setting{
		id: "node/kubelet-authorization", title: "A kubelet lets every authenticated request through",
		severity: scanners.Critical, references: []string{"CIS 4.2.2", "C-0173"},
		field: "authorization.mode",
		fault: func(c *kubeletconfig.KubeletConfiguration) string {
			if c.Authorization.Mode == kubeletconfig.KubeletAuthorizationModeAlwaysAllow {
				return "AlwaysAllow, so that whoever is let in may run commands in each pod"
			}
			return ""
		},
	}.check()
}

func kubeletClientCA() scanners.Check {
	return setting{
		id: "node/kubelet-client-ca", title: "A kubelet has no authority to check client certificates with",
		severity: scanners.High, references: []string{"CIS 4.2.3", "C-0070", "C-0174"},
		field: "authentication.x509.clientCAFile",
		fault: func(c *kubeletconfig.KubeletConfiguration) string {
			if c.Authentication.X509.ClientCAFile == "" {
				return "nothing, so that the API server can't prove to it who it is"
			}
			return ""
		},
	}.check()
}

func kubeletReadOnlyPort() scanners.Check {
	return setting{
		id: "node/kubelet-read-only-port", title: "A kubelet tells everybody about its pods on the read-only port",
		severity: scanners.Medium, references: []string{"CIS 4.2.4", "C-0175"},
		field: "readOnlyPort",
		fault: func(c *kubeletconfig.KubeletConfiguration) string {
			if c.ReadOnlyPort != 0 {
				return fmt.Sprintf("%d, where it shows all its pods' specs without authentication", c.ReadOnlyPort)
			}
			return ""
		},
	}.check()
}

func kubeletStreamingTimeout() scanners.Check {
	return setting{
		id: "node/kubelet-streaming-timeout", title: "A kubelet never closes idle exec and attach sessions",
		severity: scanners.Low, references: []string{"CIS 4.2.5", "C-0176"},
		field: "streamingConnectionIdleTimeout",
		fault: func(c *kubeletconfig.KubeletConfiguration) string {
			if c.StreamingConnectionIdleTimeout.Duration == 0 {
				return "0, so that idle exec, attach and port-forward sessions stay open for ever"
			}
			return ""
		},
	}.check()
}

func kubeletServingCertificate() scanners.Check {
	return setting{
		id: "node/kubelet-serving-certificate", title: "A kubelet serves a certificate that nobody can verify",
		severity: scanners.Medium, references: []string{"CIS 4.2.9", "CIS 4.2.11", "C-0181", "C-0183"},
		field: "serverTLSBootstrap",
		fault: func(c *kubeletconfig.KubeletConfiguration) string {
			if !c.ServerTLSBootstrap && c.TLSCertFile == "" {
				return "false and no tlsCertFile, so that it signs its own certificate"
			}
			return ""
		},
	}.check()
}

func kubeletCertificateRotation() scanners.Check {
	return setting{
		id: "node/kubelet-certificate-rotation", title: "A kubelet doesn't renew its client certificate",
		severity: scanners.Low, references: []string{"CIS 4.2.10", "C-0182"},
		field: "rotateCertificates",
		fault: func(c *kubeletconfig.KubeletConfiguration) string {
			if !c.RotateCertificates {
				return "false, so that the certificate lasts long, or runs out and the node is lost"
			}
			return ""
		},
	}.check()
}

func kubeletPIDLimit() scanners.Check {
	return setting{
		id: "node/kubelet-pid-limit", title: "A pod may start as many processes as the node can hold",
		severity: scanners.Low, references: []string{"CIS 4.2.13", "C-0284"},
		field: "podPidsLimit",
		fault: func(c *kubeletconfig.KubeletConfiguration) string {
			if c.PodPidsLimit == nil || *c.PodPidsLimit <= 0 {
				return "no limit, so that one fork bomb takes the node down"
			}
			return ""
		},
	}.check()
}

func kubeletSeccompDefault() scanners.Check {
	return setting{
		id: "node/kubelet-seccomp-default", title: "Containers run without a seccomp profile unless they ask for one",
		severity: scanners.Medium, references: []string{"CIS 4.2.14", "CIS 5.6.2"},
		field: "seccompDefault",
		fault: func(c *kubeletconfig.KubeletConfiguration) string {
			if !isTrue(c.SeccompDefault) {
				return "false, so that pods without a profile of their own run unconfined"
			}
			return ""
		},
	}.check()
}

func kubeletKernelDefaults() scanners.Check {
	return setting{
		id: "node/kubelet-kernel-defaults", title: "A kubelet changes kernel settings that somebody chose",
		severity: scanners.Low, references: []string{"CIS 4.2.6 (1.23)", "C-0177"},
		field: "protectKernelDefaults",
		fault: func(c *kubeletconfig.KubeletConfiguration) string {
			if !c.ProtectKernelDefaults {
				return "false, so that it overwrites the kernel settings of the node without a word"
			}
			return ""
		},
	}.check()
}

func kubeletTLSCipherSuites() scanners.Check {
	return setting{
		id: "node/kubelet-tls-cipher-suites", title: "A kubelet accepts weak ciphers or old TLS",
		severity: scanners.Low, references: []string{"CIS 4.2.12", "C-0184"},
		field: "tlsCipherSuites",
		fault: func(c *kubeletconfig.KubeletConfiguration) string {
			for _, suite := range tls.InsecureCipherSuites() {
				if slices.Contains(c.TLSCipherSuites, suite.Name) {
					return "the weak suite " + suite.Name
				}
			}
			if c.TLSMinVersion == "VersionTLS10" || c.TLSMinVersion == "VersionTLS11" {
				return "its default, and tlsMinVersion " + c.TLSMinVersion
			}
			return ""
		},
	}.check()
}

func kubeletFirewallChains() scanners.Check {
	return setting{
		id: "node/kubelet-firewall-chains", title: "A kubelet doesn't keep its part of the node's firewall",
		severity: scanners.Low, references: []string{"CIS 4.2.6", "C-0178"},
		field: "makeIPTablesUtilChains",
		fault: func(c *kubeletconfig.KubeletConfiguration) string {
			if c.MakeIPTablesUtilChains != nil && !*c.MakeIPTablesUtilChains {
				return "false, so that rules on which others rely are missing from the firewall"
			}
			return ""
		},
	}.check()
}

func kubeletEventRate() scanners.Check {
	return setting{
		id: "node/kubelet-event-rate", title: "A kubelet writes events without a limit, or hardly any",
		severity: scanners.Low, references: []string{"CIS 4.2.8", "C-0180"},
		field: "eventRecordQPS",
		fault: func(c *kubeletconfig.KubeletConfiguration) string {
			const fewest = 5 // the default until 1.27; it is 50 since
			switch rate := c.EventRecordQPS; {
			case rate == nil || *rate >= fewest:
				return ""
			case *rate == 0:
				return "0, no limit, so that one crashing pod can flood the API server with events"
			default:
				return fmt.Sprintf("%d, so that events are lost when much happens at once", *rate)
			}
		},
	}.check()
}

func isTrue(b *bool) bool { return b != nil && *b }
