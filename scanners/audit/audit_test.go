package audit

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/scanners/installed"
	"kiln/scanners/scantest"
)

const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"

func withFlags(pairs map[string]string) func(*kube.Inventory) {
	return func(inv *kube.Inventory) { inv.APIServer = kube.APIServer{From: "/flagz", Flags: pairs} }
}

func onVersion(version string, pairs map[string]string) func(*kube.Inventory) {
	return func(inv *kube.Inventory) {
		withFlags(pairs)(inv)
		inv.Source.Version = version
	}
}

type pairs = map[string]string

func TestAuditLog(t *testing.T) {
	const at = "APIServer/kube-apiserver | spec.containers[0].command"
	bad := []string{at}
	scantest.Judge(t, auditDisabled(), []scantest.Verdict{
		{Name: "default", Objects: namespace, Change: withFlags(pairs{"audit-policy-file": "", "audit-log-path": ""}), Want: bad},
		{Name: "no policy", Objects: namespace, Change: withFlags(pairs{"audit-log-path": "/var/log/audit.log"}), Want: bad},
		{Name: "no place", Objects: namespace, Change: withFlags(pairs{"audit-policy-file": "/etc/audit.yaml"}), Want: bad},
		{Name: "a file", Objects: namespace, Change: withFlags(pairs{"audit-policy-file": "/etc/audit.yaml", "audit-log-path": "/var/log/audit.log"})},
		{Name: "a webhook", Objects: namespace, Change: withFlags(pairs{"audit-policy-file": "/etc/audit.yaml", "audit-webhook-config-file": "/etc/webhook.yaml"})},
	})
	all := []string{at + " | audit-log-maxage", at + " | audit-log-maxbackup", at + " | audit-log-maxsize"}
	scantest.Judge(t, auditRotation(), []scantest.Verdict{
		{Name: "as asked", Objects: namespace, Change: withFlags(pairs{"audit-log-path": "/a", "audit-log-maxage": "30", "audit-log-maxbackup": "10", "audit-log-maxsize": "100"})},
		{Name: "nothing said before 1.36", Objects: namespace, Change: onVersion("v1.35.4", pairs{"audit-log-path": "/a"}), Want: all},
		{Name: "nothing said since, which is limits enough", Objects: namespace, Change: onVersion("v1.36.0", pairs{"audit-log-path": "/a"})},
		{Name: "nothing said to who knows what", Objects: namespace, Change: onVersion("", pairs{"audit-log-path": "/a"}), Want: all},
		{Name: "the new defaults in /flagz", Objects: namespace, Change: withFlags(pairs{"audit-log-path": "/a", "audit-log-maxage": "366", "audit-log-maxbackup": "100", "audit-log-maxsize": "100"})},
		{Name: "no limit on purpose", Objects: namespace, Change: withFlags(pairs{"audit-log-path": "/a", "audit-log-maxage": "0"}), Want: []string{at + " | audit-log-maxage"}},
		{Name: "too few", Objects: namespace, Change: withFlags(pairs{"audit-log-path": "/a", "audit-log-maxage": "30", "audit-log-maxbackup": "9", "audit-log-maxsize": "200"}), Want: []string{at + " | audit-log-maxbackup"}},
		{Name: "to the container's log", Objects: namespace, Change: withFlags(pairs{"audit-log-path": "-"})},
		{Name: "no log", Objects: namespace, Change: withFlags(pairs{})},
	})
	scantest.Judge(t, auditPolicyGaps(), []scantest.Verdict{
		{Name: "no policy", Objects: namespace, Change: withFlags(pairs{}), Unknown: "no audit policy"},
		{Name: "a policy", Objects: namespace, Change: withFlags(pairs{"audit-policy-file": "/etc/audit.yaml"}), Unknown: "/etc/audit.yaml can't be read"},
		{Name: "truncated", Objects: namespace, Change: withFlags(pairs{"audit-policy-file": "/etc/audit.yaml", "audit-log-truncate-enabled": "true"}), Unknown: "can't be read", Want: []string{at + " | audit-log-truncate-enabled | info"}},
	})
	scantest.Judge(t, eventsShortLived(), []scantest.Verdict{
		{Name: "default", Objects: namespace, Change: withFlags(pairs{}), Want: bad},
		{Name: "an hour", Objects: namespace, Change: withFlags(pairs{"event-ttl": "1h0m0s"}), Want: bad},
		{Name: "a day", Objects: namespace, Change: withFlags(pairs{"event-ttl": "24h0m0s"})},
	})
}

func daemonSet(image string) string {
	return "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent, namespace: ops}\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n    spec: {containers: [{name: c, image: \"" + image + "\"}]}\n"
}

func TestTools(t *testing.T) {
	missing := func(key string) []string { return []string{"Cluster/cluster |  | " + key} }
	crd := func(name string) func(*kube.Inventory) {
		return func(inv *kube.Inventory) {
			inv.CustomResourceDefinitions = []*metav1.PartialObjectMetadata{{ObjectMeta: metav1.ObjectMeta{Name: name}}}
		}
	}
	scantest.Judge(t, noRuntimeDetection(installed.Embedded()), []scantest.Verdict{
		{Name: "Falco", Objects: daemonSet("docker.io/falcosecurity/falco:0.42.0")},
		{Name: "Falco from a mirror", Objects: daemonSet("mirror.example.com:5000/sec/falco@sha256:0123")},
		{Name: "an image that only sounds alike", Objects: daemonSet("example.com/not-falco:1"), Want: missing("runtime-detection")},
		{Name: "Cilium alone", Objects: daemonSet("quay.io/cilium/cilium:v1.18"), Change: crd("ciliumnetworkpolicies.cilium.io"), Want: missing("runtime-detection")},
		{Name: "Tetragon by its CRD", Objects: daemonSet("x:1"), Change: crd("tracingpolicies.cilium.io")},
		{Name: "manifests", Files: true, Objects: daemonSet("x:1"), Unknown: "manifests don't tell"},
	})
	scantest.Judge(t, noLogShipping(installed.Embedded()), []scantest.Verdict{
		{Name: "Fluent Bit", Objects: daemonSet("cr.fluentbit.io/fluent/fluent-bit:4.0")},
		{Name: "none", Objects: daemonSet("x:1"), Want: missing("log-shipping")},
	})
	scantest.Judge(t, noMetrics(installed.Embedded()), []scantest.Verdict{
		{Name: "by the operator's CRD", Objects: daemonSet("x:1"), Change: crd("prometheuses.monitoring.coreos.com")},
		{Name: "metrics-server keeps nothing", Objects: daemonSet("registry.k8s.io/metrics-server/metrics-server:v0.8"), Want: missing("metrics")},
	})
	scantest.Judge(t, noFlowLogs(installed.Embedded()), []scantest.Verdict{
		{Name: "Hubble", Objects: daemonSet("quay.io/cilium/hubble-relay:v1.18")},
		{Name: "none", Objects: daemonSet("x:1"), Want: missing("flow-logs")},
	})
}
