package node

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubeletconfig "k8s.io/kubelet/config/v1beta1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/scantest"
)

func node(version, addresses string) string {
	return "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {nodeInfo: {kubeletVersion: " + version + "}, addresses: [" + addresses + "]}\n"
}

func TestVersions(t *testing.T) {
	at := []string{"Node/n1 | status.nodeInfo.kubeletVersion"}
	scantest.Judge(t, outdatedKubelet(), []scantest.Verdict{
		{Name: "supported", Objects: node("v1.35.2", "")},
		{Name: "supported, of a vendor", Objects: node("v1.35.2-eks-abc123", "")},
		{Name: "ended", Objects: node("v1.32.9", ""), Want: at},
		{Name: "unreadable", Objects: node("unknown", ""), Unknown: "node n1"},
	})
	server := func(version string) func(*kube.Inventory) {
		return func(inv *kube.Inventory) { inv.Source.Version = version }
	}
	scantest.Judge(t, kubeletSkew(), []scantest.Verdict{
		{Name: "the same", Objects: node("v1.36.3", ""), Change: server("v1.36.0")},
		{Name: "three behind", Objects: node("v1.33.0", ""), Change: server("v1.36.0")},
		{Name: "four behind", Objects: node("v1.32.0", ""), Change: server("v1.36.0"), Want: at},
		{Name: "two behind, of old", Objects: node("v1.24.0", ""), Change: server("v1.26.0")},
		{Name: "three behind, of old", Objects: node("v1.24.0", ""), Change: server("v1.27.0"), Want: at},
		{Name: "newer", Objects: node("v1.37.0", ""), Change: server("v1.36.9"), Want: at},
		{Name: "a newer patch", Objects: node("v1.36.9", ""), Change: server("v1.36.0")},
		{Name: "no version of the server", Objects: node("v1.36.9", ""), Change: server(""), Unknown: "can't be read"},
	})
}

func TestPublicAddresses(t *testing.T) {
	scantest.Judge(t, externalIP(), []scantest.Verdict{
		{Name: "public", Objects: node("v1.36.3", `{type: InternalIP, address: 10.0.0.1}, {type: ExternalIP, address: 203.0.113.7}`), Want: []string{"Node/n1 | status.addresses | 203.0.113.7"}},
		{Name: "public, and called internal", Objects: node("v1.36.3", `{type: InternalIP, address: "2001:db8::7"}`), Want: []string{"Node/n1 | status.addresses | 2001:db8::7"}},
		{Name: "private", Objects: node("v1.36.3", `{type: InternalIP, address: 192.168.0.4}, {type: InternalIP, address: "fd00::4"}, {type: Hostname, address: n1}`)},
		{Name: "a provider's own network", Objects: node("v1.36.3", `{type: ExternalIP, address: 100.64.0.9}`)},
	})
}

// sound is a live configuration without a fault.
func sound() *kubeletconfig.KubeletConfiguration {
	no, yes, pids := false, true, int64(1024)
	c := &kubeletconfig.KubeletConfiguration{
		ServerTLSBootstrap: true, RotateCertificates: true, PodPidsLimit: &pids, SeccompDefault: &yes,
		ProtectKernelDefaults: true, MakeIPTablesUtilChains: &yes, TLSMinVersion: "VersionTLS12",
		StreamingConnectionIdleTimeout: metav1.Duration{Duration: 4 * time.Hour},
	}
	c.Authentication.Anonymous.Enabled = &no
	c.Authentication.X509.ClientCAFile = "/etc/kubernetes/pki/ca.crt"
	c.Authorization.Mode = kubeletconfig.KubeletAuthorizationModeWebhook
	return c
}

func TestKubeletSettings(t *testing.T) {
	yes, no, unlimited := true, false, int64(-1)
	for _, tt := range []struct {
		check scanners.Check
		spoil func(*kubeletconfig.KubeletConfiguration)
		field string
	}{
		{kubeletAnonymousAuth(), func(c *kubeletconfig.KubeletConfiguration) { c.Authentication.Anonymous.Enabled = &yes }, "authentication.anonymous.enabled"},
		{kubeletAuthorization(), func(c *kubeletconfig.KubeletConfiguration) { c.Authorization.Mode = "AlwaysAllow" }, "authorization.mode"},
		{kubeletClientCA(), func(c *kubeletconfig.KubeletConfiguration) { c.Authentication.X509.ClientCAFile = "" }, "authentication.x509.clientCAFile"},
		{kubeletReadOnlyPort(), func(c *kubeletconfig.KubeletConfiguration) { c.ReadOnlyPort = 10255 }, "readOnlyPort"},
		{kubeletStreamingTimeout(), func(c *kubeletconfig.KubeletConfiguration) { c.StreamingConnectionIdleTimeout = metav1.Duration{} }, "streamingConnectionIdleTimeout"},
		{kubeletServingCertificate(), func(c *kubeletconfig.KubeletConfiguration) { c.ServerTLSBootstrap = false }, "serverTLSBootstrap"},
		{kubeletCertificateRotation(), func(c *kubeletconfig.KubeletConfiguration) { c.RotateCertificates = false }, "rotateCertificates"},
		{kubeletPIDLimit(), func(c *kubeletconfig.KubeletConfiguration) { c.PodPidsLimit = &unlimited }, "podPidsLimit"},
		{kubeletKernelDefaults(), func(c *kubeletconfig.KubeletConfiguration) { c.ProtectKernelDefaults = false }, "protectKernelDefaults"},
		{kubeletTLSCipherSuites(), func(c *kubeletconfig.KubeletConfiguration) {
			c.TLSCipherSuites = []string{"TLS_AES_128_GCM_SHA256", "TLS_RSA_WITH_RC4_128_SHA"}
		}, "tlsCipherSuites"},
		{kubeletTLSCipherSuites(), func(c *kubeletconfig.KubeletConfiguration) { c.TLSMinVersion = "VersionTLS10" }, "tlsCipherSuites"},
		{kubeletFirewallChains(), func(c *kubeletconfig.KubeletConfiguration) { c.MakeIPTablesUtilChains = &no }, "makeIPTablesUtilChains"},
		{kubeletEventRate(), func(c *kubeletconfig.KubeletConfiguration) { c.EventRecordQPS = new(int32) }, "eventRecordQPS"},
		{kubeletSeccompDefault(), func(c *kubeletconfig.KubeletConfiguration) { c.SeccompDefault = &no }, "seccompDefault"},
	} {
		kubelets := func(configs ...*kubeletconfig.KubeletConfiguration) func(*kube.Inventory) {
			return func(inv *kube.Inventory) {
				inv.Kubelets = map[string]*kubeletconfig.KubeletConfiguration{}
				for i, c := range configs {
					inv.Kubelets[[]string{"n1", "n2"}[i]] = c
				}
			}
		}
		spoilt := sound()
		tt.spoil(spoilt)
		scantest.Judge(t, tt.check, []scantest.Verdict{
			{Name: "sound", Objects: node("v1.36.3", ""), Change: kubelets(sound())},
			{Name: "one of two", Objects: node("v1.36.3", ""), Change: kubelets(sound(), spoilt), Want: []string{"Node/n2 | " + tt.field}},
		})
	}
}

func TestACertificateFromElsewhereIsFine(t *testing.T) {
	c := sound()
	c.ServerTLSBootstrap, c.TLSCertFile = false, "/etc/kubernetes/pki/kubelet.crt"
	inv := &kube.Inventory{Kubelets: map[string]*kubeletconfig.KubeletConfiguration{"n1": c}}
	if hits := kubeletServingCertificate().Find(inv).Hits; len(hits) > 0 {
		t.Errorf("found %+v", hits)
	}
}

func TestKubeletsThatNobodyAskedAreUnknown(t *testing.T) {
	for _, r := range scanners.Evaluate(Checks(scanners.DefaultConfig()), scantest.Files(t, node("v1.36.3", ""))) {
		if len(r.Check.Reads) == 1 && r.Status != scanners.NotKnown {
			t.Errorf("%s: %s", r.Check.ID, r.Status)
		}
	}
}

func TestKubeletConfigurationsInManifests(t *testing.T) {
	const kubelet = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
	at := func(field string) []string { return []string{"KubeletConfiguration/- | " + field} }
	for _, tt := range []struct {
		check     scanners.Check
		good, bad string
		field     string
	}{
		{kubeletAnonymousAuth(), "", "authentication: {anonymous: {enabled: true}}", "authentication.anonymous.enabled"},
		{kubeletAuthorization(), "", "authorization: {mode: AlwaysAllow}", "authorization.mode"},
		{kubeletClientCA(), "authentication: {x509: {clientCAFile: /ca.crt}}", "", "authentication.x509.clientCAFile"},
		{kubeletReadOnlyPort(), "", "readOnlyPort: 10255", "readOnlyPort"},
		{kubeletCertificateRotation(), "rotateCertificates: true", "rotateCertificates: false", "rotateCertificates"},
		{kubeletPIDLimit(), "podPidsLimit: 1024", "", "podPidsLimit"},
		{kubeletFirewallChains(), "", "makeIPTablesUtilChains: false", "makeIPTablesUtilChains"},
		{kubeletEventRate(), "", "eventRecordQPS: 0", "eventRecordQPS"},
	} {
		scantest.Judge(t, tt.check, []scantest.Verdict{
			{Name: "good", Objects: kubelet + tt.good, Files: true},
			{Name: "bad", Objects: kubelet + tt.bad, Files: true, Want: at(tt.field)},
		})
	}
	scantest.Judge(t, kubeletStreamingTimeout(), []scantest.Verdict{
		{Name: "0, which the kubelet takes for its default", Objects: kubelet + "streamingConnectionIdleTimeout: 0s", Files: true},
	})
}

func TestKubeletsThatManifestsStart(t *testing.T) {
	kubelet := func(flags string) string {
		return "{apiVersion: v1, kind: Pod, metadata: {name: k, namespace: default}, spec: {containers: [{name: k, image: x, command: [kubelet], args: [" + flags + "]}]}}"
	}
	at := []string{"Pod/k in default | spec.containers[0].command"}
	for _, tt := range []struct {
		check     scanners.Check
		good, bad string
	}{
		{kubeletAnonymousAuth(), "--anonymous-auth=false", ""},
		{kubeletAuthorization(), "--authorization-mode=Webhook", "--authorization-mode=AlwaysAllow"},
		{kubeletClientCA(), "--client-ca-file=/ca.crt", ""},
		{kubeletReadOnlyPort(), "--read-only-port=0", "--read-only-port=10255"},
		{kubeletStreamingTimeout(), "--streaming-connection-idle-timeout=5m", "--streaming-connection-idle-timeout=0"},
		{kubeletEventRate(), "--event-qps=10", "--event-qps=0"},
		{kubeletFirewallChains(), "", "--make-iptables-util-chains=false"},
		{kubeletServingCertificate(), "--tls-cert-file=/k.crt", ""},
	} {
		scantest.Judge(t, tt.check, []scantest.Verdict{
			{Name: "good", Objects: kubelet(tt.good), Files: true},
			{Name: "bad", Objects: kubelet(tt.bad), Files: true, Want: at},
			{Name: "a file decides", Objects: kubelet("--config=/var/lib/kubelet/config.yaml"), Files: true},
			{Name: "a pod of a cluster", Objects: kubelet(tt.bad)},
		})
	}
}
