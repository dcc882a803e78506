package tui

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"kiln/kube/kubetest"
)

const helloManifest = `
apiVersion: v1
kind: Pod
metadata: {name: hello}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: app, image: "` + kubetest.HelloImage + `"}]
`

// The driver has no terminal, so what follows the start of the container, the
// shell, is left out here.
func TestDebugFromAFinding(t *testing.T) {
	testbed := kubetest.Node(t)
	ns := testbed.Namespace(t, "tui-debug")
	testbed.Apply(t, helloManifest, ns)
	pod := func(done func(*corev1.Pod) bool) *corev1.Pod {
		t.Helper()
		var live *corev1.Pod
		err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
			var err error
			live, err = testbed.Client().CoreV1().Pods(ns).Get(ctx, "hello", metav1.GetOptions{})
			return err == nil && done(live), err
		})
		if err != nil {
			t.Fatalf("waiting for the pod: %v", err)
		}
		return live
	}
	pod(func(p *corev1.Pod) bool { return p.Status.Phase == corev1.PodRunning })

	d := openStory(t, testbed.Kubeconfig(), ns)
	d.find("automount-token")
	d.keys("D")
	d.shows("Profile", "general", "busybox:1.36", "because the namespace enforces no Pod Security level")
	d.keys("enter")
	d.shows("targetContainerName: app", "SYS_PTRACE")
	d.keys("esc")
	for range len("general") {
		d.keys("backspace")
	}
	d.write("baseline")
	d.keys("enter")
	d.shows("profile baseline", "targetContainerName: app")
	if got := screenText(d.app); strings.Contains(got, "SYS_PTRACE") {
		t.Errorf("another profile:\n%s", got)
	}
	d.keys("ctrl+o", "enter")
	if len(pod(func(*corev1.Pod) bool { return true }).Spec.EphemeralContainers) > 0 {
		t.Fatal("read-only mode has let a container through")
	}
	d.app.setReadOnly(false)
	d.app.opts.Settings.Production = []string{ns}
	d.keys("enter")
	d.shows("This is production", "namespace's name")
	d.keys("esc")
	d.app.opts.Settings.Production = nil
	d.keys("enter")
	live := pod(func(p *corev1.Pod) bool {
		return len(p.Status.EphemeralContainerStatuses) == 1 && p.Status.EphemeralContainerStatuses[0].State.Running != nil
	})
	entries, _ := d.app.session.fixer.Journal.Entries()
	if len(entries) != 1 || entries[0].Mechanism != "ephemeral container" || !strings.Contains(entries[0].Title, live.Spec.EphemeralContainers[0].Name) {
		t.Errorf("journal: %+v", entries)
	}

	name := live.Spec.EphemeralContainers[0].Name
	d.command("debug")
	if got := screenText(d.app); !strings.Contains(got, name) {
		t.Errorf("the list of those that run:\n%s", got)
	}
	d.keys("l")
	d.shows(name, "container 2 of 2")
	d.keys("esc", "u")
	if got := screenText(d.app); !strings.Contains(got, "No debug container of kiln's runs") {
		t.Errorf("after ending it:\n%s", got)
	}
}

func TestDebugSaysWhyItCannot(t *testing.T) {
	testbed := kubetest.Node(t)
	ns := testbed.Namespace(t, "tui-refused")
	testbed.Apply(t, strings.Replace(helloManifest, "spec:\n", "spec:\n  nodeSelector: {no: such}\n", 1), ns)
	d := openStory(t, testbed.Kubeconfig(), ns)
	d.find("automount-token")
	d.keys("D", "enter")
	d.shows("isn't on a node yet")
	d.keys("esc") // to the form
	d.keys("down")
	d.write("/no/such/file")
	d.keys("enter")
	d.shows("reading the custom profile", "/no/such/file")
	d.keys("esc", "esc", "ctrl+o", "s")
	if m := d.app.messages.current(); m == nil || !strings.Contains(m.text, "read-only") {
		t.Errorf("a shell in read-only mode: %v", m)
	}
}

func TestProbeFromAFinding(t *testing.T) {
	testbed := kubetest.Node(t)
	ns := testbed.Namespace(t, "tui-probe")
	testbed.Apply(t, helloManifest, ns)
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		live, err := testbed.Client().CoreV1().Pods(ns).Get(ctx, "hello", metav1.GetOptions{})
		return err == nil && live.Status.Phase == corev1.PodRunning, err
	})
	if err != nil {
		t.Fatalf("waiting for the pod: %v", err)
	}
	d := openStory(t, testbed.Kubeconfig(), ns)
	d.find("automount-token")
	d.keys("i")
	d.shows("Nobody has looked yet", "enter looks now")
	d.keys("enter")
	d.shows("Probe Pod/hello")
	d.keys("enter")
	d.shows("looks for less than ten", "targetContainerName: app")
	d.keys("enter")
	d.shows("probe 1 of 1", "RUNS AS", "user 0, group 0", "8080/TCP", "mounted; whether it is used can't be seen")
	d.command("debug")
	d.shows("No debug container of kiln's runs")
}

func TestProbeOfANodeByKeys(t *testing.T) {
	testbed := kubetest.Node(t)
	ns := testbed.Namespace(t, "tui-node")
	d := openStory(t, testbed.Kubeconfig(), ns)
	probes := func() int {
		list, err := testbed.Client().CoreV1().Pods("").List(t.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/component=node-probe"})
		if err != nil {
			t.Fatal(err)
		}
		return len(list.Items)
	}
	d.command("probe " + kubetest.NodeName)
	d.shows("Nobody has looked at it yet", "mounted read-only")
	d.keys("enter")
	d.shows("kube-system", "busybox:1.36", "Folders")
	d.keys("enter")
	d.shows("It mounts /etc, /proc, /sys, /usr, /var/lib", "The server accepts this pod", "kind: Pod")
	d.keys("ctrl+o", "enter")
	if probes() > 0 {
		t.Fatal("read-only mode has let a pod through")
	}
	d.app.setReadOnly(false)
	d.keys("enter")
	d.shows("SYSTEM", "LOGINS", "root (user 0")
	d.keys("end")
	d.shows("lies outside of the mounted folders")
	if probes() > 0 {
		t.Error("the pod is still there")
	}
	d.command("checks")
	d.keys("/")
	d.write("node/kernel-settings")
	d.keys("enter")
	if got := screenText(d.app); strings.Contains(got, "no node was looked at") {
		t.Errorf("the checks don't know what was seen:\n%s", got)
	}
	d.command("journal")
	d.shows("Look at node")
	d.command("probe")
	if m := d.app.messages.current(); m == nil || !strings.Contains(m.text, "takes the name of a node") {
		t.Errorf("a probe of nothing: %v", m)
	}
}

func TestConnectionFlagsLeadToTheSameCluster(t *testing.T) {
	kubeconfig, user := "/k", "jane"
	groups := []string{"devs", "ops"}
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig, flags.Impersonate, flags.ImpersonateGroup = &kubeconfig, &user, &groups
	server := "https://first.example"
	flags.APIServer = &server
	a := &App{
		opts: Options{Flags: flags}, contextName: "other", elsewhere: true, readOnly: true,
	}
	got := a.connectionFlags()
	slices.Sort(got)
	want := []string{"--as-group=devs", "--as-group=ops", "--as=jane", "--context=other", "--kubeconfig=/k", "--readonly"}
	if !slices.Equal(got, want) {
		t.Errorf("flags %v, want %v", got, want)
	}
	a.contextName, a.elsewhere = "first", false
	if got := a.connectionFlags(); !slices.Contains(got, "--context=first") || !slices.Contains(got, "--server="+server) {
		t.Errorf("back in the first context: %v", got)
	}
}
