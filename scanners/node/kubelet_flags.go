package node

import (
	"time"

	kubeletconfig "k8s.io/kubelet/config/v1beta1"

	"kiln/kube"
	"kiln/scanners/flags"
)

// kubeletPod is a kubelet that a manifest starts, with what its flags say.
type kubeletPod struct {
	flags.Program
	config *kubeletconfig.KubeletConfiguration
}

// kubeletsInManifests leaves out those that take a configuration file, which
// may say anything. Kubelets of a cluster tell their own configuration.
func kubeletsInManifests(inv *kube.Inventory) []kubeletPod {
	if !inv.FromFiles() {
		return nil
	}
	var found []kubeletPod
	for _, p := range flags.Programs(inv, "kubelet") {
		if !p.Flag("config").Set {
			found = append(found, kubeletPod{p, fromFlags(p)})
		}
	}
	return found
}

// fromFlags fills in the defaults of flags, which are open where those of
// files are closed.
func fromFlags(p flags.Program) *kubeletconfig.KubeletConfiguration {
	anonymous, chains, seccomp := p.Flag("anonymous-auth").Bool(true), p.Flag("make-iptables-util-chains").Bool(true), p.Flag("seccomp-default").Bool(false)
	c := &kubeletconfig.KubeletConfiguration{
		ReadOnlyPort:           10255,
		RotateCertificates:     p.Flag("rotate-certificates").Bool(false),
		ServerTLSBootstrap:     p.Flag("rotate-server-certificates").Bool(false),
		TLSCertFile:            p.Flag("tls-cert-file").Text,
		TLSCipherSuites:        p.Flag("tls-cipher-suites").List(),
		TLSMinVersion:          p.Flag("tls-min-version").Text,
		ProtectKernelDefaults:  p.Flag("protect-kernel-defaults").Bool(false),
		MakeIPTablesUtilChains: &chains,
		SeccompDefault:         &seccomp,
	}
	c.Authentication.Anonymous.Enabled = &anonymous
	c.Authentication.X509.ClientCAFile = p.Flag("client-ca-file").Text
	c.Authorization.Mode = kubeletconfig.KubeletAuthorizationModeAlwaysAllow
	if mode := p.Flag("authorization-mode"); mode.Set {
		c.Authorization.Mode = kubeletconfig.KubeletAuthorizationMode(mode.Text)
	}
	if port := p.Flag("read-only-port"); port.Set {
		c.ReadOnlyPort = int32(port.Int())
	}
	c.StreamingConnectionIdleTimeout.Duration = 4 * time.Hour
	if timeout, err := time.ParseDuration(p.Flag("streaming-connection-idle-timeout").Text); err == nil {
		c.StreamingConnectionIdleTimeout.Duration = timeout
	}
	if limit := p.Flag("pod-max-pids"); limit.Set {
		pids := int64(limit.Int())
		c.PodPidsLimit = &pids
	}
	if rate := p.Flag("event-qps"); rate.Set {
		events := int32(rate.Int())
		c.EventRecordQPS = &events
	}
	return c
}
