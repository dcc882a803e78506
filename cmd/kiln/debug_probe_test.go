package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"kiln/kube"
	"kiln/kube/kubetest"
)

// evidenceOf probes the pod hello.
func evidenceOf(t *testing.T, ns string, flags ...string) kube.Evidence {
	t.Helper()
	got := kiln(t, "", slices.Concat([]string{"debug", "hello", "-n", ns, "--probe", "--yes", "-o", "json"}, flags)...)
	var evidence kube.Evidence
	if err := json.Unmarshal([]byte(got.out), &evidence); err != nil {
		t.Fatalf("exit %d, %v, %s", got.code, err, got.err)
	}
	return evidence
}

func TestProbeOfAContainerThatRunsAsRootAndWrites(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "probe")
	peer := helloPod()
	peer.Name, peer.Labels = "peer", map[string]string{"app": "peer"}
	runPod(t, testbed, ns, peer)
	live, err := testbed.Client().CoreV1().Pods(ns).Get(t.Context(), "peer", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = testbed.Client().CoreV1().Services(ns).Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "peer"},
		Spec:       corev1.ServiceSpec{Selector: peer.Labels, Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(8080)}}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	pod := helloPod("-write", "/tmp,/var/cache/app,/data/deep", "-connect", live.Status.PodIP+":8080", "-listen", ":80")
	pod.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}
	pod.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	runPod(t, testbed, ns, pod)

	e := evidenceOf(t, ns)
	if e.UID != 0 || e.NoNewPrivs || e.Seccomp != "disabled" || !slices.Contains(e.Effective, "NET_BIND_SERVICE") || !e.TokenMounted {
		t.Errorf("%+v", e)
	}
	written := []kube.WrittenFolder{{Path: "/data/deep", Files: 1, Volume: "/data"}, {Path: "/tmp", Files: 1, Volume: "/"}, {Path: "/var/cache/app", Files: 1, Volume: "/"}}
	if !slices.Equal(e.Written, written) {
		t.Errorf("written %v, want %v", e.Written, written)
	}
	if ps := kiln(t, "", "debug", "hello", "-n", ns, "--yes", "--", "ps", "-o", "stat,comm"); ps.code != exitDone || strings.Contains(ps.out, "Z ") {
		t.Errorf("the probe has left dead processes to the application: exit %d, %s", ps.code, ps.out)
	}
	if len(e.Shells)+len(e.PackageManagers) > 0 {
		t.Errorf("the image has neither shell nor package manager: %v, %v", e.Shells, e.PackageManagers)
	}
	if len(e.Listening) != 1 || e.Listening[0].Port != 80 {
		t.Errorf("listening: %v", e.Listening)
	}
	if len(e.Connections) != 1 || e.Connections[0].Inbound || e.Connections[0].Port != 8080 || !slices.Contains(e.Connections[0].Who, "Pod/peer in "+ns) {
		t.Errorf("connections: %+v", e.Connections)
	}
}

func TestProbeOfAHardenedContainer(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "probe-hard")
	enforce(t, testbed, ns, "restricted")
	pod := harden(helloPod())
	readOnly, no := true, false
	pod.Spec.Containers[0].SecurityContext.ReadOnlyRootFilesystem = &readOnly
	pod.Spec.AutomountServiceAccountToken = &no
	runPod(t, testbed, ns, pod)
	e := evidenceOf(t, ns, "--profile", "restricted")
	if e.UID != 1000 || !e.NoNewPrivs || len(e.Effective)+len(e.Bounding) > 0 || e.TokenMounted || len(e.Written) > 0 {
		t.Errorf("%+v", e)
	}
}

// In a shared process namespace the first process isn't the target's.
func TestProbeFindsItsContainerAmongOthers(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "probe-shared")
	pod := helloPod()
	shared, user := true, int64(4321)
	pod.Spec.ShareProcessNamespace = &shared
	pod.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{RunAsUser: &user}
	pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: "other", Image: kubetest.BusyboxImage, Command: []string{"sleep", "1000"}})
	runPod(t, testbed, ns, pod)
	if e := evidenceOf(t, ns, "-c", "app"); e.UID != 4321 || len(e.Shells) > 0 {
		t.Errorf("app: %+v", e)
	}
	if e := evidenceOf(t, ns, "-c", "other"); e.UID != 0 || len(e.Shells) == 0 {
		t.Errorf("other: %+v", e)
	}
}
