package pod

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"kiln/scanners/scantest"
)

func TestRuntimeSocket(t *testing.T) {
	for hostPath, want := range map[string]string{
		"/var/run/docker.sock":                 "docker.sock",
		"/run/containerd/containerd.sock":      "containerd.sock",
		"/var/run/":                            "container runtime through /var/run/",
		"/run/crio":                            "crio.sock",
		"/":                                    "",
		"/var/run/secrets":                     "",
		"/var/runner":                          "",
		"/run/docker.sock.bak":                 "",
		"/var/lib/kubelet/device-plugins/sock": "",
	} {
		if got := socketAt(hostPath); got != want {
			t.Errorf("%s leads to %q, want %q", hostPath, got, want)
		}
	}
	run(t, runtimeSocket(), is("mounted", pod(`{volumes: [{name: d, hostPath: {path: /var/run/docker.sock}}], containers: [{name: a}]}`), []string{
		`spec.volumes[0].hostPath.path: volume "d" gives access to the node's docker.sock`,
	}))
}

func TestUsersAndGroups(t *testing.T) {
	run(t, rootGroup(),
		is("of the pod, of a container, of volumes", pod(`{securityContext: {runAsGroup: 0, fsGroup: 0, supplementalGroups: [5, 0]}, containers: [{name: a},
			{name: b, securityContext: {runAsGroup: 0}}]}`), []string{
			`spec.securityContext.fsGroup: the pod's volumes belong to group 0`,
			`spec.securityContext.runAsGroup: the pod runs as group 0`,
			`spec.securityContext.supplementalGroups[1]: the pod's processes are in group 0 too`,
			`spec.containers[1].securityContext.runAsGroup: container "b" runs as group 0`,
		}),
		is("every container has another", pod(`{securityContext: {runAsGroup: 0}, containers: [{name: a, securityContext: {runAsGroup: 5}}]}`), none),
		is("in a user namespace", pod(`{hostUsers: false, securityContext: {runAsGroup: 0}, containers: [{name: a}]}`), none),
		is("nothing said", pod(`{containers: [{name: a}]}`), none),
	)
	run(t, lowUID(),
		is("user and group", pod(`{securityContext: {runAsUser: 1000}, containers: [{name: a}, {name: b, securityContext: {runAsUser: 20000, runAsGroup: 10000}}]}`), []string{
			`spec.securityContext.runAsUser: the pod runs as user 1000, which the node may know as another`,
			`spec.containers[1].securityContext.runAsGroup: container "b" runs as group 10000, which the node may know as another`,
		}),
		is("high, root, or none", pod(`{containers: [{name: a, securityContext: {runAsUser: 10001}}, {name: b, securityContext: {runAsUser: 0}}, {name: c}]}`), none),
	)
}

func TestHostUsers(t *testing.T) {
	found := []string{"spec.hostUsers: the users of the pod are the node's users"}
	run(t, hostUsers(),
		is("nothing said", pod(`{containers: [{name: a}]}`), found),
		is("on purpose", pod(`{hostUsers: true, containers: [{name: a}]}`), found),
		is("users of its own", pod(`{hostUsers: false, containers: [{name: a}]}`), none),
		is("not possible on the node's network", pod(`{hostNetwork: true, containers: [{name: a}]}`), none),
		is("not on Windows", pod(`{os: {name: windows}, containers: [{name: a}]}`), none),
	)
	old := scantest.Files(t, pod(`{containers: [{name: a}]}`))
	old.Source.Version = "v1.32.1"
	if hits := hostUsers().Find(old).Hits; len(hits) != 0 {
		t.Errorf("asked for on a server that doesn't offer it: %v", hits)
	}
}

func TestShareProcessNamespace(t *testing.T) {
	run(t, shareProcessNamespace(),
		is("two containers", pod(`{shareProcessNamespace: true, containers: [{name: a}, {name: b}]}`), []string{
			"spec.shareProcessNamespace: the containers of the pod see each other's processes and files",
		}),
		is("nobody to share with", pod(`{shareProcessNamespace: true, containers: [{name: a}]}`), none),
		is("off", pod(`{shareProcessNamespace: false, containers: [{name: a}, {name: b}]}`), none),
	)
}

func TestSudoOrSSHD(t *testing.T) {
	run(t, sudoOrSSHD(),
		is("in a command, a script, a port", pod(`{containers: [{name: a, command: [/usr/sbin/sshd, -D], ports: [{containerPort: 22}]},
			{name: b, command: [sh, -c, "cd /app && sudo -E ./run"]}, {name: c, command: [sh, -c], args: ["exec sudo ./run"]}]}`), []string{
			`spec.containers[0].ports[0].containerPort: container "a" serves SSH on port 22`,
			`spec.containers[0].command: container "a" starts sshd`,
			`spec.containers[1].command: container "b" starts sudo`,
			`spec.containers[2].args: container "c" starts sudo`,
		}),
		is("only words", pod(`{containers: [{name: a, command: [echo, sudo], args: ["--group=sudo", "see sudo for more"], ports: [{containerPort: 2222}]}]}`), none),
	)
}

func TestNakedPod(t *testing.T) {
	run(t, nakedPod(),
		is("by itself", pod(`{containers: [{name: a}]}`), []string{"metadata.ownerReferences: the pod has no controller that would start it again"}),
		is("a Deployment", deployment(`{containers: [{name: a}]}`), none),
		is("a static pod", `{apiVersion: v1, kind: Pod, metadata: {name: etcd, annotations: {kubernetes.io/config.mirror: x}}, spec: {containers: [{name: a}]}}`, none),
		is("a test of a Helm chart", `{apiVersion: v1, kind: Pod, metadata: {name: t, annotations: {helm.sh/hook: test}}, spec: {containers: [{name: a}]}}`, none),
		is("a controller of an unknown kind", `{apiVersion: v1, kind: Pod, metadata: {name: t, ownerReferences: [{apiVersion: x/v1, kind: Game, name: g, uid: u, controller: true}]}, spec: {containers: [{name: a}]}}`, none),
	)
}

func TestNamespaces(t *testing.T) {
	in := func(namespace, labels string) string {
		return `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: ` + namespace + `, labels: {` + labels + `}}, spec: {template: {spec: {containers: [{name: a}]}}}}`
	}
	run(t, defaultNamespace(),
		is("in default", in("default", ""), []string{`metadata.namespace: Deployment "web" is in the default namespace`}),
		is("elsewhere", in("shop", ""), none))
	run(t, kubeSystemWorkload(),
		is("a guest", in("kube-system", "app: web"), []string{`metadata.namespace: Deployment "web" is in kube-system and doesn't look like a part of Kubernetes`}),
		is("a component", in("kube-system", "k8s-app: kube-dns"), none),
		is("by its priority", `{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: cni, namespace: kube-system}, spec: {template: {spec: {priorityClassName: system-node-critical, containers: [{name: a}]}}}}`, none),
		is("elsewhere", in("shop", ""), none))
}

func TestEphemeralLeftBehind(t *testing.T) {
	run(t, ephemeralLeftBehind(),
		is("in a pod", pod(`{containers: [{name: a}], ephemeralContainers: [{name: debug, image: busybox}]}`), []string{
			`spec.ephemeralContainers[0].image: ephemeral container "debug" was added for debugging, from busybox, and stays until the pod is replaced`,
		}),
		is("none", pod(`{containers: [{name: a}], initContainers: [{name: b}]}`), none))
}

func TestRegistry(t *testing.T) {
	images := pod(`{containers: [{name: a, image: nginx}, {name: b, image: ghcr.io/shop/api:1}, {name: c, image: ghcr.io/shopping/api:1}, {name: d, image: "localhost:5000/x"}]}`)
	run(t, registry([]string{"ghcr.io/shop/", "docker.io/library"}), is("others than the allowed", images, []string{
		`spec.containers[2].image: container "c" runs ghcr.io/shopping/api, which is from no allowed registry`,
		`spec.containers[3].image: container "d" runs localhost:5000/x, which is from no allowed registry`,
	}))
	run(t, registry(nil), is("all are allowed if none is named", images, none))
}

func TestNoOwnerLabel(t *testing.T) {
	bare := pod(`{containers: [{name: a}]}`)
	check := noOwnerLabel([]string{"owner", "team"})
	run(t, check,
		is("nowhere", bare, []string{"metadata.labels: nothing says whose it is: no owner, team"}),
		is("on its namespace", bare+`{apiVersion: v1, kind: Namespace, metadata: {name: default, annotations: {team: shop}}}`, none),
		is("on the object", `{apiVersion: v1, kind: Pod, metadata: {name: web, labels: {owner: jo}}, spec: {containers: [{name: a}]}}`, none),
		is("on the template", `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {metadata: {annotations: {team: shop}}, spec: {containers: [{name: a}]}}}}`, none))
	run(t, noOwnerLabel(nil), is("nobody asks", bare, none))
}

func TestWindowsSelector(t *testing.T) {
	const windowsNode = "{apiVersion: v1, kind: Node, metadata: {name: w, labels: {kubernetes.io/os: windows}}}\n---\n"
	const tainted = "{apiVersion: v1, kind: Node, metadata: {name: w, labels: {kubernetes.io/os: windows}}, spec: {taints: [{key: os, value: windows, effect: NoSchedule}]}}\n---\n"
	linux := deployment(`{containers: [{name: a}]}`)
	run(t, windowsSelector(),
		is("Windows without a selector", deployment(`{os: {name: windows}, containers: [{name: a}]}`), []string{
			"spec.template.spec.nodeSelector: the pod is for Windows, but may be sent to a Linux node"}),
		is("Linux beside open Windows nodes", windowsNode+linux, []string{"spec.template.spec.nodeSelector: the pod may be sent to a Windows node"}),
		is("Windows nodes with a taint", tainted+linux, none),
		is("no Windows nodes", linux, none),
		is("chosen by selector or affinity", windowsNode+deployment(`{nodeSelector: {kubernetes.io/os: linux}, containers: [{name: a}]}`)+
			cronJob(`{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: `+corev1.LabelOSStable+`, operator: In, values: [linux]}]}]}}}, containers: [{name: a}]}`), none))
}
