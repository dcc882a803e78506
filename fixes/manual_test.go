package fixes

import (
	"errors"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	kubeletconfig "k8s.io/kubelet/config/v1beta1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
	"kiln/scanners/scantest"
)

// Each check has a recipe, or steps, or says so here.
func TestEveryCheckHasAFixOrSteps(t *testing.T) {
	t.Parallel()
	byHand := map[string]bool{}
	for _, m := range manuals() {
		if byHand[m.check] {
			t.Errorf("%s has steps twice", m.check)
		}
		byHand[m.check] = true
	}
	for _, check := range catalogue.Checks() {
		_, fixed := recipeFor(check.ID)
		switch {
		case fixed && byHand[check.ID]:
			t.Errorf("%s has a recipe, and steps that nobody sees", check.ID)
		case !fixed && !byHand[check.ID]:
			t.Errorf("%s has neither a recipe nor steps", check.ID)
		case !fixed && check.Fix != scanners.Manual:
			t.Errorf("%s is said to be %s, and has no recipe", check.ID, check.Fix)
		}
		delete(byHand, check.ID)
	}
	for check := range byHand {
		t.Errorf("there are steps for %s, which is no check", check)
	}
}

// blanks are what a person would have to fill in.
var blanks = regexp.MustCompile(`<[A-Za-z-]+>|\b(NAME|NAMESPACE|POD|NODE|IMAGE|TAG|DIGEST|KEY|VALUE|FILE|CONTAINER|HOST|USER|YOUR\w*|REPLACE\w*|CHANGEME|TODO)\b|\.\.\.|…|%![a-z(]|\bexample\.(com|org)\b`)

// checkSteps looks at steps as somebody who copies them, line by line.
func checkSteps(t *testing.T, finding scanners.Finding, err error) {
	t.Helper()
	var manual *ManualError
	if !errors.As(err, &manual) {
		t.Errorf("%s of %s: %v", finding.Check, finding.Object, err)
		return
	}
	if manual.Why == "" || strings.HasSuffix(manual.Why, ".") {
		t.Errorf("%s: the reason %q is no clause", finding.Check, manual.Why)
	}
	commands := 0
	for _, line := range strings.Split(manual.Steps, "\n") {
		command, indented := strings.CutPrefix(line, "  ")
		if !indented || strings.HasPrefix(command, "--") {
			continue
		}
		commands++
		if blank := blanks.FindString(command); blank != "" && !strings.Contains(command, ".labels."+blank+"}") {
			t.Errorf("%s of %s leaves %q to fill in: %s", finding.Check, finding.Object, blank, command)
		}
		if out, err := exec.CommandContext(t.Context(), "bash", "-n", "-c", command).CombinedOutput(); err != nil {
			t.Errorf("%s of %s: no shell takes this line: %s\n%s", finding.Check, finding.Object, command, out)
		}
	}
	if commands == 0 {
		t.Errorf("%s of %s has no command to copy:\n%s", finding.Check, finding.Object, manual.Steps)
	}
	standsFor := finding.Object.Kind == "Cluster" || finding.Object.Kind == "APIServer"
	if !standsFor && !strings.Contains(manual.Steps, finding.Object.Name) {
		t.Errorf("%s of %s doesn't name its object:\n%s", finding.Check, finding.Object, manual.Steps)
	}
}

// example is a cluster, and checks that find something there.
type example struct {
	inv    *kube.Inventory
	checks []string
}

// demoExample is the cluster of the demo, as its manifests show it.
func demoExample(t *testing.T) example {
	t.Helper()
	inv, problems, err := kube.ReadManifests(kube.ManifestOptions{Paths: []string{"../testdata/clusters/vulnerable"}, Now: scantest.Today})
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	inv.Source = kube.Source{Context: "demo", Server: "https://127.0.0.1:6443", Version: "v1.36.3"}
	return example{inv, nil}
}

// examples are findings of checks that the demo cluster has none of.
func examples(t *testing.T) []example {
	t.Helper()
	flagged := func(manifest string, pairs map[string]string) *kube.Inventory {
		inv := scantest.Cluster(t, manifest)
		inv.APIServer = kube.APIServer{From: "/flagz", Flags: pairs}
		return inv
	}
	const node = `{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {node-role.kubernetes.io/control-plane: ""}}, spec: {podCIDRs: [10.0.0.0/24]},` +
		` status: {addresses: [{type: InternalIP, address: 10.9.0.1}], nodeInfo: {kubeletVersion: v1.36.3}}}`
	kubelets := scantest.Cluster(t, node)
	kubelets.Kubelets = map[string]*kubeletconfig.KubeletConfiguration{"n1": {ReadOnlyPort: 10255}}
	anonymous := true
	kubelets.Kubelets["n1"].Authentication.Anonymous.Enabled = &anonymous
	kubelets.Kubelets["n1"].Authorization.Mode = "AlwaysAllow"
	no, few := false, int32(1)
	kubelets.Kubelets["n1"].MakeIPTablesUtilChains, kubelets.Kubelets["n1"].EventRecordQPS, kubelets.Kubelets["n1"].TLSMinVersion = &no, &few, "VersionTLS10"
	kubelets.NodeFacts = map[string]kube.NodeFacts{"n1": {
		Files: []kube.NodeFile{
			{Role: kube.KubeletKubeconfig, Path: "/etc/kubernetes/kubelet.conf", Mode: 0o644}, {Role: kube.StaticPod, Path: "/etc/kubernetes/manifests/etcd.yaml", Mode: 0o666},
			{Role: kube.PKIKey, Path: "/etc/kubernetes/pki/sa.key", Mode: 0o644}, {Role: kube.PKIFolder, Path: "/etc/kubernetes/pki", Mode: 0o777},
			{Role: kube.EtcdData, Path: "/var/lib/etcd", Mode: 0o755}, {Role: kube.CNIFile, Path: "/etc/cni/net.d/10-it's.conflist", Mode: 0o666},
		},
		Users: []kube.NodeUser{{Name: "tom", UID: 1000, Shell: "/bin/bash"}}, WritableUnits: []string{"/etc/systemd/system/backup.service"},
		Sysctls: map[string]string{"kernel.dmesg_restrict": "0", "fs.suid_dumpable": "1"}, Listening: []kube.Socket{{Protocol: "TCP", Address: "0.0.0.0", Port: 111}},
	}}
	old := scantest.Cluster(t, node)
	old.Source.Version, old.Source.Server = "v1.30.1", "https://203.0.113.9:6443"
	old.Certificates = kube.Certificates{
		Server: &kube.Certificate{Subject: "CN=kube-apiserver", NotAfter: scantest.Today}, Client: &kube.Certificate{Subject: "CN=jane", NotAfter: scantest.Today},
	}
	old.KubeBench = []kube.KubeBenchResult{{NodeType: "node", Number: "4.2.6", Text: "protect kernel defaults", Status: "FAIL"}}
	old.OldVersions = []kube.OldVersion{{
		Object: old.Nodes[0], APIVersion: "v1beta1", Writer: "kubectl apply", Lifecycle: kube.Lifecycle{Removed: "1.25", Replacement: "v1 Node"},
	}}
	return []example{
		{kubelets, []string{"node/kubelet-anonymous-auth", "node/kubelet-authorization", "node/kubelet-client-ca", "node/kubelet-read-only-port",
			"node/kubelet-streaming-timeout", "node/kubelet-serving-certificate", "node/kubelet-certificate-rotation", "node/kubelet-pid-limit", "node/kubelet-seccomp-default"}},
		{old, []string{"api/outdated-version", "api/public-endpoint", "api/certificates", "import/kube-bench", "node/kubelet-skew", "node/not-ready-security", "api/deprecated-api"}},
		{flagged(node, map[string]string{"event-ttl": "1h0m0s"}), []string{"api/flag-authorization-mode", "api/flag-admission-plugins", "api/flag-kubelet-client-certificate",
			"api/flag-kubelet-certificate-authority", "api/flag-profiling", "api/anonymous-access", "api/flag-service-account-extend-token-expiration",
			"audit/audit-disabled", "audit/events-short-lived", "data/encryption-at-rest"}},
		{flagged(node, map[string]string{
			"authorization-mode": "[RBAC,AlwaysAllow]", "enable-admission-plugins": "AlwaysAdmit,NodeRestriction", "disable-admission-plugins": "PodSecurity",
			"token-auth-file": "/etc/kubernetes/tokens.csv", "service-account-lookup": "false", "tls-min-version": "VersionTLS10",
			"tls-cipher-suites": "TLS_RSA_WITH_RC4_128_SHA,TLS_AES_128_GCM_SHA256", "audit-policy-file": "/etc/a.yaml", "audit-log-path": "/var/log/a.log",
			"audit-log-maxage": "7", "audit-log-truncate-enabled": "true", "etcd-servers": "http://10.9.0.1:2379",
		}), []string{"api/flag-token-auth-file", "api/flag-service-account-lookup", "api/flag-tls-cipher-suites", "audit/audit-rotation", "audit/audit-policy-gaps", "data/etcd-tls"}},
		{flagged(node, map[string]string{
			"request-timeout": "1h", "enable-priority-and-fairness": "false", "etcd-servers": "https://10.9.0.1:2379", "insecure-port": "8080", "insecure-bind-address": "0.0.0.0",
			"oidc-groups-claim": "groups", "requestheader-client-ca-file": "/ca.crt", "client-ca-file": "/ca.crt",
		}), []string{"api/flag-request-timeout", "api/flag-event-rate-limit", "api/flag-etcd-certificates", "api/flag-insecure-port", "api/authentication"}},
		{scantest.Cluster(t, oddities), []string{"pod/host-process", "pod/ephemeral-left-behind", "pod/windows-selector", "pod/registry", "data/secret-readers",
			"data/shared-secret-store", "network/ingress-host-conflict", "network/not-enforced", "import/policy-report", "import/trivy", "network/no-mtls",
			"data/no-backup", "data/etcd-tls", "pod/kube-system-workload", "pod/default-namespace"}},
	}
}

// Every check without a recipe says what to do about an example, in commands
// that can be copied.
func TestStepsForExamples(t *testing.T) {
	t.Parallel()
	config := scanners.DefaultConfig()
	config.Registries, config.IngressDomains = []string{"registry.corp.test"}, []string{"corp.test"}
	seen := map[string]bool{}
	checks, err := catalogue.Configured(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range append(examples(t), demoExample(t)) {
		for _, check := range checks {
			if _, fixed := recipeFor(check.ID); fixed {
				continue
			}
			// Without the engine: what a manifest can't show doesn't matter here.
			for _, hit := range check.Find(example.inv).Hits {
				seen[check.ID] = true
				finding := scanners.Finding{
					Check: check.ID, Object: kube.RefOf(hit.Object), Container: hit.Container, Path: hit.Path, Key: hit.Key, Message: hit.Message,
				}
				checkSteps(t, finding, manualFor(finding, example.inv))
			}
		}
		for _, check := range example.checks {
			if !seen[check] {
				t.Errorf("the example for %s gives no such finding", check)
			}
		}
	}
	for _, m := range manuals() {
		if !seen[m.check] {
			t.Errorf("%s has no example", m.check)
		}
	}
}

// oddities are what few clusters have.
const oddities = `
{apiVersion: apps/v1, kind: Deployment, metadata: {name: tiller-deploy, namespace: ops}, spec: {selector: {matchLabels: {name: tiller}}, template: {metadata: {labels: {name: tiller}}, spec: {
  containers: [{name: tiller, image: "registry.corp.test/tiller:v2.17.0"}]}}}}
---
{apiVersion: v1, kind: Node, metadata: {name: win, labels: {kubernetes.io/os: windows}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: agent, namespace: ops}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {
  hostNetwork: true, securityContext: {windowsOptions: {hostProcess: true, runAsUserName: 'NT AUTHORITY\\SYSTEM'}}, containers: [{name: agent, image: "other.test/it's/agent:1"}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: probed, namespace: ops, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: x, uid: u, controller: true}]}, spec: {
  containers: [{name: c, image: "registry.corp.test/c:1"}], ephemeralContainers: [{name: debugger, image: "busybox:1.36"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: lonely, namespace: default}, spec: {
  containers: [{name: c, image: "registry.corp.test/c:1"}], ephemeralContainers: [{name: debugger, image: "busybox:1.36"}]}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: kube-flannel-ds, namespace: kube-flannel}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {
  containers: [{name: kube-flannel, image: "ghcr.io/flannel-io/flannel:v0.27.4"}]}}}}
---
{apiVersion: batch/v1, kind: CronJob, metadata: {name: cleaner, namespace: kube-system}, spec: {schedule: "0 4 * * *", jobTemplate: {spec: {template: {spec: {
  serviceAccountName: cleaner, restartPolicy: Never, containers: [{name: c, image: "registry.corp.test/c:1"}]}}}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: etcd-n1, namespace: kube-system, labels: {component: etcd}}, spec: {
  containers: [{name: etcd, image: "registry.corp.test/etcd:3", command: [etcd, --auto-tls=true, --peer-auto-tls=true, "--initial-cluster=a=http://a:2380,b=http://b:2380"]}]}}
---
{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: ops}, type: Opaque}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: "--all", namespace: ops}, rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: "--all", namespace: ops}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: "--all"},
  subjects: [{kind: ServiceAccount, name: ci, namespace: build}, {kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccounts"}]}
---
{apiVersion: external-secrets.io/v1, kind: ClusterSecretStore, metadata: {name: vault}, spec: {provider: {}}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: ops}, spec: {rules: [{host: a.test, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: default}, spec: {rules: [{host: a.test, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}}
---
{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: legacy, namespace: ops}, spec: {selector: {matchLabels: {a: b}}, mtls: {mode: PERMISSIVE}, portLevelMtls: {"8080": {mode: DISABLE}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: istiod, namespace: istio-system, labels: {app: istiod}}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {
  containers: [{name: discovery, image: "docker.io/istio/pilot:1.29.0"}]}}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: ops}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
---
{apiVersion: velero.io/v1, kind: Schedule, metadata: {name: nightly, namespace: velero}, spec: {schedule: "0 2 * * *"}, status: {phase: FailedValidation}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: velero, namespace: velero}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {
  containers: [{name: velero, image: "docker.io/velero/velero:v1.17.0"}]}}}}
---
{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: web, namespace: ops}, spec: {minAvailable: 1, selector: {matchLabels: {a: b}}}}
---
{apiVersion: wgpolicyk8s.io/v1alpha2, kind: PolicyReport, metadata: {name: r, namespace: ops}, results: [{policy: require-labels, rule: team, result: fail, message: "no team",
  resources: [{apiVersion: apps/v1, kind: Deployment, name: agent, namespace: ops}]}]}
---
{apiVersion: aquasecurity.github.io/v1alpha1, kind: VulnerabilityReport, metadata: {name: v, namespace: ops, labels: {trivy-operator.resource.kind: Deployment, trivy-operator.resource.name: agent, trivy-operator.container.name: agent}},
  report: {artifact: {repository: a, tag: "1"}, summary: {criticalCount: 1}, vulnerabilities: [{vulnerabilityID: CVE-2026-0001, severity: CRITICAL, resource: openssl, installedVersion: "1", fixedVersion: "2", title: t}]}}
`
