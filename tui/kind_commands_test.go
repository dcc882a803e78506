package tui

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

func TestKindsAreCommands(t *testing.T) {
	for _, c := range []struct{ command, title, filter, namespace string }{
		{"po", "workloads", "", ""},
		{"pods shop", "workloads", "", "shop"},
		{"deploy", "workloads", "kind:deployment", ""},
		{"sts shop", "workloads", "kind:statefulset", "shop"},
		{"deployments", "workloads", "kind:deployment", ""},
		{"crb", "findings", "kind:clusterrolebinding", ""},
		{"Service", "findings", "kind:service", ""},
		{"secrets shop", "findings", "kind:secret", "shop"},
		{"netpols", "findings", "", ""}, // no name of a kind
	} {
		t.Run(c.command, func(t *testing.T) {
			a, _ := newTestApp(t, "staging", 120, 40)
			deliver(a, inventorySnapshot())
			a.runCommand(c.command)
			if a.top().title() != c.title || a.namespace != c.namespace {
				t.Fatalf("opens %q in namespace %q", a.top().title(), a.namespace)
			}
			if got := a.top().(filterable).filterText(); got != c.filter {
				t.Errorf("filters by %q", got)
			}
		})
	}
}

func TestKindsListOnlyTheirs(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	a.runCommand("crb")
	if rows := listed(a); len(rows) != 1 || a.findings.finding(0).Object.Kind != "ClusterRoleBinding" {
		t.Errorf(":crb lists %d findings", len(rows))
	}
	deliver(a, inventorySnapshot())
	a.runCommand("deploy")
	v := a.top().(*workloadsView)
	if len(v.rows) == 0 {
		t.Fatal(":deploy lists no workload")
	}
	for _, r := range v.rows {
		if r.ref.Kind != "Deployment" {
			t.Errorf(":deploy lists %s", r.ref)
		}
	}
	a.runCommand("deploy a b")
	if text := screenText(a); !strings.Contains(text, "takes one namespace") {
		t.Errorf("two namespaces:\n%s", text)
	}
}

// TestJobsAreNoCronJobs has a kind whose name ends as another's does.
func TestJobsAreNoCronJobs(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	s := inventorySnapshot()
	meta := metav1.ObjectMeta{Namespace: "shop", Name: "job-runner"}
	for _, object := range []kube.Object{
		&batchv1.Job{TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"}, ObjectMeta: meta},
		&batchv1.CronJob{TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"}, ObjectMeta: meta},
		&appsv1.Deployment{TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, ObjectMeta: meta},
	} {
		s.inventory.Workloads = append(s.inventory.Workloads, &kube.Workload{Object: object, Meta: &meta, Spec: &corev1.PodSpec{}})
	}
	deliver(a, s)
	for command, want := range map[string]string{"jobs": "Job/job-runner in shop", "cj": "CronJob/job-runner in shop"} {
		a.runCommand(command)
		if got := a.top().(*workloadsView).names(); got != want {
			t.Errorf(":%s lists %s, want %s", command, got, want)
		}
	}
	v := a.top().(*workloadsView)
	for text, want := range map[string]int{"kind:cj,job": 2, "!kind:job": len(v.all) - 1, "kind:deployment job": 1, "kind:": len(v.all)} {
		if v.setFilter(text); len(v.rows) != want {
			t.Errorf("%s lists %s, want %d", text, v.names(), want)
		}
	}
}

func TestNothingIsNoKind(t *testing.T) {
	if kind, ok := kindNamed("", inventorySnapshot()); ok {
		t.Errorf("nothing is taken for %s", kind)
	}
}

func TestCommandsPage(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 60)
	a.aliases = map[string]string{"mine": "ns shop"}
	press(a, "ctrl+a")
	text := screenText(a)
	for _, want := range []string{":workloads", ":wl", ":KIND", ":crb", ":mine", "short for :ns shop"} {
		if !strings.Contains(text, want) {
			t.Errorf("the commands lack %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "page down") {
		t.Error("the keys are among the commands")
	}
	press(a, "ctrl+a")
	if a.help != nil {
		t.Error("the key doesn't close the page")
	}
	press(a, ":")
	typeText(a, "netwo")
	press(a, "tab")
	if got := a.prompt.input.Value(); got != "network" {
		t.Errorf("a layer is suggested as %q", got)
	}
	typeText(a, "p")
	press(a, "tab")
	if got := a.prompt.input.Value(); got != "networkpolicies" {
		t.Errorf("a kind is suggested as %q", got)
	}
}
