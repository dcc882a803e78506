package fixes

import (
	"fmt"

	"kiln/kube"
	"kiln/scanners/flags"
)

// auditManuals are the settings of the API server's audit log and its events.
func auditManuals() []manual {
	const theirs = "the API server's flags stand where it is started, which the API doesn't reach"
	return []manual{
		{"audit/audit-disabled", theirs, (*guide).auditLog},
		{"audit/audit-rotation", theirs, (*guide).rotateAudit},
		{"audit/audit-policy-gaps", theirs, func(g *guide) { g.apiServerFlags(flag{name: "audit-log-truncate-enabled", drop: true}) }},
		{"audit/events-short-lived", theirs, func(g *guide) {
			g.say("A day of events takes more room in etcd; on large clusters ship them away instead.")
			g.apiServerFlags(flag{name: "event-ttl", value: "24h"})
		}},
	}
}

// auditPolicy records who did what; of Secrets and tokens no content, of
// lookups nothing but their head.
const auditPolicy = `apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n` +
	`- level: None\n  users: ["system:kube-proxy", "system:apiserver", "system:kube-scheduler", "system:kube-controller-manager"]\n  verbs: [get, list, watch]\n` +
	`- level: None\n  nonResourceURLs: ["/healthz*", "/readyz*", "/livez*", "/version"]\n` +
	`- level: Metadata\n  resources:\n  - group: ""\n    resources: [secrets, configmaps, serviceaccounts/token]\n  - group: authentication.k8s.io\n    resources: [tokenreviews]\n` +
	`- level: RequestResponse\n  verbs: [create, update, patch, delete, deletecollection]\n  resources:\n  - group: rbac.authorization.k8s.io\n  - group: admissionregistration.k8s.io\n` +
	`- level: Request\n  resources:\n  - group: ""\n    resources: [pods/exec, pods/attach, pods/portforward, pods/ephemeralcontainers]\n` +
	`- level: Metadata\n`

func (g *guide) auditLog() {
	const file = "/etc/kubernetes/pki/audit-policy.yaml"
	if provider, managed := kube.ProviderOf(g.inv.Source.Version, g.inv.Nodes); managed {
		g.say("%s writes the audit log: switch it on in the cluster's settings (%s).", provider.Name, "the control plane's logs, of the kind audit")
		return
	}
	set := []flag{}
	if !flags.Of(g.inv, "audit-policy-file").Set {
		g.say("On each control-plane node%s, as root, a policy, in a folder that the API server has mounted already:", g.controlPlane())
		g.run("printf %s > %s", auditPolicy, file)
		set = append(set, flag{name: "audit-policy-file", value: file})
	}
	if !flags.Of(g.inv, "audit-log-path").Set && !flags.Of(g.inv, "audit-webhook-config-file").Set {
		g.say("It goes to the API server's own log, from where a log shipper takes it; for a file, the manifest has to mount its folder.")
		set = append(set, flag{name: "audit-log-path", value: "-"})
	}
	g.apiServerFlags(set...)
}

func (g *guide) rotateAudit() {
	least := map[string]string{"audit-log-maxage": "30", "audit-log-maxbackup": "10", "audit-log-maxsize": "100"}
	if value, ok := least[g.finding.Key]; ok {
		g.apiServerFlags(flag{name: g.finding.Key, value: value})
		return
	}
	g.say("%s", fmt.Sprintf("No such limit is known: %s.", g.finding.Key))
}

// toolManuals are about tools that are missing: which one it is to be is the
// choice of who runs the cluster, and these are free ones that are common.
func toolManuals() []manual {
	const choice = "which tool it should be is the choice of who runs the cluster"
	chart := func(check, before, repository, url, name, namespace string, settings string, after ...string) manual {
		return manual{check, choice, func(g *guide) {
			g.say("%s", before)
			g.run("helm repo add %s %s", repository, url)
			g.run("helm upgrade --install %s %s -n %s --create-namespace%s", name, repository+"/"+name, namespace, raw(settings))
			for _, command := range after {
				g.run("%s", raw(command))
			}
			g.lookAgain()
		}}
	}
	return []manual{
		chart("audit/no-log-shipping", "Fluent Bit on each node. Write into its values (config.outputs) where the logs go, and install it with them:",
			"fluent", "https://fluent.github.io/helm-charts", "fluent-bit", "logging", "",
			"helm show values fluent/fluent-bit > fluent-bit-values.yaml", "${EDITOR:-vi} fluent-bit-values.yaml",
			"helm upgrade fluent-bit fluent/fluent-bit -n logging -f fluent-bit-values.yaml", "kubectl logs daemonset/fluent-bit -n logging --tail=20"),
		chart("audit/no-runtime-detection", "Falco on each node, by eBPF; it is privileged, so in a namespace of its own:",
			"falcosecurity", "https://falcosecurity.github.io/charts", "falco", "falco", " --set driver.kind=modern_ebpf --set tty=true",
			"kubectl rollout status daemonset/falco -n falco --timeout=5m", "kubectl logs daemonset/falco -n falco -c falco --tail=20"),
		chart("audit/no-metrics", "Prometheus with what it needs to see the cluster, and Alertmanager:",
			"prometheus-community", "https://prometheus-community.github.io/helm-charts", "kube-prometheus-stack", "monitoring", "",
			"kubectl get pods -n monitoring"),
		chart("data/no-external-secrets", "External Secrets, which brings Secrets from a secret manager; a SecretStore for each namespace comes after it:",
			"external-secrets", "https://charts.external-secrets.io", "external-secrets", "external-secrets", "",
			"kubectl explain secretstore.spec.provider"),
		{"audit/no-flow-logs", choice, (*guide).flowLogs},
		{"node/no-integrity-monitor", choice, (*guide).watchFiles},
	}
}

func (g *guide) flowLogs() {
	for _, w := range g.inv.Workloads {
		if w.Ref().Kind == "DaemonSet" && w.Ref().Name == "cilium" {
			g.say("Cilium has it built in:")
			g.run("cilium hubble enable")
			g.run("hubble observe --last 20")
			g.lookAgain()
			return
		}
	}
	g.say("Retina, which records flows with any network plugin, by eBPF:")
	g.run(`version="$(curl -sSL https://api.github.com/repos/microsoft/retina/releases/latest | jq -r .tag_name)"`)
	g.run(`helm upgrade --install retina oci://ghcr.io/microsoft/retina/charts/retina --version "$version" -n kube-system --set image.tag="$version" --set operator.tag="$version"`)
	g.run("kubectl rollout status daemonset/retina-agent -n kube-system --timeout=5m")
	g.lookAgain()
}

func (g *guide) watchFiles() {
	g.say("AIDE on each node, as root: it remembers the files as they are now, and tells each day what has changed:")
	g.run("apt-get install -y aide aide-common")
	g.run("aideinit")
	g.run("systemctl enable --now dailyaidecheck.timer")
	g.say("In the nodes' own system it can't be seen from the cluster, so accept the finding with that reason.")
}
