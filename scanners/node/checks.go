// Package node holds the checks of the node layer: the machines, as far as the
// API shows them, and their kubelets.
package node

import (
	"embed"

	"kiln/scanners"
)

//go:embed *.md
var lessons embed.FS

// Introduction tells what the layer is about, in Markdown.
func Introduction() string { return scanners.LayerIntroduction(lessons) }

// Checks are all checks of the layer.
func Checks(cfg scanners.Config) []scanners.Check {
	tools := cfg.AllTools()
	return scanners.WithLessons(lessons, []scanners.Check{
		outdatedKubelet(),
		kubeletSkew(),
		outdatedRuntime(),
		outdatedKernel(),
		unmanagedOS(),
		externalIP(),
		notReadySecurity(),
		noIsolation(),
		noIntegrityMonitor(tools),
		kubeletAnonymousAuth(),
		kubeletAuthorization(),
		kubeletClientCA(),
		kubeletReadOnlyPort(),
		kubeletStreamingTimeout(),
		kubeletServingCertificate(),
		kubeletCertificateRotation(),
		kubeletPIDLimit(),
		kubeletSeccompDefault(),
		kubeletFiles(),
		controlPlaneFiles(),
		pkiFiles(),
		etcdData(),
		cniFiles(),
		writableUnits(),
		noMandatoryAccessControl(),
		kernelSettings(),
		loginUsers(),
		openPorts(),
		kubeletKernelDefaults(),
		kubeletTLSCipherSuites(),
		kubeletFirewallChains(),
		kubeletEventRate(),
		kubeProxyMetrics(),
	})
}
