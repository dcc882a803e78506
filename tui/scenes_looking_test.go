package tui

import (
	"fmt"
	"io"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

// lookScenes are pictures of what looks into objects: descriptions, logs,
// debug containers and probes.
func lookScenes() []scene {
	return []scene{
		{"describe", "staging", func(_ *testing.T, a *App) {
			about := describedAs(describedPod)
			a.push(&describeView{app: a, ref: about.ref, pager: newPager()})
			a.top().update(describedMsg{about: about})
		}},
		{"logs", "staging", func(_ *testing.T, a *App) {
			openFixtureLogs(a).update(logMsg{lines: []string{"listening on :8080", "GET / 200"}, stream: &logStream{}})
		}},
		{"logs-broken", "staging", func(_ *testing.T, a *App) {
			v := openFixtureLogs(a)
			for i := range 60 {
				v.update(logMsg{lines: []string{fmt.Sprintf("%02d 注文 🚀 %s", i, longName)}, stream: &logStream{}})
			}
			v.update(logMsg{done: true, err: fmt.Errorf("reading the log of checkout-1 · api: %w", io.ErrUnexpectedEOF), stream: &logStream{}})
		}},
		{"debug-form", "staging", func(_ *testing.T, a *App) { openFixtureDebug(a, false) }},
		{"debug", "staging", func(_ *testing.T, a *App) {
			v := openFixtureDebug(a, false)
			v.editing = false
			v.update(debugPreviewMsg{preview: fixtureDebugPreview(a)})
		}},
		{"debug-waiting", "staging", func(_ *testing.T, a *App) {
			v := openFixtureDebug(a, false)
			v.editing, v.starting = false, true
			v.preview = fixtureDebugPreview(a)
			v.progress.Store("kiln-debug-x7k2p waits: ImagePullBackOff: back-off pulling image \"busybox:1.36\"")
		}},
		{"debug-refused", "staging", func(_ *testing.T, a *App) {
			v := openFixtureDebug(a, false)
			v.editing = false
			v.update(debugPreviewMsg{err: fmt.Errorf("Pod/checkout-1 in shop isn't on a node yet: there is nothing to look into")})
		}},
		{"shell", "prod-eu-1", func(_ *testing.T, a *App) { a.shellHere("shop", "checkout-1", "api", nil) }},
		{"debug-sessions", "staging", func(_ *testing.T, a *App) {
			a.runCommand("debug")
			until := a.now().Add(time.Hour)
			session := func(namespace, pod, target string, until time.Time) kube.DebugSession {
				return kube.DebugSession{Pod: kube.Ref{APIVersion: "v1", Kind: "Pod", Namespace: namespace, Name: pod}, Container: "kiln-debug-x7k2p", Target: target, Until: until}
			}
			a.top().update(debugSessionsMsg{sessions: []kube.DebugSession{
				session("shop", "checkout-1", "api", until), session("データ基盤", "注文データベース-0", "", until), session("shop", hostile, "api", time.Time{}), session(longName, longName, longName, until),
			}})
		}},
		{"debug-none", "staging", func(_ *testing.T, a *App) {
			a.runCommand("debug")
			a.top().update(debugSessionsMsg{})
		}},
		{"probe-form", "prod-eu-1", func(_ *testing.T, a *App) { openFixtureDebug(a, true) }},
		{"probe", "staging", func(_ *testing.T, a *App) {
			v := openFixtureDebug(a, true)
			v.editing = false
			v.update(debugPreviewMsg{preview: fixtureDebugPreview(a)})
		}},
		{"evidence", "staging", func(_ *testing.T, a *App) {
			openFixtureEvidence(a).update(evidenceMsg{all: []kube.Evidence{fixtureEvidence(a.now()), fixtureEvidence(a.now().Add(-time.Hour))}})
		}},
		{"evidence-none", "staging", func(_ *testing.T, a *App) { openFixtureEvidence(a).update(evidenceMsg{}) }},
		{"node-none", "staging", func(_ *testing.T, a *App) { openFixtureNode(a).update(nodeFactsMsg{}) }},
		{"node-form", "staging", func(_ *testing.T, a *App) {
			openFixtureNode(a).update(nodeFactsMsg{})
			press(a, "enter")
		}},
		{"node-pod", "staging", func(t *testing.T, a *App) {
			v := openFixtureNode(a)
			v.update(nodeFactsMsg{})
			plan, err := kube.PlanNodeProbe(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: v.node}}, kube.NodeProbeOptions{Folders: []string{"/etc/rancher"}})
			if err != nil {
				t.Fatal(err)
			}
			v.update(nodePreviewMsg{preview: &nodeProbePreview{plan, fixtureProbePod}})
		}},
		{"node-running", "staging", func(_ *testing.T, a *App) {
			v := openFixtureNode(a)
			v.update(nodeFactsMsg{})
			v.running = true
			v.progress.Store("the pod waits: ContainerCreating")
		}},
		{"node", "staging", func(_ *testing.T, a *App) { openFixtureNode(a).update(nodeFactsMsg{facts: fixtureNode(a.now())}) }},
	}
}

func openFixtureLogs(a *App) *logsView {
	v := &logsView{app: a, namespace: "shop", pods: []string{"checkout-1", "checkout-2"}, containers: []string{"api"}, pager: newPager()}
	a.push(v)
	return v
}

// openFixtureDebug shows the form for a debug container, or a probe, of a pod.
func openFixtureDebug(a *App, probe bool) *debugView {
	a.openDebugView(target{ref: kube.Ref{APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: "checkout-1"}}, probe)
	a.cancelTasks(nil)
	v := a.top().(*debugView)
	v.update(debugFoundMsg{container: "api", containers: []string{"api", "proxy"}, profile: "general", why: "the namespace enforces no Pod Security level"})
	return v
}

func fixtureDebugPreview(a *App) *debugPreview {
	return &debugPreview{plan: kube.DebugPlan{
		Pod: kube.Ref{APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: "checkout-1"}, Until: a.now().Add(debugLasts),
		Container: corev1.EphemeralContainer{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "kiln-debug-x7k2p"}},
	}, yaml: `metadata:
  uid: 6f1c2b1e-5c1d-4a53-9f0e-0d6f5c1b7a11
spec:
  ephemeralContainers:
  - env:
    - name: KILN_UNTIL
      value: "2026-03-14T10:26:53Z"
    image: busybox:1.36
    imagePullPolicy: IfNotPresent
    name: kiln-debug-x7k2p
    securityContext:
      capabilities:
        add:
        - SYS_PTRACE
    targetContainerName: api
`}
}

func openFixtureEvidence(a *App) *evidenceView {
	v := &evidenceView{app: a, target: target{ref: kube.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "checkout"}}, pager: newPager()}
	a.push(v)
	return v
}

func fixtureEvidence(seen time.Time) kube.Evidence {
	return kube.Evidence{
		Time: seen, Pod: kube.Ref{APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: "checkout-1"}, Container: "api", Started: seen.Add(-3 * time.Hour),
		Effective: []string{"CHOWN", "NET_BIND_SERVICE"}, Bounding: []string{"CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"}, Seccomp: "disabled",
		Written: []kube.WrittenFolder{{Path: "/var/cache/注文", Files: 3, Volume: "/var/cache"}, {Path: "/tmp", Files: 1, Volume: "/"}},
		Shells:  []string{"/bin/sh"}, Listening: []kube.Socket{{Protocol: "TCP", Address: "0.0.0.0", Port: 8080}},
		Connections:  []kube.Connection{{Peer: "10.96.0.12", Port: 5432, Who: []string{"Service/db in shop"}}, {Inbound: true, Peer: "10.1.2.3", Port: 8080}},
		TokenMounted: true, Unknown: []string{"files in /var/lib/mysql: permission denied"},
	}
}

func openFixtureNode(a *App) *nodeProbeView {
	a.openNodeProbe("worker-1.eu-central.compute.example")
	a.cancelTasks(nil)
	return a.top().(*nodeProbeView)
}

func fixtureNode(seen time.Time) *kube.NodeFacts {
	return &kube.NodeFacts{
		Time: seen, Node: "worker-1.eu-central.compute.example", Kernel: "6.8.0-45-generic", OS: "Ubuntu 24.04.1 LTS", AppArmor: true,
		Kubelet:   &kube.KubeletFacts{Arguments: []string{"--config=/var/lib/kubelet/config.yaml", "--kubeconfig=/etc/kubernetes/kubelet.conf", "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf"}},
		Files:     []kube.NodeFile{{Role: kube.KubeletConfigFile, Path: "/var/lib/kubelet/config.yaml", Mode: 0o644}, {Role: kube.KubeletKey, Path: "/var/lib/kubelet/pki/kubelet.key", Mode: 0o600}},
		Sysctls:   map[string]string{"kernel.kptr_restrict": "1", "fs.protected_symlinks": "1"},
		Users:     []kube.NodeUser{{Name: "root", Shell: "/bin/bash"}, {Name: "ubuntu", UID: 1000, Shell: "/bin/bash"}},
		Listening: []kube.Socket{{Protocol: "TCP", Address: "::", Port: 10250}, {Protocol: "TCP", Address: "0.0.0.0", Port: 22}},
		Unseen:    []kube.Unseen{{What: "units", Why: "/usr/lib/systemd lies outside of the mounted folders"}},
	}
}

const fixtureProbePod = `apiVersion: v1
kind: Pod
metadata:
  generateName: kiln-node-probe-
  namespace: kube-system
spec:
  automountServiceAccountToken: false
  containers:
  - image: busybox:1.36
    name: probe
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      runAsUser: 0
  nodeName: worker-1.eu-central.compute.example
`
