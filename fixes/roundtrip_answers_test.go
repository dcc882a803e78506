package fixes

import (
	"errors"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
)

const dataClaim = `
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`

// answeredRoundTrips are those of answers that aren't the defaults.
func answeredRoundTrips() []roundTrip {
	const logs = "volumes: [{name: other, emptyDir: {}}, {name: logs, hostPath: {path: /var/log}}],"
	folder := func(name, check, path, key, want string, answers Answers) roundTrip {
		return roundTrip{
			name: name, manifest: workload("Deployment", "", logs, "volumeMounts: [{name: logs, mountPath: /logs}]") + dataClaim,
			finding: onWorkload(check, "Deployment", "api", path, key), answers: answers,
			field: inPodSpec("volumes", "1"), want: want,
		}
	}
	onContainer := func(name, fields, check, path string, answers Answers, want string, field ...string) roundTrip {
		return roundTrip{
			name: name, manifest: workload("Deployment", "", "", fields),
			finding: onWorkload(check, "Deployment", "api", "spec.template.spec.containers[1]."+path, ""), answers: answers,
			field: inPodSpec(append([]string{"containers", "1"}, field...)...), want: want,
		}
	}
	service := func(name, answer, want string, field ...string) roundTrip {
		return roundTrip{
			name:     name,
			manifest: `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}}`,
			finding:  scanners.Finding{Check: "network/nodeport", Object: kube.Ref{APIVersion: "v1", Kind: "Service", Name: "web"}},
			answers:  Answers{"how": "internal-load-balancer", "provider": answer}, field: field, want: want,
		}
	}
	const everything = `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: all}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, subjects: [{kind: ServiceAccount, name: ci}]}`
	return []roundTrip{
		folder("an empty folder for a folder of the node", "pod/host-path", "spec.template.spec.volumes[1].hostPath", "logs",
			`{"emptyDir":{},"name":"logs"}`, Answers{"how": "empty-dir"}),
		folder("a claim for a writable folder of the node", "pod/host-path-writable", "spec.template.spec.containers[1].volumeMounts[0].readOnly", "/logs",
			`{"name":"logs","persistentVolumeClaim":{"claimName":"data"}}`, Answers{"how": "claim", "claim": "data"}),
		onContainer("another user than root", "", "pod/run-as-root", "securityContext.runAsNonRoot", Answers{"uid": "1001"},
			`{"runAsNonRoot":true,"runAsUser":1001}`, "securityContext"),
		onContainer("writable folders", "", "pod/writable-rootfs", "", Answers{"paths": "/var/cache, /var/run"},
			`[{"mountPath":"/var/cache","name":"tmp-api"},{"mountPath":"/var/run","name":"tmp2-api"}]`, "volumeMounts"),
		onContainer("no writable folder", "", "pod/writable-rootfs", "", Answers{"paths": ""}, ``, "volumeMounts"),
		onContainer("more memory", "resources: {requests: {memory: 300Mi}}", "pod/memory-limit", "resources.limits.memory", Answers{"memory-limit": "2Gi"},
			`{"memory":"2Gi"}`, "resources", "limits"),
		onContainer("a low port to bind", "ports: [{containerPort: 80}]", "pod/capabilities-not-dropped", "securityContext.capabilities.drop", nil,
			`{"add":["NET_BIND_SERVICE"],"drop":["ALL"]}`, "securityContext", "capabilities"),
		onContainer("no capability, low port or not", "ports: [{containerPort: 80}]", "pod/capabilities-not-dropped", "securityContext.capabilities.drop", Answers{"keep": ""},
			`{"drop":["ALL"]}`, "securityContext", "capabilities"),
		onContainer("capabilities added and kept", "securityContext: {capabilities: {add: [KILL]}}", "pod/capabilities-not-dropped", "securityContext.capabilities.drop", Answers{"keep": "CHOWN,KILL"},
			`{"add":["KILL","CHOWN"],"drop":["ALL"]}`, "securityContext", "capabilities"),
		{
			name: "a group", manifest: workload("Deployment", "", "", "securityContext: {runAsGroup: 0}"),
			finding: onWorkload("pod/root-group", "Deployment", "api", "spec.template.spec.containers[1].securityContext.runAsGroup", "runAsGroup"),
			answers: Answers{"gid": "2000"}, field: inPodSpec("containers", "1", "securityContext", "runAsGroup"), want: `2000`,
		},
		service("an internal load balancer", "GKE", `"Internal"`, "metadata", "annotations", "networking.gke.io/load-balancer-type"),
		service("a load balancer's type", "AKS", `"LoadBalancer"`, "spec", "type"),
		{
			name: "a smaller role", manifest: everything,
			finding: scanners.Finding{Check: "api/cluster-admin", Key: "ServiceAccount:NAMESPACE/ci", Object: kube.Ref{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "RoleBinding", Name: "all"}},
			answers: Answers{"how": "bind-less", "role": "edit"}, field: []string{"subjects"}, want: ``,
		},
	}
}

// The smaller role really is bound, where it was asked for, and to who it was.
func TestBindLess(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: all}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}`, b.namespace)
	b.applyAnswering(scanners.Finding{Check: "api/cluster-admin", Key: "User:jane", Object: b.ref("rbac.authorization.k8s.io/v1", "RoleBinding", "all")},
		Answers{"how": "bind-less", "role": "view"})
	smaller := b.read(b.ref("rbac.authorization.k8s.io/v1", "RoleBinding", "all-view"))
	if got, want := asJSON(t, smaller.Object["subjects"]), `[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"jane"}]`; got != want {
		t.Errorf("its subjects are %s, want %s", got, want)
	}
}

// A folder of the node stays a person's decision until it is answered, and the
// plan says what could be answered.
func TestHostPathNeedsAnAnswer(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, workload("Deployment", "", "volumes: [{name: logs, hostPath: {path: /var/log}}],", ""), b.namespace)
	finding := onWorkload("pod/host-path", "Deployment", "", "spec.template.spec.volumes[0].hostPath", "logs")
	finding.Object.Namespace = b.namespace
	plan, err := b.fixer.Plan(t.Context(), finding, b.inventory(), nil)
	if !errors.Is(err, ErrManual) {
		t.Errorf("the plan: %v", err)
	}
	if len(plan.Questions) != 1 || plan.Questions[0].Value != "by-hand" || slices.Contains(plan.Questions[0].values(), "claim") {
		t.Errorf("it asks %+v", plan.Questions)
	}
	if _, err := b.fixer.Plan(t.Context(), finding, b.inventory(), Answers{"how": "claim"}); err == nil || !strings.Contains(err.Error(), "the choices are by-hand, empty-dir") {
		t.Errorf("a claim where there is none: %v", err)
	}
}

// Whatever a service stays open for keeps its own policy, and the namespace's
// levels are what was asked for.
func TestAnswersAboutANamespace(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: NodePort, selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}, {name: dns, port: 53, protocol: UDP}]}}`, b.namespace)
	namespace := kube.Ref{APIVersion: "v1", Kind: "Namespace", Name: b.namespace}
	deny := scanners.Finding{Check: "network/no-default-deny-ingress", Object: namespace}
	asked := b.preview(deny).Plan.Questions
	if len(asked) != 1 || asked[0].Value != "" || asked[0].Choices[0].Found != "it is open to the outside, type NodePort" {
		t.Errorf("it asks %+v", asked)
	}
	b.applyAnswering(deny, Answers{"allow": "web"})
	policy := b.read(b.ref("networking.k8s.io/v1", "NetworkPolicy", "allow-to-web"))
	if got, want := asJSON(t, policy.Object["spec"]), `{"ingress":[{"ports":[{"port":"http","protocol":"TCP"},{"port":53,"protocol":"UDP"}]}],"podSelector":{"matchLabels":{"app":"web"}},"policyTypes":["Ingress"]}`; got != want {
		t.Errorf("the policy is %s, want %s", got, want)
	}
	b.applyAnswering(scanners.Finding{Check: "network/no-default-deny-egress", Object: namespace}, Answers{"allow": "namespace,dns"})
	egress := b.read(b.ref("networking.k8s.io/v1", "NetworkPolicy", "default-deny-egress"))
	if got := asJSON(t, egress.Object["spec"]); strings.Count(got, `"to":`) != 2 || !strings.Contains(got, `{"to":[{"podSelector":{}}]}`) {
		t.Errorf("the egress policy is %s", got)
	}
	b.applyAnswering(scanners.Finding{Check: "api/psa-missing", Object: namespace}, Answers{"level": "none"})
	if labels := b.read(namespace).GetLabels(); labels["pod-security.kubernetes.io/enforce"] != "" || labels["pod-security.kubernetes.io/warn"] != "restricted" {
		t.Errorf("labels are %v", labels)
	}
}

// What kiln says of a load balancer, kiln itself takes for internal.
func TestInternalLoadBalancersAreNotPublic(t *testing.T) {
	t.Parallel()
	checks := catalogue.Checks()
	i := slices.IndexFunc(checks, func(c scanners.Check) bool { return c.ID == "network/public-loadbalancer" })
	for provider, annotations := range internalLoadBalancers() {
		svc := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "web", Annotations: annotations}, Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer}}
		if found := checks[i].Find(&kube.Inventory{Services: []*corev1.Service{svc}}); len(found.Hits) > 0 {
			t.Errorf("%s: %v", provider, found.Hits)
		}
	}
}

// Amounts that the server would refuse are refused at once.
func TestAmountsThatDoNotFit(t *testing.T) {
	t.Parallel()
	half := resource.MustParse("512Mi")
	fits := bound{"memory-limit", "limits", corev1.ResourceMemory, "512Mi"}.fits(
		map[string]any{"resources": map[string]any{"requests": map[string]any{"memory": "256Mi"}}}, nil, &half)
	for value, why := range map[string]string{"much": "an amount", "-1": "an amount", "128Mi": "requests 256Mi", "1Gi": "permits 512Mi at most", "300Mi": ""} {
		if err := fits(value); (err == nil) != (why == "") || err != nil && !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", value, err)
		}
	}
}
