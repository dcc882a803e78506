package fixes

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners"
)

// workload is a manifest with a pod template of one container, api.
func workload(kind, extra, podSpec, container string) string {
	template := fmt.Sprintf(`{metadata: {labels: {app: api}}, spec: {%s containers: [{name: side, image: "example.test/side:1"}, {name: api, image: "example.test/api:1", %s}]}}`, podSpec, container)
	switch kind {
	case "CronJob":
		template = strings.Replace(template, "spec: {", "spec: {restartPolicy: Never, ", 1)
		return fmt.Sprintf(`{apiVersion: batch/v1, kind: CronJob, metadata: {name: api}, spec: {schedule: "0 0 1 1 *", jobTemplate: {spec: {template: %s}}}}`, template)
	case "ReplicationController":
		return fmt.Sprintf(`{apiVersion: v1, kind: %s, metadata: {name: api}, spec: {selector: {app: api}, %s template: %s}}`, kind, extra, template)
	}
	return fmt.Sprintf(`{apiVersion: apps/v1, kind: %s, metadata: {name: api}, spec: {selector: {matchLabels: {app: api}}, %s template: %s}}`, kind, extra, template)
}

// roundTrip is a recipe's whole life: what it fixes, and what is right then.
type roundTrip struct {
	name     string
	manifest string
	finding  scanners.Finding
	// answers are those that differ from the defaults.
	answers Answers
	// field and want are a field of the fixed object as JSON; an empty want
	// means that it's gone.
	field []string
	want  string
}

func onWorkload(check, kind, container, path, key string) scanners.Finding {
	apiVersion := map[string]string{"CronJob": "batch/v1", "ReplicationController": "v1"}[kind]
	if apiVersion == "" {
		apiVersion = "apps/v1"
	}
	return scanners.Finding{
		Check: check, Container: container, Path: path, Key: key,
		Object: kube.Ref{APIVersion: apiVersion, Kind: kind, Name: "api"},
	}
}

func inPodSpec(fields ...string) []string {
	return append([]string{"spec", "template", "spec"}, fields...)
}

func roundTrips() []roundTrip {
	const container = "securityContext"
	trips := []roundTrip{
		{
			name: "privilege escalation", manifest: workload("Deployment", "", "", ""),
			finding: onWorkload("pod/privilege-escalation", "Deployment", "api", "", ""),
			field:   inPodSpec("containers", "1", container, "allowPrivilegeEscalation"), want: `false`,
		},
		{
			name: "one of two added capabilities", manifest: workload("Deployment", "", "", `securityContext: {capabilities: {add: [NET_ADMIN, SYS_TIME]}}`),
			finding: onWorkload("pod/capabilities-added", "Deployment", "api", "", "NET_ADMIN"),
			field:   inPodSpec("containers", "1", container, "capabilities", "add"), want: `["SYS_TIME"]`,
		},
		{
			name: "the only added capability", manifest: workload("Deployment", "", "", `securityContext: {capabilities: {add: [NET_ADMIN]}}`),
			finding: onWorkload("pod/capabilities-added", "Deployment", "api", "", "NET_ADMIN"),
			field:   inPodSpec("containers", "1", container, "capabilities", "add"), want: ``,
		},
		{
			name: "capabilities not dropped", manifest: workload("Deployment", "", "", `securityContext: {capabilities: {add: [CHOWN], drop: [NET_RAW]}}`),
			finding: onWorkload("pod/capabilities-not-dropped", "Deployment", "api", "spec.template.spec.containers[1].securityContext.capabilities.drop", ""),
			field:   inPodSpec("containers", "1", container, "capabilities"), want: `{"add":["CHOWN"],"drop":["ALL"]}`,
		},
		{
			name: "capabilities taken back after dropping", manifest: workload("Deployment", "", "", `securityContext: {capabilities: {add: [CHOWN, NET_BIND_SERVICE], drop: [ALL]}}`),
			finding: onWorkload("pod/capabilities-not-dropped", "Deployment", "api", "spec.template.spec.containers[1].securityContext.capabilities.add", ""),
			field:   inPodSpec("containers", "1", container, "capabilities"), want: `{"add":["NET_BIND_SERVICE"],"drop":["ALL"]}`,
		},
		{
			name: "seccomp in the container", manifest: workload("Deployment", "", "", ""),
			finding: onWorkload("pod/seccomp", "Deployment", "api", "", ""),
			field:   inPodSpec("containers", "1", container, "seccompProfile"), want: `{"type":"RuntimeDefault"}`,
		},
		{
			name: "seccomp in the pod", manifest: workload("Deployment", "", "securityContext: {seccompProfile: {type: Unconfined}},", ""),
			finding: onWorkload("pod/seccomp-unconfined", "Deployment", "", "", ""),
			field:   inPodSpec(container, "seccompProfile"), want: `{"type":"RuntimeDefault"}`,
		},
		{
			name: "a localhost profile", manifest: workload("Deployment", "", "", `securityContext: {privileged: false}`),
			finding: onWorkload("pod/seccomp", "Deployment", "", "", ""),
			field:   inPodSpec(container), want: `{"seccompProfile":{"type":"RuntimeDefault"}}`,
		},
		{
			name: "the node's network", manifest: workload("Deployment", "", "hostNetwork: true,", "ports: [{containerPort: 8080}, {containerPort: 53, protocol: UDP}]"),
			finding: onWorkload("pod/host-network", "Deployment", "", "", ""),
			field:   inPodSpec("containers", "1", "ports"), want: `[{"containerPort":8080,"protocol":"TCP"},{"containerPort":53,"protocol":"UDP"}]`,
		},
		{
			name: "the node's processes", manifest: workload("Deployment", "", "hostPID: true,", ""),
			finding: onWorkload("pod/host-pid", "Deployment", "", "", ""),
			field:   inPodSpec("hostPID"), want: ``,
		},
		{
			name: "the node's IPC", manifest: workload("Deployment", "", "hostIPC: true,", ""),
			finding: onWorkload("pod/host-ipc", "Deployment", "", "", ""),
			field:   inPodSpec("hostIPC"), want: ``,
		},
		{
			name: "root, by not forbidding it", manifest: workload("Deployment", "", "", ""),
			finding: onWorkload("pod/run-as-root", "Deployment", "api", "spec.template.spec.containers[1].securityContext.runAsNonRoot", ""),
			field:   inPodSpec("containers", "1", container), want: `{"runAsNonRoot":true}`,
		},
		{
			name: "root, by user 0 of the pod", manifest: workload("Deployment", "", "securityContext: {runAsUser: 0},", ""),
			finding: onWorkload("pod/run-as-root", "Deployment", "", "spec.template.spec.securityContext.runAsUser", ""),
			field:   inPodSpec(container), want: `{"runAsNonRoot":true,"runAsUser":65532}`,
		},
		{
			name: "a writable root", manifest: workload("Deployment", "", "volumes: [{name: tmp-api, emptyDir: {}}],", ""),
			finding: onWorkload("pod/writable-rootfs", "Deployment", "api", "", ""),
			field:   inPodSpec("containers", "1", "volumeMounts"), want: `[{"mountPath":"/tmp","name":"tmp-api-2"}]`,
		},
		{
			name: "a writable root with a /tmp", manifest: workload("Deployment", "", "volumes: [{name: t, emptyDir: {}}],", "volumeMounts: [{name: t, mountPath: /tmp/}]"),
			finding: onWorkload("pod/writable-rootfs", "Deployment", "api", "", ""),
			field:   inPodSpec("containers", "1", "volumeMounts"), want: `[{"mountPath":"/tmp/","name":"t"}]`,
		},
		{
			name: "the API server's token", manifest: workload("Deployment", "", "", ""),
			finding: onWorkload("pod/automount-token", "Deployment", "", "", ""),
			field:   inPodSpec("automountServiceAccountToken"), want: `false`,
		},
		{
			name: "a password in an environment variable", manifest: workload("Deployment", "", "", `env: [{name: PORT, value: "80"}, {name: DB_PASSWORD, value: hunter2-secret}]`),
			finding: onWorkload("data/secret-in-env-literal", "Deployment", "api", "", "DB_PASSWORD"),
			field:   inPodSpec("containers", "1", "env", "1"), want: `{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"key":"DB_PASSWORD","name":"api-api-env"}}}`,
		},
		{
			name:     "an open node port",
			manifest: `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: NodePort, selector: {app: web}, ports: [{name: http, port: 80}, {name: https, port: 443}]}}`,
			finding:  scanners.Finding{Check: "network/nodeport", Object: kube.Ref{APIVersion: "v1", Kind: "Service", Name: "web"}},
			field:    []string{"spec", "type"}, want: `"ClusterIP"`,
		},
		{
			name:     "one of a role binding's subjects",
			manifest: `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: all}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, subjects: [{kind: ServiceAccount, name: ci}, {kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}`,
			finding:  scanners.Finding{Check: "api/cluster-admin", Key: "ServiceAccount:NAMESPACE/ci", Object: kube.Ref{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "RoleBinding", Name: "all"}},
			field:    []string{"subjects"}, want: `[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"jane"}]`,
		},
		{
			name:     "a role binding's last subject",
			manifest: `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: all}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}, subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:unauthenticated"}]}`,
			finding:  scanners.Finding{Check: "api/anonymous-binding", Key: "Group:system:unauthenticated", Object: kube.Ref{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "RoleBinding", Name: "all"}},
			field:    []string{"subjects"}, want: ``,
		},
	}
	for kind, extra := range map[string]string{
		"Deployment": "replicas: 2,", "StatefulSet": "serviceName: api,", "DaemonSet": "", "ReplicaSet": "", "ReplicationController": "", "CronJob": "",
	} {
		trip := roundTrip{
			name: "a privileged container of a " + kind, manifest: workload(kind, extra, "", "securityContext: {privileged: true}"),
			finding: onWorkload("pod/privileged", kind, "api", "", ""),
			field:   inPodSpec("containers", "1", container, "privileged"), want: `false`,
		}
		if kind == "CronJob" {
			trip.field = append([]string{"spec", "jobTemplate"}, trip.field...)
		}
		trips = append(trips, trip)
	}
	return slices.Concat(trips, podRoundTrips(), answeredRoundTrips())
}

// Every fix does what it says, and undo brings back the first state: values,
// owners of fields, and their times.
func TestFixAndUndo(t *testing.T) {
	t.Parallel()
	for _, trip := range roundTrips() {
		t.Run(trip.name, func(t *testing.T) {
			b := newBench(t)
			b.testbed.Apply(t, trip.manifest, b.namespace)
			trip.finding.Object.Namespace = b.namespace
			trip.finding.Key = strings.ReplaceAll(trip.finding.Key, "NAMESPACE", b.namespace)
			first := b.read(trip.finding.Object)
			b.letTimePass()

			entry := b.applyAnswering(trip.finding, trip.answers)
			if got := fieldAsJSON(t, b.read(trip.finding.Object), trip.field); got != trip.want {
				t.Errorf("after the fix, %v is %s, want %s", trip.field, got, trip.want)
			}
			undone, err := b.newFixer().Undo(t.Context(), entry.ID)
			if err != nil {
				t.Fatal(err)
			}
			if undone.State != Undone {
				t.Errorf("the entry is %s", undone.State)
			}
			b.isAsAtFirst(first)
			for _, object := range entry.Objects {
				if object.Mechanism == Create {
					b.isGone(object.Ref)
				}
			}
		})
	}
}

func (b *bench) isAsAtFirst(first *unstructured.Unstructured) {
	b.Helper()
	now := b.read(kube.RefOf(first))
	if want, got := kubetest.Lasting(first), kubetest.Lasting(now); !reflect.DeepEqual(want, got) {
		b.Errorf("undo did not bring back the first state:\nfirst %s\nnow   %s", asJSON(b.T, want.Object), asJSON(b.T, got.Object))
	}
}

func (b *bench) isGone(ref kube.Ref) {
	b.Helper()
	if _, err := b.cluster.Read(b.Context(), ref); !apierrors.IsNotFound(err) {
		b.Errorf("%s is still there: %v", ref, err)
	}
}

// A namespace gets the strictest level that its workloads meet, and policies.
func TestFixAndUndoNamespace(t *testing.T) {
	t.Parallel()
	const restricted = `securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}`
	for name, test := range map[string]struct{ podSpec, container, enforce string }{
		"restricted": {"", restricted, "restricted"},
		"baseline":   {"", "", "baseline"},
		"neither":    {"hostPID: true,", "", ""},
	} {
		t.Run("Pod Security, "+name, func(t *testing.T) {
			b := newBench(t)
			manifest := workload("Deployment", "", test.podSpec, test.container)
			if name == "restricted" {
				manifest = strings.ReplaceAll(manifest, `{name: side, image: "example.test/side:1"}, `, "")
				manifest = strings.Replace(manifest, "spec: { containers", "spec: {securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, containers", 1)
			}
			b.testbed.Apply(t, manifest, b.namespace)
			ref := kube.Ref{APIVersion: "v1", Kind: "Namespace", Name: b.namespace}
			first := b.read(ref)
			b.letTimePass()
			entry := b.apply(scanners.Finding{Check: "api/psa-missing", Object: ref})
			labels := b.read(ref).GetLabels()
			if got := labels["pod-security.kubernetes.io/enforce"]; got != test.enforce {
				t.Errorf("enforces %q, want %q", got, test.enforce)
			}
			if labels["pod-security.kubernetes.io/warn"] != "restricted" || labels["pod-security.kubernetes.io/audit"] != "restricted" {
				t.Errorf("labels are %v", labels)
			}
			if _, err := b.fixer.Undo(t.Context(), entry.ID); err != nil {
				t.Fatal(err)
			}
			b.isAsAtFirst(first)
		})
	}
	for _, direction := range []string{"ingress", "egress"} {
		t.Run("default deny "+direction, func(t *testing.T) {
			b := newBench(t)
			entry := b.apply(scanners.Finding{
				Check: "network/no-default-deny-" + direction, Object: kube.Ref{APIVersion: "v1", Kind: "Namespace", Name: b.namespace},
			})
			policy := b.read(b.ref("networking.k8s.io/v1", "NetworkPolicy", "default-deny-"+direction))
			if got := fieldAsJSON(t, policy, []string{"spec", "policyTypes"}); !strings.EqualFold(got, `["`+direction+`"]`) {
				t.Errorf("its types are %s", got)
			}
			if _, err := b.fixer.Undo(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			b.isGone(entry.Objects[0].Ref)
			if _, err := b.fixer.Undo(t.Context(), ""); !errors.Is(err, ErrNothingToUndo) {
				t.Errorf("a second undo: %v", err)
			}
		})
	}
}

func fieldAsJSON(t *testing.T, obj *unstructured.Unstructured, path []string) string {
	t.Helper()
	var node any = obj.Object
	for _, step := range path {
		switch n := node.(type) {
		case map[string]any:
			node = n[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(n) {
				t.Fatalf("no %v in %v", step, n)
			}
			node = n[i]
		}
	}
	if node == nil {
		return ""
	}
	return asJSON(t, node)
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
