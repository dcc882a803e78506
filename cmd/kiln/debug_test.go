package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"

	"kiln/kube"
	"kiln/kube/kubetest"
)

// useNode points the environment at the cluster whose pods run.
func useNode(t *testing.T) *kubetest.Testbed {
	t.Helper()
	testbed := kubetest.Node(t)
	isolate(t)
	t.Setenv("KUBECONFIG", testbed.Kubeconfig())
	return testbed
}

// helloPod runs the image without a shell.
func helloPod(args ...string) *corev1.Pod {
	grace := int64(0)
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "hello"},
		Spec: corev1.PodSpec{
			TerminationGracePeriodSeconds: &grace,
			Containers:                    []corev1.Container{{Name: "app", Image: kubetest.HelloImage, Args: args}},
		},
	}
}

// harden makes the pod one that the level restricted takes.
func harden(pod *corev1.Pod) *corev1.Pod {
	yes, no, user := true, false, int64(1000)
	pod.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{
		RunAsNonRoot: &yes, RunAsUser: &user, AllowPrivilegeEscalation: &no,
		Capabilities:   &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
	return pod
}

// runPod creates the pod and waits until it runs.
func runPod(t *testing.T, testbed *kubetest.Testbed, ns string, pod *corev1.Pod) {
	t.Helper()
	pods := testbed.Client().CoreV1().Pods(ns)
	if _, err := pods.Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		live, err := pods.Get(ctx, pod.Name, metav1.GetOptions{})
		return err == nil && live.Status.Phase == corev1.PodRunning, err
	})
	if err != nil {
		t.Fatalf("waiting for the pod: %v", err)
	}
}

// enforce sets the namespace's Pod Security level.
func enforce(t *testing.T, testbed *kubetest.Testbed, ns, level string) {
	t.Helper()
	namespaces := testbed.Client().CoreV1().Namespaces()
	namespace, err := namespaces.Get(t.Context(), ns, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	namespace.Labels["pod-security.kubernetes.io/enforce"] = level
	if _, err := namespaces.Update(t.Context(), namespace, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func ephemeralContainers(t *testing.T, testbed *kubetest.Testbed, ns string) []corev1.EphemeralContainer {
	t.Helper()
	pod, err := testbed.Client().CoreV1().Pods(ns).Get(t.Context(), "hello", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return pod.Spec.EphemeralContainers
}

func TestDebugADistrolessPod(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "debug")
	runPod(t, testbed, ns, helloPod())

	for name, args := range map[string][]string{
		"without --yes": {"debug", "hello", "-n", ns},
		"dry run":       {"debug", "hello", "-n", ns, "--dry-run"},
		"read-only":     {"debug", "hello", "-n", ns, "--yes", "--readonly"},
	} {
		got := kiln(t, "", args...)
		if !strings.Contains(got.err, "targetContainerName: app") {
			t.Errorf("%s shows no patch: exit %d, %s", name, got.code, got.err)
		}
		if len(ephemeralContainers(t, testbed, ns)) > 0 {
			t.Fatalf("%s has added a container", name)
		}
	}
	shell := kiln(t, "", "debug", "hello", "-n", ns, "--existing")
	if shell.code != exitError || !strings.Contains(shell.err, "with a debug container instead") {
		t.Errorf("a shell in the image that has none: exit %d, %s", shell.code, shell.err)
	}

	got := kiln(t, "", "debug", "hello", "-n", ns, "--yes", "--", "sh", "-c", "ps; cat /proc/1/root/etc/passwd")
	if got.code != exitDone || !strings.Contains(got.out, "/hello") || !strings.Contains(got.out, "nobody:") {
		t.Fatalf("exit %d, out: %s, err: %s", got.code, got.out, got.err)
	}
	again := kiln(t, "", "debug", "hello", "-n", ns, "--yes", "--", "ps", "-o", "stat,comm")
	if strings.Contains(again.out, "Z ") {
		t.Errorf("the first debug container has left dead processes to the application:\n%s", again.out)
	}
	journal := kiln(t, "", "journal", "-o", "json")
	if !strings.Contains(journal.out, `"ephemeral container"`) || !strings.Contains(journal.out, "can't be undone") {
		t.Errorf("journal: %s", journal.out)
	}
	undo := kiln(t, "", "undo", "--yes")
	if undo.code != exitError || !strings.Contains(undo.err, "nothing to undo") {
		t.Errorf("undo: exit %d, %s", undo.code, undo.err)
	}
	if list := kiln(t, "", "debug", "--list", "-n", ns); list.out != "" {
		t.Errorf("the debug container runs on: %s", list.out)
	}
	logs := kiln(t, "", "debug", "hello", "-n", ns, "--logs", "all")
	if !strings.Contains(logs.out, "looks into container app until ") || !strings.Contains(logs.out, "it was ended") || strings.Contains(logs.out, "passwd") {
		t.Errorf("the debug container's log: exit %d, %q, %s", logs.code, logs.out, logs.err)
	}
	if other := kiln(t, "", "debug", "hello", "-n", ns, "--logs", "other"); other.code != exitError || !strings.Contains(other.err, "no debug container") {
		t.Errorf("another's log: exit %d, %s", other.code, other.err)
	}
}

func TestDebugKeepAttachListEnd(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "keep")
	runPod(t, testbed, ns, helloPod())
	if got := kiln(t, "", "debug", "hello", "-n", ns, "--yes", "--keep", "--", "true"); got.code != exitDone {
		t.Fatalf("exit %d, %s", got.code, got.err)
	}
	name := ephemeralContainers(t, testbed, ns)[0].Name
	list := kiln(t, "", "debug", "--list", "-n", ns)
	if !strings.Contains(list.out, name) || !strings.Contains(list.out, "app") {
		t.Errorf("list: %s", list.out)
	}
	attached := kiln(t, "echo from the input | tr a-z A-Z\n", "debug", "hello", "-n", ns, "--attach", name)
	if attached.code != exitDone || !strings.Contains(attached.out, "FROM THE INPUT") {
		t.Errorf("attach: exit %d, %q, %s", attached.code, attached.out, attached.err)
	}
	failed := kiln(t, "", "debug", "hello", "-n", ns, "--attach", name, "--", "sh", "-c", "exit 3")
	if failed.code != exitError || !strings.Contains(failed.err, "exit code 3") {
		t.Errorf("a failing command: exit %d, %s", failed.code, failed.err)
	}
	if end := kiln(t, "", "debug", "hello", "-n", ns, "--end", "all"); end.code != exitDone || !strings.Contains(end.err, "ended "+name) {
		t.Errorf("end: exit %d, %s", end.code, end.err)
	}
	if again := kiln(t, "", "debug", "hello", "-n", ns, "--end", "all"); again.code != exitError {
		t.Errorf("ending nothing: exit %d, %s", again.code, again.err)
	}
}

func TestDebugEndsAtItsDeadline(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "deadline")
	runPod(t, testbed, ns, helloPod())
	kiln(t, "", "debug", "hello", "-n", ns, "--yes", "--keep", "--for", "2s", "--", "true")
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, patience, true, func(context.Context) (bool, error) {
		return kiln(t, "", "debug", "--list", "-n", ns).out == "", nil
	})
	if err != nil {
		t.Errorf("waiting for the deadline: %v", err)
	}
}

func TestDebugUnderRestrictedPodSecurity(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "restricted")
	enforce(t, testbed, ns, "restricted")
	runPod(t, testbed, ns, harden(helloPod()))

	refused := kiln(t, "", "debug", "hello", "-n", ns, "--yes", "--profile", "general")
	if refused.code != exitError || !strings.Contains(refused.err, "violates PodSecurity") || !strings.Contains(refused.err, "would accept --profile restricted") {
		t.Errorf("general: exit %d, %s", refused.code, refused.err)
	}
	if len(ephemeralContainers(t, testbed, ns)) > 0 {
		t.Error("a refused container was added")
	}
	got := kiln(t, "", "debug", "hello", "-n", ns, "--yes", "--", "id", "-u")
	if got.code != exitDone || strings.TrimSpace(got.out) != "1000" || !strings.Contains(got.err, "profile restricted, since the namespace enforces") {
		t.Errorf("restricted: exit %d, out %q, err %s", got.code, got.out, got.err)
	}
}

// A pod that is against its namespace's level since before takes no debug
// container, whatever the profile.
func TestDebugOfAPodThatIsAgainstItsLevel(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "violates")
	runPod(t, testbed, ns, helloPod())
	enforce(t, testbed, ns, "restricted")
	got := kiln(t, "", "debug", "hello", "-n", ns, "--yes", "--profile", "restricted")
	if got.code != exitError || !strings.Contains(got.err, "No profile would be accepted") || !strings.Contains(got.err, "the whole pod judged again") {
		t.Errorf("exit %d, %s", got.code, got.err)
	}
}

func TestDebugSaysWhyTheContainerDoesNotStart(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "starts")
	runPod(t, testbed, ns, helloPod())
	custom := write(t, "custom.yaml", "securityContext: {runAsNonRoot: true, runAsUser: 0}\n")
	tests := map[string]struct {
		flags []string
		want  string
	}{
		"an image that can't be pulled": {[]string{"--image", "127.0.0.1:1/none:1", "--timeout", "20s"}, "ErrImagePull"},
		"an image without a shell":      {[]string{"--image", kubetest.HelloImage}, "the debug image has no shell"},
		"root, and not root":            {[]string{"--custom", custom}, "CreateContainerConfigError"},
		"a name that is none":           {[]string{"--image", "UPPER CASE"}, "InvalidImageName"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := kiln(t, "", slices.Concat([]string{"debug", "pod/hello", "-n", ns, "--yes"}, test.flags)...)
			if got.code != exitError || !strings.Contains(got.err, test.want) {
				t.Errorf("exit %d, %s", got.code, got.err)
			}
		})
	}
}

func TestDebugNamesTheMissingRights(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "rights")
	runPod(t, testbed, ns, helloPod())
	viewer := testbed.IdentityIn(t, ns, "viewer", nil, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get", "list"}})
	got := kiln(t, "", "debug", "hello", "-n", ns, "--yes", "--kubeconfig", viewer)
	if got.code != exitError || !strings.Contains(got.err, "patch pods/ephemeralcontainers, create pods/exec") {
		t.Errorf("exit %d, %s", got.code, got.err)
	}
}

// The pod may go while somebody looks at the preview, or at its insides.
func TestDebugOfAPodThatIsDeletedMeanwhile(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "deleted")
	runPod(t, testbed, ns, helloPod())
	pods := testbed.Client().CoreV1().Pods(ns)
	pod, err := pods.Get(t.Context(), "hello", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := kube.PlanDebug(pod, kube.DebugOptions{Lasts: time.Hour}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := kube.NewCluster(testbed.Config(), "test")
	if err != nil {
		t.Fatal(err)
	}
	session := make(chan outcome)
	go func() { session <- kiln(t, "", "debug", "hello", "-n", ns, "--yes", "--", "sleep", "60") }()
	for kiln(t, "", "debug", "--list", "-n", ns).out == "" {
		time.Sleep(100 * time.Millisecond)
	}
	if err := pods.Delete(t.Context(), "hello", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-session:
		if got.code != exitError {
			t.Errorf("exit %d, %s", got.code, got.err)
		}
	case <-time.After(patience):
		t.Fatal("the session outlives its pod")
	}
	if _, err := cluster.AddDebugContainer(t.Context(), plan, kube.ForReal); err == nil || !strings.Contains(err.Error(), "was deleted meanwhile") {
		t.Errorf("adding to a deleted pod: %v", err)
	}
	runPod(t, testbed, ns, helloPod())
	if _, err := cluster.AddDebugContainer(t.Context(), plan, kube.ForReal); err == nil || !strings.Contains(err.Error(), "was deleted meanwhile") {
		t.Errorf("adding to another pod of the same name: %v", err)
	}
}

func TestDebugImagePolicy(t *testing.T) {
	useNode(t)
	config := write(t, "kiln.yaml", "apiVersion: kiln/v1\nkind: Config\ndebug:\n  image: registry.example/tools:1\n  images: [registry.example/tools:1]\n")
	got := kiln(t, "", "debug", "hello", "--config", config, "--image", "busybox:1.36")
	if got.code != exitError || !strings.Contains(got.err, "only of registry.example/tools:1") {
		t.Errorf("exit %d, %s", got.code, got.err)
	}
}

func TestDebugUsage(t *testing.T) {
	isolate(t)
	for args, want := range map[string]string{
		"debug":                       "takes one pod",
		"debug a b":                   "takes one pod",
		"debug a --profile legacy":    "unknown profile",
		"debug a --for 0s":            "too short",
		"debug --list a":              "takes no pod",
		"debug a --profile nonsense ": "use general, baseline, restricted",
		"debug node/n1":               "--probe looks at it",
		"debug a --probe --mount /x":  "for probes of nodes",
	} {
		if got := kiln(t, "", strings.Fields(args)...); got.code != exitUsage || !strings.Contains(got.err, want) {
			t.Errorf("%s: exit %d, %s", args, got.code, got.err)
		}
	}
}
