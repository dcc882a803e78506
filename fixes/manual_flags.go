package fixes

import (
	"fmt"
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners/flags"
)

// flag is one flag of a program; drop takes it out.
type flag struct {
	name, value string
	drop        bool
}

// flagManuals are the flags of the API server.
func flagManuals() []manual {
	const theirs = "the API server's flags stand where it is started, which the API doesn't reach"
	of := func(check string, steps func(*guide)) manual { return manual{check, theirs, steps} }
	return []manual{
		of("api/flag-authorization-mode", func(g *guide) {
			modes := []string{"Node", "RBAC"}
			for _, mode := range flags.Of(g.inv, "authorization-mode").List() {
				if mode != "AlwaysAllow" && !slices.Contains(modes, mode) {
					modes = append(modes, mode)
				}
			}
			g.say("Whoever relied on the open door is locked out then: see that you are bound to a role yourself.")
			g.run("kubectl auth can-i '*' '*' --all-namespaces")
			g.apiServerFlags(flag{name: "authorization-mode", value: strings.Join(modes, ",")})
		}),
		of("api/flag-admission-plugins", (*guide).admissionPlugins),
		of("api/flag-token-auth-file", func(g *guide) {
			g.say("On a control-plane node, as root, see who has a token in that file; give them certificates, OIDC or ServiceAccounts first:")
			g.run("cut -d, -f2- %s", flags.Of(g.inv, "token-auth-file").Text)
			g.apiServerFlags(flag{name: "token-auth-file", drop: true})
		}),
		of("api/flag-kubelet-client-certificate", func(g *guide) {
			g.apiServerFlags(flag{name: "kubelet-client-certificate", value: "/etc/kubernetes/pki/apiserver-kubelet-client.crt"},
				flag{name: "kubelet-client-key", value: "/etc/kubernetes/pki/apiserver-kubelet-client.key"})
		}),
		of("api/flag-kubelet-certificate-authority", func(g *guide) {
			g.say("The kubelets' own certificates must be signed by that authority first, or logs, exec and metrics fail: see that")
			g.say("each node has an approved request of this kind (node/kubelet-serving-certificate).")
			g.run("kubectl get csr --field-selector spec.signerName=kubernetes.io/kubelet-serving")
			g.apiServerFlags(flag{name: "kubelet-certificate-authority", value: "/etc/kubernetes/pki/ca.crt"})
		}),
		of("api/flag-service-account-lookup", func(g *guide) { g.apiServerFlags(flag{name: "service-account-lookup", value: "true"}) }),
		of("api/flag-service-account-extend-token-expiration", func(g *guide) {
			g.say("Programs that read their token once and never again fail after an hour then: see who still uses an old one")
			g.run("kubectl get --raw /metrics | grep ^serviceaccount_stale_tokens_total")
			g.apiServerFlags(flag{name: "service-account-extend-token-expiration", value: "false"})
		}),
		of("api/flag-tls-cipher-suites", (*guide).tlsFlags),
		of("api/flag-profiling", func(g *guide) { g.apiServerFlags(flag{name: "profiling", value: "false"}) }),
		of("api/anonymous-access", (*guide).anonymousHealthOnly),
	}
}

func (g *guide) admissionPlugins() {
	enabled := flags.Of(g.inv, "enable-admission-plugins").List()
	disabled := flags.Of(g.inv, "disable-admission-plugins").List()
	switch plugin := g.finding.Key; plugin {
	case "NodeRestriction":
		g.apiServerFlags(flag{name: "enable-admission-plugins", value: strings.Join(append(enabled, plugin), ",")})
	case "AlwaysAdmit":
		g.apiServerFlags(without("enable-admission-plugins", enabled, plugin))
	default:
		g.apiServerFlags(without("disable-admission-plugins", disabled, plugin))
	}
}

// without is a flag that no longer lists an item, or is gone with its last.
func without(name string, list []string, item string) flag {
	left := slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == item })
	return flag{name: name, value: strings.Join(left, ","), drop: len(left) == 0}
}

func (g *guide) tlsFlags() {
	if g.finding.Key == "tls-min-version" {
		g.apiServerFlags(flag{name: "tls-min-version", value: "VersionTLS12"})
		return
	}
	g.apiServerFlags(without("tls-cipher-suites", flags.Of(g.inv, "tls-cipher-suites").List(), g.finding.Key))
}

// anonymousHealthOnly keeps the pages that load balancers ask without
// credentials, and nothing else.
func (g *guide) anonymousHealthOnly() {
	const file = "/etc/kubernetes/pki/authentication.yaml"
	g.say("On each control-plane node%s, as root, let requests without credentials see the health pages alone", g.controlPlane())
	g.say("(where --oidc flags are set, move those into this file as well):")
	g.run("printf %s > %s", `apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\nanonymous:\n  enabled: true\n  conditions:\n  - path: /livez\n  - path: /readyz\n  - path: /healthz\n`, file)
	g.apiServerFlags(flag{name: "anonymous-auth", drop: true}, flag{name: "authentication-config", value: file})
}

// apiServerFlags says how to set flags of kube-apiserver where it is started.
func (g *guide) apiServerFlags(set ...flag) {
	if provider, managed := kube.ProviderOf(g.inv.Source.Version, g.inv.Nodes); managed {
		g.say("%s runs this control plane, and sets its flags. What it lets you choose is in its own settings; ask it for:", provider.Name)
		for _, f := range set {
			g.say("  %s", f)
		}
		return
	}
	g.manifestFlags("kube-apiserver", set...)
	g.say("The API server is down for some seconds meanwhile. When it answers again, go on with the next node:")
	g.run("until kubectl get --raw /readyz; do sleep 2; done")
	g.run("kiln scan --check %s", g.finding.Check)
}

func (f flag) String() string {
	if f.drop {
		return fmt.Sprintf("no --%s", f.name)
	}
	return fmt.Sprintf("--%s=%s", f.name, f.value)
}

// manifestFlags edits the static pod's manifest where kubeadm keeps it.
func (g *guide) manifestFlags(program string, set ...flag) {
	manifest, before := "/etc/kubernetes/manifests/"+program+".yaml", "/root/"+program+".yaml.before"
	g.say("On each control-plane node%s, one after the other, as root:", g.controlPlane())
	g.run("cp %s %s", manifest, before)
	script := []string{}
	for _, f := range set {
		script = append(script, fmt.Sprintf(`/^ *- --%s\(=.*\)\?$/d`, f.name))
	}
	for _, f := range set {
		if !f.drop {
			script = append(script, fmt.Sprintf(`s#^\( *\)- %s$#&\n\1- --%s=%s#`, program, f.name, f.value))
		}
	}
	words := make([]string, len(script))
	for i, s := range script {
		words[i] = "-e " + quote(s)
	}
	g.run("sed -i %s %s", raw(strings.Join(words, " ")), manifest)
	g.run("diff %s %s", before, manifest)
	g.say("The kubelet restarts it by itself. If it doesn't come up, copy %s back. (Without such a manifest, the flags stand in its systemd unit or the installer's settings.)", before)
}

// controlPlane names the nodes with that role: " (node-1, node-2)".
func (g *guide) controlPlane() string {
	var names []string
	for _, n := range g.inv.Nodes {
		if _, is := n.Labels["node-role.kubernetes.io/control-plane"]; is {
			names = append(names, n.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return " (" + strings.Join(names, ", ") + ")"
}
