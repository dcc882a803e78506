package kube_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"kiln/kube"
	"kiln/kube/kubetest"
)

var (
	pods        = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	configMaps  = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	secrets     = schema.GroupVersionResource{Version: "v1", Resource: "secrets"}
	deployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
)

const tracedPod = `
apiVersion: v1
kind: Pod
metadata: {name: shell}
spec:
  containers:
  - {name: sh, image: registry.example/sh:1, securityContext: {privileged: true}}
`

func object(t *testing.T, manifest string) *unstructured.Unstructured {
	t.Helper()
	obj := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(manifest), &obj.Object); err != nil {
		t.Fatal(err)
	}
	return obj
}

func account(ns, name string) rest.ImpersonationConfig {
	return rest.ImpersonationConfig{UserName: "system:serviceaccount:" + ns + ":" + name}
}

func trace(t *testing.T, c *kube.Cluster, req kube.TraceRequest) kube.Trace {
	t.Helper()
	got, err := c.Trace(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTraceShowsDefaultsAndStoresNothing(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "trace")
	cluster := connect(t, testbed.Kubeconfig())
	got := trace(t, cluster, kube.TraceRequest{Verb: "create", Resource: pods, Namespace: ns, Manifest: object(t, tracedPod)})

	if got.Identity.User.Username == "" || !slices.Contains(got.Identity.User.Groups, "system:authenticated") || got.Identity.Assumed {
		t.Errorf("the server says that we are %+v", got.Identity.User)
	}
	if got.Identity.Credential.Kind != "client certificate" || len(got.Identity.Credential.Facts) != 2 {
		t.Errorf("the credential is %+v", got.Identity.Credential)
	}
	if !got.Access.Allowed || got.Access.Review != "SelfSubjectAccessReview" {
		t.Errorf("access: %+v", got.Access)
	}
	if !got.Admission.Passed() {
		t.Fatalf("admission: %s, %v", got.Admission.NotAsked, got.Admission.Err)
	}
	changed := map[string]any{}
	for _, c := range got.Admission.Changes {
		changed[c.Path] = c.After
	}
	for path, want := range map[string]any{".spec.restartPolicy": "Always", ".spec.serviceAccountName": "default", ".spec.priority": int64(0)} {
		if changed[path] != want {
			t.Errorf("%s is %v, want %v; changed: %v", path, changed[path], want, changed)
		}
	}
	if _, err := testbed.Client().CoreV1().Pods(ns).Get(t.Context(), "shell", metav1.GetOptions{}); err == nil {
		t.Error("the trace has made the pod")
	}
}

// TestTraceAsksAboutANamespaceInItself compares with what the server does:
// by a Namespace's address, a Role in it counts.
func TestTraceAsksAboutANamespaceInItself(t *testing.T) {
	testbed := kubetest.Cluster(t)
	own, other := testbed.Namespace(t, "trace-own"), testbed.Namespace(t, "trace-other")
	rule := rbacv1.PolicyRule{Verbs: []string{"get", "list"}, APIGroups: []string{""}, Resources: []string{"namespaces"}}
	cluster := connect(t, testbed.IdentityIn(t, own, "trace-tenant", nil, rule))
	namespaces := schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	for name, want := range map[string]bool{own: true, other: false} {
		_, err := cluster.Client.CoreV1().Namespaces().Get(t.Context(), name, metav1.GetOptions{})
		if got := trace(t, cluster, kube.TraceRequest{Verb: "get", Resource: namespaces, Name: name}); got.Access.Allowed != want || (err == nil) != want {
			t.Errorf("%s: the trace says %t, the server %v, want %t", name, got.Access.Allowed, err, want)
		}
	}
	if got := trace(t, cluster, kube.TraceRequest{Verb: "list", Resource: namespaces}); got.Access.Allowed {
		t.Error("a Role in a namespace doesn't allow to list all of them")
	}
}

func TestTraceNamesWhoRefuses(t *testing.T) {
	testbed := kubetest.Cluster(t)
	cluster := connect(t, testbed.Kubeconfig())

	restricted := testbed.Namespace(t, "trace-psa")
	label := []byte(`{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"baseline","pod-security.kubernetes.io/warn":"restricted"}}}`)
	if _, err := testbed.Client().CoreV1().Namespaces().Patch(t.Context(), restricted, types.MergePatchType, label, metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	full := testbed.Namespace(t, "trace-quota")
	testbed.Apply(t, `{apiVersion: v1, kind: ResourceQuota, metadata: {name: none}, spec: {hard: {configmaps: "0"}}}`, full)
	guarded := testbed.Namespace(t, "trace-vap")
	testbed.Apply(t, strings.ReplaceAll(noLabelPolicy, "NAMESPACE", guarded), "")

	tests := []struct {
		name, namespace string
		resource        schema.GroupVersionResource
		manifest        string
		by, who         string
	}{
		{"Pod Security", restricted, pods, tracedPod, "PodSecurity", "baseline:latest"},
		{"a quota", full, configMaps, `{apiVersion: v1, kind: ConfigMap, metadata: {name: one-more}}`, "ResourceQuota", "none"},
		{"a policy", guarded, configMaps, `{apiVersion: v1, kind: ConfigMap, metadata: {name: refused}}`, "ValidatingAdmissionPolicy", "trace-no-refused"},
		{"no ServiceAccount", full, pods, strings.Replace(tracedPod, "spec:", "spec:\n  serviceAccountName: ghost", 1), "ServiceAccount", ""},
		{"validation", full, pods, strings.Replace(tracedPod, "name: sh,", "name: Sh_,", 1), "validation", ""},
		{"a namespace that isn't", "trace-nowhere", configMaps, `{apiVersion: v1, kind: ConfigMap, metadata: {name: lost}}`, "NamespaceLifecycle", "trace-nowhere"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := kube.TraceRequest{Verb: "create", Resource: tt.resource, Namespace: tt.namespace, Manifest: object(t, tt.manifest)}
			got := trace(t, cluster, req)
			for start := time.Now(); got.Admission.Err == nil && time.Since(start) < 20*time.Second; got = trace(t, cluster, req) {
				time.Sleep(100 * time.Millisecond) // policies and quotas are in force a moment after they are stored
			}
			r := got.Admission.Refusal
			if r == nil || r.By != tt.by || r.Name != tt.who || r.Says == "" {
				t.Errorf("refused by %+v, want %s %s (%v)", r, tt.by, tt.who, got.Admission.Err)
			}
		})
	}
	got := trace(t, cluster, kube.TraceRequest{Verb: "create", Resource: pods, Namespace: restricted, Manifest: object(t, strings.Replace(tracedPod, "privileged: true", "privileged: false", 1))})
	if len(got.Admission.Warnings) == 0 || !got.Admission.Passed() {
		t.Errorf("Pod Security should warn: %+v", got.Admission)
	}
}

const noLabelPolicy = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: trace-no-refused}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: ["*"], operations: [CREATE], resources: [configmaps]}]
  validations: [{expression: "object.metadata.name != 'refused'", message: "not this one"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: trace-no-refused}
spec:
  policyName: trace-no-refused
  validationActions: [Deny]
  matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE}}}
`

func TestTraceAsAServiceAccount(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "trace-sa")
	cluster := connect(t, testbed.Kubeconfig())
	got := trace(t, cluster, kube.TraceRequest{As: account(ns, "default"), Verb: "list", Resource: secrets, Namespace: ns})
	if got.Identity.User.Username != "system:serviceaccount:"+ns+":default" || !slices.Contains(got.Identity.User.Groups, "system:serviceaccounts:"+ns) {
		t.Errorf("acting as %+v", got.Identity.User)
	}
	if got.Identity.Own.Username == got.Identity.User.Username {
		t.Error("who we are ourselves is lost")
	}
	if got.Access.Allowed || got.Access.Err != nil {
		t.Errorf("access: %+v", got.Access)
	}
	if got.Admission.NotAsked == "" {
		t.Error("a denied request has come to admission")
	}
}

// TestTraceFromAConnectionThatActsAsSomebody has the request's identity take
// the place of the connection's, as a header replaces another.
func TestTraceFromAConnectionThatActsAsSomebody(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "trace-acting")
	admin := connect(t, testbed.Kubeconfig())
	config := rest.CopyConfig(admin.Config)
	config.Impersonate = rest.ImpersonationConfig{UserName: "vera"}
	acting, err := kube.NewCluster(config, "acting")
	if err != nil {
		t.Fatal(err)
	}
	own := trace(t, acting, kube.TraceRequest{Verb: "list", Resource: secrets, Namespace: ns}).Identity
	if facts := strings.Join(own.Credential.Facts, "; "); own.User.Username != "vera" || !strings.Contains(facts, "acts as vera") {
		t.Errorf("we are %+v, %s", own.User, facts)
	}
	behind := trace(t, admin, kube.TraceRequest{Verb: "list", Resource: secrets, Namespace: ns}).Identity.User.Username
	other := trace(t, acting, kube.TraceRequest{As: account(ns, "default"), Verb: "list", Resource: secrets, Namespace: ns}).Identity
	if other.Own.Username != behind {
		t.Errorf("behind the ServiceAccount is %s, not %s", behind, other.Own.Username)
	}
}

func TestTraceWhereImpersonatingIsForbidden(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "trace-forbidden")
	modest := connect(t, testbed.Identity(t, "trace-modest", nil))
	got := trace(t, modest, kube.TraceRequest{As: account(ns, "default"), Verb: "list", Resource: secrets, Namespace: ns})
	if !got.Identity.Refused() || !got.Identity.Assumed || !slices.Contains(got.Identity.User.Groups, "system:serviceaccounts") {
		t.Errorf("identity: %+v", got.Identity)
	}
	if got.Access.Err == nil {
		t.Errorf("others' rights aren't ours to ask about, but: %+v", got.Access)
	}

	reviewer := connect(t, testbed.Identity(t, "trace-reviewer", nil,
		rbacv1.PolicyRule{Verbs: []string{"create"}, APIGroups: []string{"authorization.k8s.io"}, Resources: []string{"subjectaccessreviews"}}))
	got = trace(t, reviewer, kube.TraceRequest{As: rest.ImpersonationConfig{UserName: "root", Groups: []string{"system:masters"}}, Verb: "create", Resource: configMaps, Namespace: ns})
	if !got.Access.Allowed || got.Access.Review != "SubjectAccessReview" || !strings.Contains(got.Admission.NotAsked, "may not act as") {
		t.Errorf("who may ask about others gets an answer about authorization, and no more: %+v, %q", got.Access, got.Admission.NotAsked)
	}
}

func TestTraceOfTheVerbs(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "trace-verbs")
	testbed.Apply(t, deploymentToTrace, ns)
	cluster := connect(t, testbed.Kubeconfig())
	tests := []struct {
		verb, name string
		manifest   string
		method     string
		notAsked   string
	}{
		{verb: "get", name: "web", notAsked: "only reads"},
		{verb: "create", name: "web", method: "POST"},
		{verb: "create", notAsked: "nothing to send"},
		{verb: "update", name: "web", method: "PUT"},
		{verb: "patch", name: "web", method: "PATCH, with nothing in it"},
		{verb: "patch", manifest: strings.Replace(deploymentToTrace, "{name: web}", "{name: web, labels: {a: b}}", 1), method: "PATCH, as a server-side apply"},
		{verb: "delete", name: "web", method: "DELETE"},
		{verb: "deletecollection", notAsked: "not of deletecollection"},
		{verb: "delete", name: "ghost", notAsked: "not found"},
	}
	for _, tt := range tests {
		t.Run(tt.verb+" "+tt.name, func(t *testing.T) {
			req := kube.TraceRequest{Verb: tt.verb, Resource: deployments, Namespace: ns, Name: tt.name}
			if tt.manifest != "" {
				req.Manifest = object(t, tt.manifest)
			}
			got := trace(t, cluster, req).Admission
			if tt.notAsked != "" {
				if !strings.Contains(got.NotAsked, tt.notAsked) {
					t.Errorf("not asked: %q, want %q", got.NotAsked, tt.notAsked)
				}
				return
			}
			if !got.Passed() || got.Method != tt.method {
				t.Errorf("%s: %+v", tt.method, got)
			}
		})
	}
	taken := object(t, strings.Replace(deploymentToTrace, "web:1", "web:1, imagePullPolicy: Always", 1))
	got := trace(t, cluster, kube.TraceRequest{Verb: "patch", Resource: deployments, Namespace: ns, Manifest: taken}).Admission
	if r := got.Refusal; r == nil || r.By != "field ownership" || r.Name != kubetest.KubectlManager {
		t.Errorf("another's field: refused by %+v", r)
	}
	live, err := testbed.Client().AppsV1().Deployments(ns).Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil || live.DeletionTimestamp != nil || live.Spec.Template.Spec.Containers[0].ImagePullPolicy != corev1.PullIfNotPresent {
		t.Errorf("the traces have changed something: %v, %v", live, err)
	}
}

const deploymentToTrace = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: registry.example/web:1}]
`

func TestTraceRefusesWhatMakesNoSense(t *testing.T) {
	testbed := kubetest.Cluster(t)
	cluster := connect(t, testbed.Kubeconfig())
	tests := map[string]kube.TraceRequest{
		"has a verb and a resource":   {Resource: pods},
		"finding the kind":            {Verb: "get", Resource: schema.GroupVersionResource{Group: "nowhere.example", Resource: "kilns"}},
		"names no namespace":          {Verb: "create", Resource: pods, Manifest: object(t, tracedPod)},
		"the request about configmap": {Verb: "create", Resource: configMaps, Namespace: "a", Manifest: object(t, tracedPod)},
		"the request about \"other\"": {Verb: "create", Resource: pods, Namespace: "a", Name: "other", Manifest: object(t, tracedPod)},
	}
	for want, req := range tests {
		if _, err := cluster.Trace(t.Context(), req); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
