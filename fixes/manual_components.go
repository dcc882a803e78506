package fixes

import (
	"strings"

	"kiln/scanners/flags"
)

const (
	controllerManager = "kube-controller-manager"
	scheduler         = "kube-scheduler"
)

// componentManuals are the flags of the control plane's programs that take no
// more than a value.
func componentManuals() []manual {
	const theirs = "the flags of the control plane's programs stand where they are started, which the API doesn't reach"
	of := func(program, check string, set ...flag) manual {
		return manual{check, theirs, func(g *guide) {
			if program == "kube-apiserver" {
				g.apiServerFlags(set...)
				return
			}
			g.manifestFlags(program, set...)
			g.run("kubectl get pods -n kube-system -l %s", "component="+program)
			g.run("kiln scan --check %s", check)
		}}
	}
	const pki = "/etc/kubernetes/pki/"
	profiling, address := flag{name: "profiling", value: "false"}, flag{name: "bind-address", value: "127.0.0.1"}
	return []manual{
		of(controllerManager, "api/flag-controller-manager-credentials", flag{name: "use-service-account-credentials", value: "true"}),
		of(controllerManager, "api/flag-controller-manager-service-account-key", flag{name: "service-account-private-key-file", value: pki + "sa.key"}),
		of(controllerManager, "api/flag-controller-manager-root-ca", flag{name: "root-ca-file", value: pki + "ca.crt"}),
		of(controllerManager, "api/flag-controller-manager-pod-gc", flag{name: "terminated-pod-gc-threshold", value: "1000"}),
		of(controllerManager, "api/flag-controller-manager-profiling", profiling),
		of(controllerManager, "api/flag-controller-manager-bind-address", address),
		of(scheduler, "api/flag-scheduler-profiling", profiling),
		of(scheduler, "api/flag-scheduler-bind-address", address),
		{"api/flag-controller-manager-kubelet-certificates", theirs, (*guide).withoutGate},
		of("kube-apiserver", "api/flag-service-account-key-file", flag{name: "service-account-key-file", value: pki + "sa.pub"}),
		of("kube-apiserver", "api/flag-serving-certificate", flag{name: "tls-cert-file", value: pki + "apiserver.crt"}, flag{name: "tls-private-key-file", value: pki + "apiserver.key"}),
		of("kube-apiserver", "api/flag-client-ca", flag{name: "client-ca-file", value: pki + "ca.crt"}),
		of("kube-apiserver", "api/flag-request-timeout", flag{name: "request-timeout", value: "60s"}),
		of("kube-apiserver", "api/flag-event-rate-limit", flag{name: "enable-priority-and-fairness", value: "true"}),
		{"api/flag-etcd-certificates", theirs, (*guide).etcdCertificates},
		{"api/flag-insecure-port", theirs, (*guide).noInsecurePort},
		{"api/flag-always-pull-images", theirs, func(g *guide) { g.morePlugins("AlwaysPullImages") }},
		{"api/flag-external-ips", theirs, func(g *guide) {
			g.say("Services that claim addresses now keep them; no new claim is let in.")
			g.morePlugins("DenyServiceExternalIPs")
		}},
		{"api/authentication", theirs, (*guide).whoIsWho},
	}
}

func (g *guide) morePlugins(plugin string) {
	enabled := flags.Of(g.inv, "enable-admission-plugins").List()
	g.apiServerFlags(flag{name: "enable-admission-plugins", value: strings.Join(append(enabled, plugin), ",")})
}

// withoutGate takes a feature gate out of the list, as it stands there.
func (g *guide) withoutGate() {
	for _, p := range flags.Programs(g.inv, controllerManager) {
		var left []string
		for gate := range strings.SplitSeq(p.Flag("feature-gates").Text, ",") {
			if !strings.EqualFold(strings.TrimSpace(gate), "RotateKubeletServerCertificate=false") {
				left = append(left, gate)
			}
		}
		g.manifestFlags(controllerManager, flag{name: "feature-gates", value: strings.Join(left, ","), drop: len(left) == 0})
	}
	g.run("kiln scan --check %s", g.finding.Check)
}

func (g *guide) etcdCertificates() {
	if g.finding.Key == "etcd-cafile" {
		g.apiServerFlags(flag{name: "etcd-cafile", value: "/etc/kubernetes/pki/etcd/ca.crt"})
		return
	}
	g.say("On each control-plane node%s, as root, make the certificate if there is none:", g.controlPlane())
	g.run("kubeadm init phase certs apiserver-etcd-client")
	g.apiServerFlags(flag{name: "etcd-certfile", value: "/etc/kubernetes/pki/apiserver-etcd-client.crt"}, flag{name: "etcd-keyfile", value: "/etc/kubernetes/pki/apiserver-etcd-client.key"})
}

func (g *guide) noInsecurePort() {
	switch g.finding.Key {
	case "insecure-port":
		g.apiServerFlags(flag{name: "insecure-port", value: "0"})
	default:
		g.apiServerFlags(flag{name: g.finding.Key, drop: true})
	}
}

// whoIsWho sets whom the API server believes.
func (g *guide) whoIsWho() {
	switch g.finding.Key {
	case "requestheader-allowed-names":
		g.say("kubeadm's proxy bears this name; what proxies of your own bear, their certificates say (CN).")
		g.apiServerFlags(flag{name: "requestheader-allowed-names", value: "front-proxy-client"})
	case "oidc-groups-prefix", "oidc-username-prefix":
		g.say("Bindings name people and groups with the prefix from then on: these name some without it, and need a second subject first.")
		g.run("kubectl get clusterrolebindings,rolebindings -A -o json | jq -r %s",
			`.items[] | . as $b | (.subjects // [])[] | select(.kind != "ServiceAccount" and (.name | startswith("system:") | not)) | $b.kind + " " + ($b.metadata.namespace // "") + "/" + $b.metadata.name + ": " + .kind + " " + .name`)
		g.apiServerFlags(flag{name: g.finding.Key, value: "oidc:"})
	default:
		const file = "/etc/kubernetes/pki/authentication.yaml"
		g.say("On each control-plane node%s, as root, write your identity provider's URL and the client's ID into this file:", g.controlPlane())
		g.run("printf %s > %s", `apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n- issuer:\n    url: https://\n    audiences: []\n  claimMappings:\n    username: {claim: email, prefix: "oidc:"}\n    groups: {claim: groups, prefix: "oidc:"}\n`, file)
		g.run("${EDITOR:-vi} %s", file)
		g.apiServerFlags(flag{name: "authentication-config", value: file})
	}
}
