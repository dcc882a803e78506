package fixes

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/resource"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

// podRoundTrips are those of the settings of pods that fewer workloads have.
func podRoundTrips() []roundTrip {
	const container = "securityContext"
	onPod := func(name, podSpec, check, path, key string, want string, field ...string) roundTrip {
		return roundTrip{
			name: name, manifest: workload("Deployment", "", podSpec, ""),
			finding: onWorkload(check, "Deployment", "", "spec.template.spec."+path, key),
			field:   inPodSpec(field...), want: want,
		}
	}
	onContainer := func(name, fields, check, path, key string, want string, field ...string) roundTrip {
		return roundTrip{
			name: name, manifest: workload("Deployment", "", "volumes: [{name: logs, hostPath: {path: /var/log}}],", fields),
			finding: onWorkload(check, "Deployment", "api", "spec.template.spec.containers[1]."+path, key),
			field:   inPodSpec(append([]string{"containers", "1"}, field...)...), want: want,
		}
	}
	return []roundTrip{
		onContainer("one of two host ports", "ports: [{containerPort: 80, hostPort: 8080}, {containerPort: 53, hostPort: 53, protocol: UDP}]",
			"pod/host-port", "ports[1].hostPort", "53/UDP",
			`[{"containerPort":80,"hostPort":8080,"protocol":"TCP"},{"containerPort":53,"protocol":"UDP"}]`, "ports"),
		onContainer("a stale image", "imagePullPolicy: Never", "pod/image-pull-policy", "imagePullPolicy", "", `"Always"`, "imagePullPolicy"),
		onContainer("no CPU limit", "resources: {requests: {cpu: '3'}}", "pod/cpu-limit", "resources.limits.cpu", "",
			`{"limits":{"cpu":"3"},"requests":{"cpu":"3"}}`, "resources"),
		onContainer("no memory limit", "resources: {limits: {cpu: '2'}}", "pod/memory-limit", "resources.limits.memory", "",
			`{"cpu":"2","memory":"512Mi"}`, "resources", "limits"),
		onContainer("no CPU request", "", "pod/cpu-request", "resources.requests.cpu", "", `{"cpu":"100m"}`, "resources", "requests"),
		onContainer("no memory request", "", "pod/memory-request", "resources.requests.memory", "", `{"memory":"128Mi"}`, "resources", "requests"),
		onContainer("a folder of the node", "volumeMounts: [{name: logs, mountPath: /logs, subPath: pods}]", "pod/host-path-writable", "volumeMounts[0].readOnly", "/logs",
			`[{"mountPath":"/logs","name":"logs","readOnly":true,"subPath":"pods"}]`, "volumeMounts"),
		onContainer("raw packets", "securityContext: {capabilities: {add: [CAP_NET_RAW, CHOWN], drop: [MKNOD]}}", "pod/capability-net-raw", "securityContext.capabilities.add", "",
			`{"add":["CHOWN"],"drop":["MKNOD","NET_RAW"]}`, container, "capabilities"),
		onContainer("SYS_ADMIN", "securityContext: {capabilities: {add: [SYS_ADMIN, CHOWN]}}", "pod/capability-sys-admin", "securityContext.capabilities.add", "SYS_ADMIN",
			`{"add":["CHOWN"]}`, container, "capabilities"),
		onContainer("a probe of another host", "livenessProbe: {httpGet: {host: 10.0.0.1, port: 80, path: /}}", "pod/host-probes", "livenessProbe.httpGet.host", "livenessProbe",
			`{"path":"/","port":80,"scheme":"HTTP"}`, "livenessProbe", "httpGet"),
		onContainer("a hook that calls another host", "lifecycle: {preStop: {tcpSocket: {host: 10.0.0.1, port: 80}, httpGet: null}}", "pod/host-probes", "lifecycle.preStop.tcpSocket.host", "lifecycle.preStop",
			`{"tcpSocket":{"port":80}}`, "lifecycle", "preStop"),
		onContainer("no AppArmor in the container", "securityContext: {appArmorProfile: {type: Unconfined}}", "pod/apparmor", "securityContext.appArmorProfile.type", "",
			`{"type":"RuntimeDefault"}`, container, "appArmorProfile"),
		onContainer("an SELinux context in the container", "securityContext: {seLinuxOptions: {user: system_u, type: spc_t, level: 's0:c1'}}", "pod/selinux", "securityContext.seLinuxOptions", "",
			`{"level":"s0:c1"}`, container, "seLinuxOptions"),
		onContainer("root's group", "securityContext: {runAsGroup: 0}", "pod/root-group", "securityContext.runAsGroup", "runAsGroup", `65532`, container, "runAsGroup"),
		onPod("the node's users", "", "pod/host-users", "hostUsers", "", `false`, "hostUsers"),
		onPod("shared processes", "shareProcessNamespace: true,", "pod/share-process-namespace", "shareProcessNamespace", "", `false`, "shareProcessNamespace"),
		onPod("one of two kernel settings", "securityContext: {sysctls: [{name: kernel.msgmax, value: '1'}, {name: net.core.somaxconn, value: '2'}]},", "pod/sysctls", "securityContext.sysctls[0].name", "kernel.msgmax",
			`[{"name":"net.core.somaxconn","value":"2"}]`, container, "sysctls"),
		onPod("the only kernel setting", "securityContext: {sysctls: [{name: kernel.msgmax, value: '1'}]},", "pod/sysctls", "securityContext.sysctls[0].name", "kernel.msgmax", ``, container, "sysctls"),
		onPod("no AppArmor in the pod", "securityContext: {appArmorProfile: {type: Unconfined}},", "pod/apparmor", "securityContext.appArmorProfile.type", "",
			`{"type":"RuntimeDefault"}`, container, "appArmorProfile"),
		onPod("an SELinux role of the pod", "securityContext: {seLinuxOptions: {role: sysadm_r, type: container_t}},", "pod/selinux", "securityContext.seLinuxOptions", "",
			`{"type":"container_t"}`, container, "seLinuxOptions"),
		onPod("volumes of root's group", "securityContext: {fsGroup: 0},", "pod/root-group", "securityContext.fsGroup", "fsGroup", `65532`, container, "fsGroup"),
		onPod("root's group besides", "securityContext: {supplementalGroups: [0, 7]},", "pod/root-group", "securityContext.supplementalGroups[0]", "supplementalGroups", `[7]`, container, "supplementalGroups"),
		onPod("the default account", "", "pod/default-serviceaccount", "serviceAccountName", "", `"api"`, "serviceAccountName"),
		onPod("the default account by name", "serviceAccountName: default,", "pod/default-serviceaccount", "serviceAccountName", "", `"api"`, "serviceAccountName"),
		{
			name:     "all of /proc",
			manifest: workload("Deployment", "", "hostUsers: false,", "securityContext: {procMount: Unmasked}"),
			finding:  onWorkload("pod/proc-mount", "Deployment", "api", "", ""),
			field:    inPodSpec("containers", "1", container, "procMount"), want: `"Default"`,
		},
		{
			name: "no AppArmor by annotation",
			manifest: strings.Replace(workload("Deployment", "", "", ""), "metadata: {labels: {app: api}}",
				`metadata: {labels: {app: api}, annotations: {container.apparmor.security.beta.kubernetes.io/api: unconfined}}`, 1),
			finding: onWorkload("pod/apparmor", "Deployment", "", "spec.template.metadata.annotations[container.apparmor.security.beta.kubernetes.io/api]", "container.apparmor.security.beta.kubernetes.io/api"),
			field:   []string{"spec", "template", "metadata", "annotations"}, want: `{"container.apparmor.security.beta.kubernetes.io/api":"runtime/default"}`,
		},
	}
}

// An image is pinned to what runs; where that isn't one digest, a person
// decides.
func TestPinToTheRunningDigest(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, workload("Deployment", "", "", ""), b.namespace)
	finding := onWorkload("pod/image-digest", "Deployment", "api", "spec.template.spec.containers[1].image", "")
	finding.Object.Namespace = b.namespace
	first := b.read(finding.Object)
	b.letTimePass()
	one, other := "sha256:"+strings.Repeat("a", 64), "sha256:"+strings.Repeat("b", 64)
	running := func(ids ...string) *kube.Inventory {
		found := slices.Clone(b.inventory().Workloads)
		i := slices.IndexFunc(found, func(w *kube.Workload) bool { return w.Ref() == finding.Object })
		w := *found[i]
		w.Pods = nil
		for _, id := range ids {
			w.Pods = append(w.Pods, &kube.Pod{ImageIDs: map[string]string{"api": id}})
		}
		return &kube.Inventory{Workloads: []*kube.Workload{&w}}
	}
	for name, ids := range map[string][]string{
		"nothing runs": nil, "two run": {"example.test/api@" + one, "example.test/api@" + other}, "no registry's digest": {one},
	} {
		if _, err := b.fixer.Plan(t.Context(), finding, running(ids...), nil); !errors.Is(err, ErrManual) {
			t.Errorf("%s: %v", name, err)
		}
	}
	plan, err := b.fixer.Plan(t.Context(), finding, running("docker-pullable://example.test/api@"+one, "example.test/api@"+one), nil)
	if err != nil {
		t.Fatal(err)
	}
	preview, err := b.fixer.Preview(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	entry, err := b.fixer.Apply(t.Context(), preview, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fieldAsJSON(t, b.read(finding.Object), inPodSpec("containers", "1", "image")), `"example.test/api:1@`+one+`"`; got != want {
		t.Errorf("the image is %s, want %s", got, want)
	}
	if _, err := b.fixer.Undo(t.Context(), entry.ID); err != nil {
		t.Fatal(err)
	}
	b.isAsAtFirst(first)
}

// Defaults stay within what the namespace's LimitRange permits.
func TestBoundsKeepToLimitRange(t *testing.T) {
	inv := &kube.Inventory{LimitRanges: []*corev1.LimitRange{{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop"},
		Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{
			{Type: corev1.LimitTypePod, Max: corev1.ResourceList{"memory": resource.MustParse("1Mi")}},
			{Type: corev1.LimitTypeContainer, Min: corev1.ResourceList{"memory": resource.MustParse("1Gi"), "cpu": resource.MustParse("10m")}},
		}},
	}}}
	least, most := permitted(inv, "shop", "memory")
	if least == nil || least.String() != "1Gi" || most != nil {
		t.Errorf("memory: %v, %v", least, most)
	}
	if least, most := permitted(inv, "else", "cpu"); least != nil || most != nil {
		t.Errorf("another namespace: %v, %v", least, most)
	}
}
