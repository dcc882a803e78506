package tui

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners"
)

func TestOtherFindingsOfTheObject(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	press(a, "down")
	object := a.findings.current().Object
	press(a, "o")
	v := a.top().(*findingsView)
	if v.table.rows != 6 {
		t.Errorf("%d findings of %s, want 6", v.table.rows, object)
	}
	for row := range v.table.rows {
		if f := v.finding(row); f.Object != object {
			t.Errorf("%s is of %s, not of %s", f.ID, f.Object, object)
		}
	}
	press(a, "esc", "w")
	if v := a.top().(*findingsView); v.name != "Helm release shop" || v.table.rows != 6 {
		t.Errorf("w lists %d findings of %q", v.table.rows, v.name)
	}
	press(a, "esc", "home", "w")
	if m := a.messages.current(); len(a.views) != 1 || m == nil || !strings.Contains(m.text, "no tool is known") {
		t.Error("w should say why it can't go on")
	}
}

func TestHistoryGoesBackAndForward(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	titles := func() string {
		var all []string
		for _, v := range a.views {
			all = append(all, v.title())
		}
		return strings.Join(all, " › ")
	}
	press(a, "enter")
	a.runCommand("checks")
	press(a, "enter")
	for i, step := range []struct{ key, want string }{
		{"[", "checks"}, {"[", "findings › api/cluster-admin"}, {"[", "findings"}, {"[", "findings"},
		{"]", "findings › api/cluster-admin"}, {"]", "checks"}, {"]", "checks › lesson"}, {"]", "checks › lesson"},
	} {
		press(a, step.key)
		if got := titles(); got != step.want {
			t.Errorf("step %d, %s: at %q, want %q", i, step.key, got, step.want)
		}
	}
	press(a, "[", "esc")
	a.runCommand("messages")
	press(a, "]")
	if got := titles(); got != "messages" {
		t.Errorf("a new view ends what was ahead, but ] goes to %q", got)
	}
	for range 3 * keptSteps {
		a.runCommand("checks")
		a.runCommand("messages")
	}
	if n := len(a.history.steps); n > keptSteps {
		t.Errorf("%d steps are kept", n)
	}
}

func TestHistoryForgetsPreviews(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	press(a, "enter")
	openDiff(a, fixtureProposal())
	press(a, "[")
	if _, ok := a.top().(*findingView); !ok {
		t.Fatalf("from a preview [ should go back to the finding, not to %q", a.top().title())
	}
	press(a, "]")
	if _, ok := a.top().(*diffView); ok {
		t.Error("an old preview must not come back")
	}
}

// describedAs is what an object in YAML is described as.
func describedAs(text string) description {
	asJSON, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		panic(err)
	}
	var obj unstructured.Unstructured
	if err := obj.UnmarshalJSON(asJSON); err != nil {
		panic(err)
	}
	return describeObject(kube.Ref{APIVersion: obj.GetAPIVersion(), Kind: obj.GetKind(), Namespace: obj.GetNamespace(), Name: obj.GetName()}, &obj)
}

const describedPod = `
apiVersion: v1
kind: Pod
metadata:
  name: checkout-abc
  namespace: shop
  creationTimestamp: "2026-03-14T06:26:53Z"
  labels: {app: checkout}
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"a":"b"}'
    vault.example/token: s.0123456789abcdef
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: checkout-1, uid: u, controller: true}]
spec:
  hostNetwork: true
  serviceAccountName: checkout
  containers:
  - name: api
    image: registry.example/checkout:1
    env: [{name: DB_PASSWORD, value: correct-horse}]
    securityContext: {privileged: true, capabilities: {drop: [ALL]}}
status:
  conditions: [{type: Ready, status: "False", reason: ContainersNotReady, message: "evil\e[31m"}]
  containerStatuses: [{name: api, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}}]
`

func TestDescriptionTellsWhatMatters(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 60)
	about := describedAs(describedPod)
	about.events = []eventFacts{{at: a.now().Add(-time.Minute), warning: true, reason: "BackOff", message: "back-off\x1b[2J restarting", count: 7}}
	a.push(&describeView{app: a, ref: about.ref, pager: newPager()})
	a.top().update(describedMsg{about: about})
	text := screenText(a)
	for _, want := range []string{
		"Pod/checkout-abc in shop", "3h", "ReplicaSet/checkout-1", "app=checkout", "hostNetwork", "serviceAccountName",
		"container api", "capabilities(drop=[ALL]) privileged=true", "waiting: CrashLoopBackOff, 3 restarts",
		"Ready", "False ContainersNotReady evil", "BackOff: back-off restarting (7 times)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
	for _, secret := range []string{"correct-horse", "0123456789abcdef", "last-applied"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is on the screen:\n%s", secret, text)
		}
	}
}

func TestLogLinesAreCleanAndBounded(t *testing.T) {
	long := strings.Repeat("x", 3*longestLogLine)
	in := "one\x1b]0;owned\x07\ndialing postgres://shop:hunter2-secret@db/shop\n" + long + "\nlast"
	stream := &logStream{lines: make(chan string, 10)}
	if err := stream.read(context.Background(), strings.NewReader(in)); err != nil {
		t.Fatal(err)
	}
	close(stream.lines)
	lines, done := stream.next(context.Background())
	if len(lines) != 4 || !done || lines[0] != "one" || lines[3] != "last" {
		t.Fatalf("got %d lines, done %v: %.200q", len(lines), done, lines)
	}
	if strings.Contains(lines[1], "hunter2") || len(lines[2]) > longestLogLine+8 {
		t.Errorf("got %q and %d bytes", lines[1], len(lines[2]))
	}
}

func TestLogsFollowAndStayBounded(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	v := &logsView{app: a, namespace: "shop", pods: []string{"checkout-1"}, containers: []string{"api"}, pager: newPager()}
	a.push(v)
	stream := &logStream{lines: make(chan string)}
	for i := range 30 {
		var lines []string
		for j := range 300 {
			lines = append(lines, fmt.Sprintf("line %d", i*300+j))
		}
		v.update(logMsg{reading: v.reading, lines: lines, stream: stream})
		a.View()
	}
	if len(v.lines) != keptLogLines || !strings.Contains(screenText(a), "line 8999") {
		t.Errorf("%d lines are kept:\n%s", len(v.lines), screenText(a))
	}
	press(a, "home")
	v.update(logMsg{reading: v.reading, lines: []string{"fresh"}, stream: stream})
	if text := screenText(a); strings.Contains(text, "fresh") || !strings.Contains(text, "goes to the end") {
		t.Errorf("who has scrolled up should stay there:\n%s", text)
	}
	press(a, "/")
	typeText(a, "fresh")
	if text := screenText(a); !strings.Contains(text, "fresh") || strings.Contains(text, "line 8998") {
		t.Errorf("the filter:\n%s", text)
	}
	v.update(logMsg{reading: v.reading - 1, lines: []string{"late"}, done: true, err: io.ErrUnexpectedEOF, stream: stream})
	if v.ended || v.problem != "" {
		t.Error("a late message of another reading was taken")
	}
}

// inventorySnapshot is the fixture's, with an inventory.
func inventorySnapshot() *snapshot {
	s := newSnapshot(fixtureResults(), nil)
	deployment := &appsv1.Deployment{TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "checkout"}}
	quiet := &appsv1.Deployment{TypeMeta: deployment.TypeMeta, ObjectMeta: metav1.ObjectMeta{Namespace: "idle", Name: "sleeper"}}
	pod := func(name string, phase corev1.PodPhase) *kube.Pod {
		return &kube.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Phase: phase}
	}
	s.inventory = &kube.Inventory{
		Namespaces: []*corev1.Namespace{
			{ObjectMeta: metav1.ObjectMeta{Name: "shop"}},
			{ObjectMeta: metav1.ObjectMeta{Name: "idle", Labels: map[string]string{enforceLabel: "restricted"}}},
		},
		Workloads: []*kube.Workload{
			{Object: quiet, Meta: &quiet.ObjectMeta, Spec: &corev1.PodSpec{ServiceAccountName: "sleepy"}, SpecPath: "spec.template.spec"},
			{Object: deployment, Meta: &deployment.ObjectMeta, Spec: &corev1.PodSpec{}, SpecPath: "spec.template.spec", Pods: []*kube.Pod{pod("checkout-1", corev1.PodPending), pod("checkout-2", corev1.PodRunning)}},
		},
	}
	return s
}

func TestLogsBeginWithARunningPod(t *testing.T) {
	inv := inventorySnapshot().inventory
	ref := inv.Workloads[1].Ref()
	if got := fmt.Sprint(logPods(ref, inv)); got != "[checkout-2 checkout-1]" {
		t.Errorf("got %s", got)
	}
	if got := logPods(kube.Ref{Kind: "Pod", Name: "naked"}, nil); len(got) != 1 {
		t.Errorf("a pod stands for itself, got %v", got)
	}
	if got := logPods(kube.Ref{Kind: "ConfigMap", Name: "x"}, inv); len(got) != 0 {
		t.Errorf("a ConfigMap has no log, got %v", got)
	}
}

func TestWorkloadsShowTheWorstFirst(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	deliver(a, inventorySnapshot())
	a.runCommand("workloads")
	v := a.top().(*workloadsView)
	if len(v.rows) != 2 || v.rows[0].ref.Name != "checkout" || v.rows[0].worst != scanners.Critical || v.rows[0].findings != 6 {
		t.Fatalf("rows: %+v", v.rows)
	}
	press(a, "enter")
	if list, ok := a.top().(*findingsView); !ok || list.table.rows != 6 {
		t.Errorf("enter should list its findings:\n%s", screenText(a))
	}
}

func TestNamespacesTellHowTheyStand(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	deliver(a, inventorySnapshot())
	a.runCommand("ns")
	text := screenText(a)
	for _, want := range []string{"idle", "✓ restricted", "✗ none", "not known"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
}

func TestDrillThroughTheCluster(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "drill")
	cluster.Apply(t, shopManifest, namespace)
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.find("privilege-escalation Deployment/checkout")
	d.keys("d")
	d.shows("Deployment/checkout in "+namespace, "container api", "registry.example/shop/checkout:1.0", "none set", "findings")
	d.keys("end")
	d.shows("Events")
	d.keys("y")
	d.shows("kind: Deployment", "<masked 1>")
	d.keys("J")
	d.shows("nothing", "controls Deployment/checkout")
	d.keys("[")
	d.shows("container api")
	d.keys("o")
	d.shows("Deployment/checkout")
	d.command("workloads")
	d.shows("Deployment/checkout", "Pod/naked")
	d.keys("/")
	d.write("naked")
	d.keys("enter", "l")
	if _, ok := d.app.top().(*logsView); !ok {
		t.Fatalf("l should open the log:\n%s", screenText(d.app))
	}
	if text := screenText(d.app); strings.Contains(text, "reading") {
		t.Errorf("the log's page waits for ever:\n%s", text)
	}
	d.keys("esc", "J")
	d.shows("nothing")
}
