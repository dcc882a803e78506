package fixes

import (
	"fmt"
	"strings"
)

// kubeletFile is where kubeadm keeps a kubelet's configuration.
const kubeletFile = "/var/lib/kubelet/config.yaml"

// kubeletManuals are the settings of the kubelets, which lie in a file on each
// node.
func kubeletManuals() []manual {
	setting := func(check string, change func(*guide)) manual {
		return manual{
			check: "node/kubelet-" + check, why: "a kubelet's settings lie in a file on its node, which the API doesn't reach",
			steps: func(g *guide) { g.kubeletSetting(change) },
		}
	}
	return []manual{
		setting("anonymous-auth", func(g *guide) {
			g.run(`sed -i '/^  anonymous:/,/enabled:/ s/enabled:.*/enabled: false/' %s`, kubeletFile)
		}),
		setting("authorization", func(g *guide) {
			g.run(`sed -i '/^authorization:/,/mode:/ s/mode:.*/mode: Webhook/' %s`, kubeletFile)
		}),
		setting("client-ca", func(g *guide) {
			g.run(`sed -i -e '/^  x509:/,/clientCAFile:/d' -e 's#^authentication:.*#authentication:\n  x509:\n    clientCAFile: /etc/kubernetes/pki/ca.crt#' %s`, kubeletFile)
		}),
		setting("read-only-port", topLevel("readOnlyPort", "0")),
		setting("streaming-timeout", topLevel("streamingConnectionIdleTimeout", "4h0m0s")),
		setting("serving-certificate", topLevel("serverTLSBootstrap", "true")),
		setting("certificate-rotation", topLevel("rotateCertificates", "true")),
		setting("pid-limit", topLevel("podPidsLimit", "4096")),
		setting("seccomp-default", topLevel("seccompDefault", "true")),
		setting("kernel-defaults", topLevel("protectKernelDefaults", "true")),
		setting("firewall-chains", topLevel("makeIPTablesUtilChains", "true")),
		setting("event-rate", topLevel("eventRecordQPS", "50")),
		setting("tls-cipher-suites", func(g *guide) {
			g.run(`sed -i '/^tlsCipherSuites:/,/^[a-zA-Z]/ {/^tlsCipherSuites:/d; /^- /d; /^  - /d}' %s`, kubeletFile)
			topLevel("tlsMinVersion", "VersionTLS12")(g)
		}),
	}
}

// topLevel sets a field that stands alone on its line.
func topLevel(field, value string) func(*guide) {
	return func(g *guide) {
		g.run(`sed -i '/^%s:/d' %s`, raw(field), kubeletFile)
		g.run(`echo %s >> %s`, field+": "+value, kubeletFile)
	}
}

func (g *guide) kubeletSetting(change func(*guide)) {
	node := g.finding.Object.Name
	g.say("On node %s, as root (managed clusters have this among the settings of the node pool):", node)
	g.run("cp %s %s", kubeletFile, kubeletFile+".before")
	change(g)
	g.run("systemctl restart kubelet")
	if g.finding.Check == "node/kubelet-serving-certificate" {
		g.say("From anywhere, approve the certificate that it asks for, and no other:")
		g.run("kubectl get csr --field-selector spec.signerName=kubernetes.io/kubelet-serving -o wide")
		g.run("kubectl certificate approve \"$(kubectl get csr -o jsonpath=%s)\"",
			fmt.Sprintf(`{.items[?(@.spec.username=="system:node:%s")].metadata.name}`, node))
	}
	g.say("A flag of the same name in the kubelet's unit wins over the file. Look at what it runs with now:")
	g.run("kubectl get --raw %s | jq %s", "/api/v1/nodes/"+node+"/proxy/configz", ".kubeletconfig."+g.finding.Path)
	g.run("kubectl get %s", raw(quote("node/"+node)))
	g.say("If the node doesn't become Ready again, take it back on the node:")
	g.run("cp %s %s", kubeletFile+".before", kubeletFile)
	g.run("systemctl restart kubelet")
}

// minorOf is 1.33 of v1.33.4-gke.100.
func minorOf(version string) string {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	if len(parts) < 2 {
		return strings.TrimPrefix(version, "v")
	}
	return parts[0] + "." + parts[1]
}

// plainVersion is 1.33.4 of v1.33.4-gke.100.
func plainVersion(version string) string {
	version, _, _ = strings.Cut(strings.TrimPrefix(version, "v"), "-")
	version, _, _ = strings.Cut(version, "+")
	return version
}
