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
		err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, 30*time.Second, true, func(ctx context.Context) (bool, error) {
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
	if got := screenText(d.app); !strings.Contains(got, "targetContainerName: app") || !strings.Contains(got, "SYS_PTRACE") {
		t.Fatalf("no preview:\n%s", got)
	}
	d.keys("tab")
	if got := screenText(d.app); !strings.Contains(got, "profile baseline") || strings.Contains(got, "SYS_PTRACE") {
		t.Errorf("the next profile:\n%s", got)
	}
	d.keys("ctrl+o", "enter")
	if len(pod(func(*corev1.Pod) bool { return true }).Spec.EphemeralContainers) > 0 {
		t.Fatal("read-only mode has let a container through")
	}
	d.app.setReadOnly(false)
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
	d.keys("u")
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
	d.keys("D")
	if got := screenText(d.app); !strings.Contains(got, "isn't on a node yet") {
		t.Errorf("a pod that is pending:\n%s", got)
	}
	d.keys("esc", "ctrl+o", "s")
	if m := d.app.messages.current(); m == nil || !strings.Contains(m.text, "read-only") {
		t.Errorf("a shell in read-only mode: %v", m)
	}
}

func TestConnectionFlagsLeadToTheSameCluster(t *testing.T) {
	kubeconfig, user := "/k", "jane"
	groups := []string{"devs", "ops"}
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig, flags.Impersonate, flags.ImpersonateGroup = &kubeconfig, &user, &groups
	a := &App{
		opts: Options{Flags: flags}, contextName: "other", readOnly: true,
		contexts: []kubeContext{{name: "first", current: true}, {name: "other"}},
	}
	got := a.connectionFlags()
	slices.Sort(got)
	want := []string{"--as-group=devs", "--as-group=ops", "--as=jane", "--context=other", "--kubeconfig=/k", "--readonly"}
	if !slices.Equal(got, want) {
		t.Errorf("flags %v, want %v", got, want)
	}
	a.contextName = "first"
	if slices.Contains(a.connectionFlags(), "--context=other") {
		t.Error("the first context is left")
	}
}
