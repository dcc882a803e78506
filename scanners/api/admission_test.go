package api

import (
	"strings"
	"testing"

	"kiln/kube"
	"kiln/scanners/installed"
	"kiln/scanners/scantest"
)

const shop = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"

func workload(namespace string) string {
	return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: " + namespace + "}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: c, image: web:1}]}\n"
}

func labelled(level string) string {
	return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: " + level + "}}\n"
}

func flag(name, value string) func(*kube.Inventory) {
	return func(inv *kube.Inventory) {
		if inv.APIServer.Flags == nil {
			inv.APIServer = kube.APIServer{From: "/flagz", Flags: map[string]string{}}
		}
		inv.APIServer.Flags[name] = value
	}
}

func TestPodSecurityLabels(t *testing.T) {
	hit := []string{"Namespace/shop | metadata.labels[pod-security.kubernetes.io/enforce]"}
	scantest.Judge(t, psaMissing(), []scantest.Verdict{
		{Name: "no label", Objects: shop + workload("shop"), Want: hit},
		{Name: "privileged", Objects: labelled("privileged") + workload("shop"), Want: hit},
		{Name: "baseline", Objects: labelled("baseline") + workload("shop")},
		{Name: "restricted", Objects: labelled("restricted") + workload("shop")},
		// The admission plugin reads what it doesn't know as restricted.
		{Name: "misspelt", Objects: labelled("restrcited") + workload("shop")},
		{Name: "no workloads", Objects: shop},
		{Name: "the control plane's namespace", Objects: "apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system}\n" + workload("kube-system")},
		{Name: "a default in a file", Objects: shop + workload("shop"), Change: flag("admission-control-config-file", "/etc/admission.yaml"), Unknown: "can't be seen"},
		{Name: "privileged in spite of the default", Objects: labelled("privileged") + workload("shop"), Change: flag("admission-control-config-file", "/etc/admission.yaml"), Want: hit},
		{Name: "the namespace stands elsewhere", Files: true, Objects: workload("shop"), Unknown: "were not read: shop"},
	})
}

func TestQuotas(t *testing.T) {
	quota := "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: shop}\nspec: {hard: {pods: \"10\"}}\n"
	limits := "---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: l, namespace: shop}\nspec: {limits: [{type: Container, default: {memory: 1Gi}}]}\n"
	scantest.Judge(t, noQuota(), []scantest.Verdict{
		{Name: "none", Objects: shop + workload("shop"), Want: []string{"Namespace/shop | "}},
		{Name: "one", Objects: shop + workload("shop") + quota},
		{Name: "an empty one", Objects: shop + workload("shop") + "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: shop}\n", Want: []string{"Namespace/shop | "}},
		{Name: "one elsewhere", Objects: shop + workload("shop") + "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: dev}\nspec: {hard: {pods: \"10\"}}\n", Want: []string{"Namespace/shop | "}},
		{Name: "no workloads", Objects: shop},
	})
	scantest.Judge(t, noLimitRange(), []scantest.Verdict{
		{Name: "none", Objects: shop + workload("shop") + quota, Want: []string{"Namespace/shop | "}},
		{Name: "one", Objects: shop + workload("shop") + limits},
	})
}

func TestWebhooksThatFailOpen(t *testing.T) {
	webhook := func(kind, policy, resources string) string {
		return `
apiVersion: admissionregistration.k8s.io/v1
kind: ` + kind + `
metadata: {name: guard}
webhooks:
- name: pods.guard.example.com
  admissionReviewVersions: [v1]
  sideEffects: None
  clientConfig: {url: https://guard.example.com}
  ` + policy + `
  rules: [{apiGroups: ["*"], apiVersions: ["*"], operations: [CREATE], resources: [` + resources + `]}]
`
	}
	scantest.Judge(t, webhookFailOpen(), []scantest.Verdict{
		{Name: "validating", Objects: webhook("ValidatingWebhookConfiguration", "failurePolicy: Ignore", "pods"), Want: []string{
			"ValidatingWebhookConfiguration/guard | webhooks[0].failurePolicy | pods.guard.example.com"}},
		{Name: "mutating, of everything", Objects: webhook("MutatingWebhookConfiguration", "failurePolicy: Ignore", `"*/*"`), Want: []string{
			"MutatingWebhookConfiguration/guard | webhooks[0].failurePolicy | pods.guard.example.com"}},
		{Name: "closed", Objects: webhook("ValidatingWebhookConfiguration", "failurePolicy: Fail", "pods")},
		{Name: "closed by default", Objects: webhook("ValidatingWebhookConfiguration", "", "pods")},
		{Name: "of pods that go", Objects: strings.Replace(webhook("ValidatingWebhookConfiguration", "failurePolicy: Ignore", "pods"), "CREATE", "DELETE", 1)},
		{Name: "of its own resources", Objects: webhook("ValidatingWebhookConfiguration", "failurePolicy: Ignore", "certificates")},
	})
}

// denying is a ValidatingAdmissionPolicy about a resource, and its binding.
func denying(group, resource, actions string) string {
	return `---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: images}
spec:
  matchConstraints: {resourceRules: [{apiGroups: ["` + group + `"], apiVersions: ["*"], operations: [CREATE], resources: [` + resource + `]}]}
  validations: [{expression: "true"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: images}
spec: {policyName: images, validationActions: [` + actions + `]}
`
}

func TestPolicyEngine(t *testing.T) {
	kyverno := "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: kyverno, namespace: kyverno}\nspec:\n  selector: {matchLabels: {app: k}}\n  template:\n    metadata: {labels: {app: k}}\n    spec: {containers: [{name: c, image: \"reg.kyverno.io/kyverno/kyverno:v1.15\"}]}\n"
	none := []string{"Cluster/cluster |  | policy-engine"}
	scantest.Judge(t, noPolicyEngine(installed.Embedded()), []scantest.Verdict{
		{Name: "Kyverno", Objects: kyverno},
		{Name: "none", Objects: workload("shop"), Want: none},
		{Name: "a policy that denies", Objects: workload("shop") + denying("", "pods", "Deny, Audit")},
		{Name: "one of Deployments", Objects: workload("shop") + denying("apps", "deployments", "Deny")},
		{Name: "one of everything", Objects: workload("shop") + denying("*", `"*/*"`, "Deny")},
		{Name: "a policy that warns", Objects: workload("shop") + denying("", "pods", "Warn, Audit"), Want: none},
		{Name: "a project's guard of its own CRDs", Objects: workload("shop") + denying("apiextensions.k8s.io", "customresourcedefinitions", "Deny"), Want: none},
		{Name: "a policy that nothing binds", Objects: workload("shop") + strings.Replace(denying("", "pods", "Deny"), "policyName: images", "policyName: gone", 1), Want: none},
		{Name: "manifests", Files: true, Objects: workload("shop"), Unknown: "manifests don't tell"},
	})
	unread := scantest.Unread(t, workload("shop"))
	if got := noPolicyEngine(installed.Embedded()).Find(unread); !strings.Contains(got.Unknown, "could not be read") || len(got.Hits) > 0 {
		t.Errorf("policies that nobody may list: %+v", got)
	}
}

func TestReleases(t *testing.T) {
	version := func(v string) func(*kube.Inventory) {
		return func(inv *kube.Inventory) { inv.Source.Version = v }
	}
	scantest.Judge(t, outdatedVersion(), []scantest.Verdict{
		{Name: "supported", Objects: shop, Change: version("v1.36.3")},
		{Name: "ended last month", Objects: shop, Change: version("v1.34.9"), Want: []string{"APIServer/kube-apiserver | gitVersion"}},
		{Name: "ancient", Objects: shop, Change: version("v1.9.11"), Want: []string{"APIServer/kube-apiserver | gitVersion"}},
		{Name: "no version", Objects: shop, Change: version(""), Unknown: "can't be read"},
		{Name: "from the future", Objects: shop, Change: func(inv *kube.Inventory) {
			inv.Source.Version, inv.TakenAt = "v1.44.0", scantest.Today.AddDate(3, 0, 0)
		}, Unknown: "newer than this kiln"},
	})
}

func TestPublicEndpoint(t *testing.T) {
	server := func(url string) func(*kube.Inventory) {
		return func(inv *kube.Inventory) { inv.Source.Server = url }
	}
	scantest.Judge(t, publicEndpoint(), []scantest.Verdict{
		{Name: "public", Objects: shop, Change: server("https://203.0.113.7:6443"), Want: []string{"APIServer/kube-apiserver | server"}},
		{Name: "public IPv6", Objects: shop, Change: server("https://[2001:db8::1]:6443"), Want: []string{"APIServer/kube-apiserver | server"}},
		{Name: "private", Objects: shop, Change: server("https://10.0.0.1:6443")},
		{Name: "a name", Objects: shop, Change: server("https://k8s.example.com"), Unknown: "try it from outside"},
		{Name: "a tunnel", Objects: shop, Change: server("https://127.0.0.1:6443"), Unknown: "loopback"},
		{Name: "nothing", Objects: shop, Change: server(""), Unknown: "isn't known"},
	})
}
