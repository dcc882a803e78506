package fixes

import (
	"slices"
	"strings"
	"testing"

	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"kiln/kube"
	"kiln/scanners"
)

// company is two workloads behind a service that is open to the outside, a
// budget, and an account with rights by two bindings.
const company = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  strategy: {rollingUpdate: {maxUnavailable: 1}}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: ci
      volumes: [{name: logs, hostPath: {path: /var/log}}]
      containers:
      - {name: web, image: "example.test/web:1", ports: [{name: http, containerPort: 8080}], volumeMounts: [{name: logs, mountPath: /logs}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: shop, image: "example.test/shop:1", securityContext: {runAsNonRoot: true}}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: ci}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: all}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: ci}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: also-all}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: ci}]
`

// effectsOf previews a fix and writes its effects as lines: the kind, the
// summary, and the names.
func (b *bench) effectsOf(finding scanners.Finding, answers Answers) string {
	b.Helper()
	var lines []string
	for _, t := range b.previewAnswering(finding, answers).Targets {
		for _, e := range t.Effects {
			lines = append(lines, string(e.Kind)+": "+e.Summary+" | "+strings.Join(e.Names, " | "))
		}
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), b.namespace, "NS")
}

// What a fix does to others is said before it is made, by name.
func TestEffectsOnOthers(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, company, b.namespace)
	on := func(check, apiVersion, kind, name string) scanners.Finding {
		return scanners.Finding{Check: check, Object: b.ref(apiVersion, kind, name)}
	}
	workload := on("pod/host-path", "apps/v1", "Deployment", "web")
	workload.Key = "logs"
	binding := on("api/cluster-admin", "rbac.authorization.k8s.io/v1", "RoleBinding", "all")
	binding.Key = "ServiceAccount:" + b.namespace + "/ci"
	for _, test := range []struct {
		name    string
		finding scanners.Finding
		answers Answers
		want    []string
		without []string
	}{
		{"a restart with a budget, and a volume", workload, Answers{"how": "empty-dir"}, []string{
			"restart: restarts 2 pods of Deployment/web, rolling: up to 25% more and 1 fewer at a time",
			"disruption-budget: up to 1 of 2 pods may be missing while it goes on, and the budget permits 0 (minAvailable 2): the rollout goes on, node drains wait | PodDisruptionBudget/web",
			"volumes: volume logs: an empty folder instead of the node's /var/log, mounted in 1 container | container web at /logs",
		}, []string{"unknown"}},
		{"a level that refuses", on("api/psa-missing", "v1", "Namespace", b.namespace), Answers{"level": "restricted"}, []string{
			"refused-pods: 2 of 2 workloads would be refused at level restricted when their pods start again", "Deployment/shop (", "Deployment/web (",
		}, nil},
		{"a level that refuses one", on("api/psa-missing", "v1", "Namespace", b.namespace), Answers{"level": "baseline"}, []string{
			"refused-pods: 1 of 2 workloads would be refused at level baseline", "Deployment/web (hostPath volumes)",
		}, []string{"Deployment/shop"}},
		{"connections that are cut", on("network/no-default-deny-ingress", "v1", "Namespace", b.namespace), nil, []string{
			"connections: 2 connections to 1 service port, open today, would be cut",
			"Service/web in NS, port 80/TCP: from outside of the cluster, Deployment/shop in NS",
			"unknown: connections from and to other namespaces than NS were not looked at",
		}, nil},
		{"connections that stay", on("network/no-default-deny-ingress", "v1", "Namespace", b.namespace), Answers{"allow": "web"}, []string{
			"connections: no connection to a service is cut that is open today",
		}, []string{"would be cut"}},
		{"what goes out is cut", on("network/no-default-deny-egress", "v1", "Namespace", b.namespace), nil, []string{
			"connections: 1 connection to 1 service port", "from Deployment/shop in NS",
		}, []string{"outside of the cluster"}},
		{"a right that another binding gives", binding, nil, []string{"rights: nobody loses a right"}, []string{"loses ClusterRole"}},
		{"node ports", on("network/nodeport", "v1", "Service", "web"), nil, []string{
			"exposure: closes 1 node port that lead to Deployment/web;", "| port 3",
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := b.effectsOf(test.finding, test.answers)
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in\n%s", want, got)
				}
			}
			for _, unwanted := range test.without {
				if strings.Contains(got, unwanted) {
					t.Errorf("%q is in\n%s", unwanted, got)
				}
			}
		})
	}
	t.Run("the last way to a right", func(t *testing.T) {
		other := binding
		other.Object.Name = "also-all"
		b.apply(other)
		got := b.effectsOf(binding, nil)
		for _, want := range []string{
			"rights: 1 subject can do less | ServiceAccount NS/ci loses ClusterRole cluster-admin", "in namespace NS", "rights: 1 workload with them | Deployment/web in NS",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("no %q in\n%s", want, got)
			}
		}
		if less := b.effectsOf(binding, Answers{"how": "bind-less", "role": "view"}); !strings.Contains(less, "loses ClusterRole cluster-admin") {
			t.Errorf("a smaller role is less:\n%s", less)
		}
	})
}

// The API server's own word on a Pod Security level stands beside kiln's.
func TestTheServerConfirmsWhatALevelRefuses(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, `{apiVersion: v1, kind: Pod, metadata: {name: lone}, spec: {automountServiceAccountToken: false, hostPID: true, containers: [{name: c, image: "example.test/c:1"}]}}`, b.namespace)
	got := b.effectsOf(scanners.Finding{Check: "api/psa-missing", Object: b.ref("v1", "Namespace", b.namespace)}, Answers{"level": "baseline"})
	for _, want := range []string{"refused-pods: 1 of 1 workload would be refused", "Pod/lone (host namespaces)", "the API server confirms it for running pods | lone: host namespaces"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// Rollouts and budgets, as their controllers count.
func TestWhatBudgetsPermit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		live string
		down int
	}{
		{"{kind: Deployment, spec: {replicas: 10}}", 2},
		{"{kind: Deployment, spec: {replicas: 3}}", 0},
		{"{kind: Deployment, spec: {replicas: 3, strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 25%}}}}", 1},
		{"{kind: Deployment, spec: {replicas: 3, strategy: {type: Recreate}}}", 3},
		{"{kind: Deployment, spec: {replicas: 3, paused: true, strategy: {type: Recreate}}}", 0},
		{"{kind: StatefulSet, spec: {replicas: 3}}", 1},
		{"{kind: StatefulSet, spec: {replicas: 3, updateStrategy: {type: OnDelete}}}", 0},
		{"{kind: DaemonSet, spec: {updateStrategy: {rollingUpdate: {maxUnavailable: 50%}}}, status: {desiredNumberScheduled: 5}}", 3},
		{"{kind: DaemonSet, spec: {updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}}, status: {desiredNumberScheduled: 5}}", 0},
		{"{kind: CronJob, spec: {}}", 0},
	} {
		live := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(test.live), &live.Object); err != nil {
			t.Fatal(err)
		}
		integers(live.Object)
		if got := missingAtOnce(live); got != test.down {
			t.Errorf("%s: %d may be missing, want %d", test.live, got, test.down)
		}
	}
	budget := func(least, most string) *policyv1.PodDisruptionBudget {
		b := &policyv1.PodDisruptionBudget{}
		if least != "" {
			v := intstr.Parse(least)
			b.Spec.MinAvailable = &v
		}
		if most != "" {
			v := intstr.Parse(most)
			b.Spec.MaxUnavailable = &v
		}
		return b
	}
	for _, test := range []struct {
		least, most string
		pods, spare int
	}{{"2", "", 3, 1}, {"5", "", 3, 0}, {"50%", "", 3, 1}, {"", "1", 3, 1}, {"", "30%", 10, 3}, {"", "", 3, 2}} {
		if got, _ := permits(budget(test.least, test.most), test.pods); got != test.spare {
			t.Errorf("minAvailable %q maxUnavailable %q of %d: %d, want %d", test.least, test.most, test.pods, got, test.spare)
		}
	}
}

// What could not be read is said to be unknown, never nothing.
func TestEffectsOfWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	inv := &kube.Inventory{}
	got := effectsOnConnections([]TargetPreview{{Change: Change{Target: kube.Ref{Kind: "NetworkPolicy", Namespace: "shop"}}}}, inv, inv)
	if !slices.ContainsFunc(got, func(e Effect) bool {
		return e.Kind == UnknownEffect && strings.Contains(e.Summary, "services could not be read")
	}) {
		t.Errorf("effects %v", got)
	}
}
