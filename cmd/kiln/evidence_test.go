package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"

	"kiln/kube/kubetest"
)

const writerManifest = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: writer}
spec:
  selector: {matchLabels: {app: writer}}
  template:
    metadata: {labels: {app: writer}}
    spec:
      terminationGracePeriodSeconds: 0
      volumes: [{name: data, emptyDir: {}}]
      containers:
      - name: app
        image: ` + kubetest.HelloImage + `
        args: [-write, "/tmp,/var/cache/app,/data"]
        ports: [{containerPort: 8080}]
        volumeMounts: [{name: data, mountPath: /data}]
        securityContext: {runAsUser: 0}
`

// rolledOut waits for the Deployment's newest pod to be its only one, and to
// run: hello ends at once where it can't write.
func rolledOut(t *testing.T, testbed *kubetest.Testbed, ns string) *corev1.Pod {
	t.Helper()
	var pod *corev1.Pod
	err := wait.PollUntilContextTimeout(t.Context(), 200*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		d, err := testbed.Client().AppsV1().Deployments(ns).Get(ctx, "writer", metav1.GetOptions{})
		if err != nil || d.Status.ObservedGeneration < d.Generation || d.Status.UpdatedReplicas != 1 || d.Status.AvailableReplicas != 1 {
			return false, err
		}
		pods, err := testbed.Client().CoreV1().Pods(ns).List(ctx, metav1.ListOptions{LabelSelector: "app=writer"})
		if err != nil || len(pods.Items) != 1 || pods.Items[0].Status.Phase != corev1.PodRunning {
			return false, err
		}
		pod = &pods.Items[0]
		return true, nil
	})
	if err != nil {
		t.Fatalf("waiting for the rollout: %v", err)
	}
	return pod
}

// answer is what the application says to somebody from outside of the cluster.
// Its container may run for a moment before it listens.
func answer(t *testing.T, testbed *kubetest.Testbed, pod *corev1.Pod) string {
	t.Helper()
	var said string
	var why error
	err := wait.PollUntilContextTimeout(t.Context(), 200*time.Millisecond, patience, true, func(context.Context) (bool, error) {
		said, why = call(testbed, pod)
		return why == nil, nil
	})
	if err != nil {
		t.Errorf("the application says nothing: %v", why)
	}
	return strings.TrimSpace(said)
}

// call connects to the pod once, and reads a line.
func call(testbed *kubetest.Testbed, pod *corev1.Pod) (string, error) {
	round, upgrader, err := spdy.RoundTripperFor(testbed.Config())
	if err != nil {
		return "", err
	}
	url := testbed.Client().CoreV1().RESTClient().Post().Resource("pods").Namespace(pod.Namespace).Name(pod.Name).SubResource("portforward").URL()
	stop, ready := make(chan struct{}), make(chan struct{})
	defer close(stop)
	forwarder, err := portforward.New(spdy.NewDialer(upgrader, &http.Client{Transport: round}, http.MethodPost, url), []string{"0:8080"}, stop, ready, io.Discard, io.Discard)
	if err != nil {
		return "", err
	}
	failed := make(chan error, 1)
	go func() { failed <- forwarder.ForwardPorts() }()
	select {
	case err := <-failed:
		return "", err
	case <-ready:
	}
	ports, err := forwarder.GetPorts()
	if err != nil {
		return "", err
	}
	caller, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", ports[0].Local))
	if err != nil {
		return "", err
	}
	defer caller.Close()
	if err := caller.SetDeadline(time.Now().Add(patience)); err != nil {
		return "", err
	}
	return bufio.NewReader(caller).ReadString('\n')
}

// A container that writes to three folders and runs as root needlessly is
// probed and fixed with what was seen; it still works; the fix is taken back.
func TestFixesFromEvidence(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "evidence")
	testbed.Apply(t, writerManifest, ns)
	fix := func(check string) outcome {
		t.Helper()
		pod := rolledOut(t, testbed, ns)
		if said := answer(t, testbed, pod); said != "hello" {
			t.Fatalf("before %s the application says %q", check, said)
		}
		if got := kiln(t, "", "debug", "deploy/writer", "-n", ns, "--probe", "--yes"); got.code != exitDone {
			t.Fatalf("probe: exit %d, %s", got.code, got.err)
		}
		got := kiln(t, "", "fix", check, "-n", ns, "--object", "Deployment/writer", "--yes", "--force-conflicts")
		if got.code != exitDone || !strings.Contains(got.err, "the probe of ") {
			t.Fatalf("%s: exit %d, %s", check, got.code, got.err)
		}
		return got
	}

	rootfs := fix("pod/writable-rootfs")
	if !strings.Contains(rootfs.err, "/tmp, /var/cache/app") || strings.Contains(rootfs.err, "empty folder for /data") {
		t.Errorf("notes: %s", rootfs.err)
	}
	user := fix("pod/run-as-root")
	if !strings.Contains(user.err, "saw it run as root") {
		t.Errorf("notes: %s", user.err)
	}
	dropped := fix("pod/capabilities-not-dropped")
	if !strings.Contains(dropped.err, "without any capability, though a setuid program could have gained") {
		t.Errorf("notes: %s", dropped.err)
	}
	token := fix("pod/automount-token")
	if !strings.Contains(token.err, "saw the token mounted. Whether it is used can't be seen") {
		t.Errorf("notes: %s", token.err)
	}
	pod := rolledOut(t, testbed, ns)
	if said := answer(t, testbed, pod); said != "hello" {
		t.Errorf("afterwards the application says %q", said)
	}
	context := pod.Spec.Containers[0].SecurityContext
	if context.ReadOnlyRootFilesystem == nil || !*context.ReadOnlyRootFilesystem || *context.RunAsUser == 0 || pod.Status.ContainerStatuses[0].RestartCount > 0 {
		t.Errorf("the pod runs with %+v, restarted %d times", context, pod.Status.ContainerStatuses[0].RestartCount)
	}
	again := kiln(t, "", "debug", pod.Name, "-n", ns, "--probe", "--yes")
	if !strings.Contains(again.out, "user 65532") || !strings.Contains(again.out, "BOUNDING SET      none") || !strings.Contains(again.out, "not mounted") || strings.Contains(again.out, "own file system") || !strings.Contains(again.out, "/var/cache/app") {
		t.Errorf("the evidence afterwards: %s", again.out)
	}
	for range 4 {
		if got := kiln(t, "", "undo", "--yes"); got.code != exitDone {
			t.Fatalf("undo: exit %d, %s", got.code, got.err)
		}
	}
	live := rolledOut(t, testbed, ns)
	if said := answer(t, testbed, live); said != "hello" {
		t.Errorf("after the undo the application says %q", said)
	}
	back := live.Spec.Containers[0]
	if *back.SecurityContext.RunAsUser != 0 || back.SecurityContext.ReadOnlyRootFilesystem != nil || len(back.VolumeMounts) != 2 {
		t.Errorf("after the undo: %+v, mounts %v", back.SecurityContext, back.VolumeMounts)
	}
}

// Who was seen connected, and at which port, becomes the network policy of a
// namespace that has none.
func TestPolicyFromEvidence(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "policy")
	server := helloPod()
	server.Name, server.Labels = "server", map[string]string{"app": "server"}
	runPod(t, testbed, ns, server)
	live, err := testbed.Client().CoreV1().Pods(ns).Get(t.Context(), "server", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	client := helloPod("-connect", live.Status.PodIP+":8080", "-listen", ":9090")
	client.Name, client.Labels = "client", map[string]string{"app": "client"}
	runPod(t, testbed, ns, client)
	bystander := helloPod("-listen", ":9090")
	bystander.Name, bystander.Labels = "bystander", map[string]string{"app": "bystander"}
	runPod(t, testbed, ns, bystander)

	fix := func(flags ...string) outcome {
		return kiln(t, "", append([]string{"fix", "network/no-policy", "-n", ns, "--object", "Namespace/" + ns}, flags...)...)
	}
	if got := fix("--dry-run"); got.code != exitDone || !strings.Contains(got.out+got.err, "Nobody has looked yet at who talks to whom") {
		t.Errorf("without evidence: exit %d, %s%s", got.code, got.out, got.err)
	}
	for range 2 {
		if got := kiln(t, "", "debug", "server", "-n", ns, "--probe", "--yes"); got.code != exitDone {
			t.Fatalf("probe: exit %d, %s", got.code, got.err)
		}
	}
	got := fix("--yes")
	if got.code != exitDone || !strings.Contains(got.err, "2 probes, from ") || !strings.Contains(got.err, "connected from Pod/client in "+ns+" (port 8080)") ||
		!strings.Contains(got.err, "1 workload lose it: Pod/bystander in "+ns+"; 1 workload keep it: Pod/client in "+ns) {
		t.Errorf("exit %d, %s", got.code, got.err)
	}
	policy, err := testbed.Client().NetworkingV1().NetworkPolicies(ns).Get(t.Context(), "seen-server", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if in := policy.Spec.Ingress; policy.Spec.PodSelector.MatchLabels["app"] != "server" || len(in) != 1 ||
		in[0].From[0].PodSelector.MatchLabels["app"] != "client" || in[0].Ports[0].Port.IntVal != 8080 {
		t.Errorf("%+v", policy.Spec)
	}
	if undo := kiln(t, "", "undo", "--yes"); undo.code != exitDone {
		t.Errorf("undo: exit %d, %s", undo.code, undo.err)
	}
}
