package tui

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"

	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners/catalogue"
)

// openStory starts kiln on a real cluster, limited to a namespace, and waits
// for the end of the first scan.
func openStory(t *testing.T, kubeconfig, namespace string) *driver {
	t.Helper()
	return openStoryWith(t, kubeconfig, namespace, nil)
}

// openStoryWith has a hand in how the cluster is talked to.
func openStoryWith(t *testing.T, kubeconfig, namespace string, wrap func(*rest.Config) *rest.Config) *driver {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig, flags.WrapConfigFn = &kubeconfig, wrap
	c := &clock{time.Now()}
	a, err := newApp(t.Context(), Options{Flags: flags, Namespace: namespace, Theme: "dark", Live: true, Checks: catalogue.Checks()}, c.read)
	if err != nil {
		t.Fatal(err)
	}
	d := newDriver(t, a)
	d.clock = c
	_, cmd := a.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	d.run(cmd)
	d.run(a.Init())
	d.idle()
	return d
}

const shopManifest = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: checkout}
spec:
  replicas: 1
  selector: {matchLabels: {app: checkout}}
  template:
    metadata: {labels: {app: checkout}}
    spec:
      containers:
      - name: api
        image: registry.example/shop/checkout:1.0
        env: [{name: DB_PASSWORD, value: correct-horse-battery}]
---
apiVersion: v1
kind: Pod
metadata: {name: naked}
spec:
  containers:
  - name: shell
    image: registry.example/shell:1.0
    securityContext: {privileged: true}
`

// find puts the cursor on a finding by filtering for it.
func (d *driver) find(filter string) {
	d.t.Helper()
	d.keys("/")
	d.write(filter)
	d.keys("enter")
	if n := len(listed(d.app)); n != 1 {
		d.t.Fatalf("%q lists %d findings, want 1:\n%s", filter, n, screenText(d.app))
	}
}

// shows fails the test unless the screen has all of the texts.
func (d *driver) shows(texts ...string) {
	d.t.Helper()
	screen := screenText(d.app)
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			d.t.Fatalf("the screen doesn't show %q:\n%s", text, screen)
		}
	}
}

func TestFixAndUndoByKeys(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "story")
	cluster.Apply(t, shopManifest, namespace)
	escalation := func() *bool {
		t.Helper()
		d, err := cluster.Client().AppsV1().Deployments(namespace).Get(t.Context(), "checkout", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if s := d.Spec.Template.Spec.Containers[0].SecurityContext; s != nil {
			return s.AllowPrivilegeEscalation
		}
		return nil
	}

	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.find("privilege-escalation Deployment/checkout")
	d.keys("enter")
	d.shows("Evidence", "name: api", "Safe", "changes Deployment/checkout")

	d.keys("f")
	d.shows("+           allowPrivilegeEscalation: false", "Cancel", "Apply", "Export")
	if escalation() != nil {
		t.Fatal("a preview has changed the cluster")
	}
	d.keys("tab", "enter")
	if got := escalation(); got == nil || *got {
		t.Fatalf("after the apply allowPrivilegeEscalation is %v:\n%s", got, screenText(d.app))
	}
	d.shows("applied:", "doesn't find this any more")

	d.keys("esc")
	if ids := listed(d.app); len(ids) != 0 {
		t.Errorf("the finding is still listed:\n%s", screenText(d.app))
	}
	d.command("journal")
	d.shows("✓ applied", "Deployment/checkout")
	d.keys("u")
	d.shows("−           allowPrivilegeEscalation: false")
	d.keys("tab", "enter")
	d.shows("taken back", "undone")
	if got := escalation(); got != nil {
		t.Errorf("after the undo allowPrivilegeEscalation is %v, was unset", *got)
	}
	d.command("findings")
	if ids := listed(d.app); len(ids) != 1 { // the filter is still there
		t.Errorf("the finding should be back:\n%s", screenText(d.app))
	}
}

func TestBatchOnOneObject(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "batch")
	cluster.Apply(t, shopManifest, namespace)
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.keys("/")
	d.write("pod/(privilege-escalation|seccomp|capabilities).* Deployment/checkout")
	d.keys("enter")
	marked := len(listed(d.app))
	if marked < 2 {
		t.Fatalf("the story needs two fixes of one object:\n%s", screenText(d.app))
	}
	for range marked {
		d.keys("space")
	}
	d.keys("f", "tab", "enter")
	d.shows("applied")
	if failed := d.app.messages.current(); failed != nil && failed.level == failure {
		t.Fatalf("a fix of the batch failed: %s\n%s", failed.text, screenText(d.app))
	}
	deployment, err := cluster.Client().AppsV1().Deployments(namespace).Get(t.Context(), "checkout", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if s := deployment.Spec.Template.Spec.Containers[0].SecurityContext; s == nil || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation {
		t.Errorf("not all of the batch was applied: %+v", s)
	}
	if rest := listed(d.app); len(rest) != 0 {
		t.Errorf("still listed: %v\n%s", rest, screenText(d.app))
	}
}

func TestReadOnlyHoldsByKeys(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "readonly")
	cluster.Apply(t, shopManifest, namespace)
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.keys("ctrl+o")
	d.find("privilege-escalation Deployment/checkout")
	d.keys("f")
	d.shows("allowPrivilegeEscalation: false") // a dry run only asks
	d.keys("tab", "enter")
	d.shows("read-only mode: nothing is written")
	// Around the view, the transport refuses as well.
	v := d.app.top().(*diffView)
	if _, err := v.carryOut(t.Context(), v.proposals[0]); err == nil {
		t.Error("the write went through in read-only mode")
	}
}

func TestWhatCannotBeFixedSaysWhy(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "manual")
	cluster.Apply(t, shopManifest, namespace)
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.find("pod/privileged Pod/naked")
	d.keys("f")
	if v, ok := d.app.top().(*diffView); !ok || len(v.buttons.labels) != 1 {
		t.Fatalf("a bare pod can't be changed, but there is a button to do it:\n%s", screenText(d.app))
	}
}

func TestSecretsAreNeverOnTheScreen(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "secrets")
	cluster.Apply(t, shopManifest, namespace)
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.find("secret-in-env-literal")
	for _, keys := range [][]string{{"enter"}, {"y"}, {"end"}, {"esc", "f"}, {"end"}} {
		d.keys(keys...)
		if strings.Contains(screenText(d.app), "correct-horse") {
			t.Fatalf("after %q the password is on the screen:\n%s", keys, screenText(d.app))
		}
	}
}

func TestFewRightsAreUnknownNotFine(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "intern")
	kubeconfig := cluster.IdentityIn(t, namespace, "intern", nil, rbacv1.PolicyRule{
		APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get", "list"},
	})
	d := openStory(t, kubeconfig, namespace)
	d.shows("unknown")
	d.command("checks")
	d.shows("? unknown")
	for _, r := range d.app.snapshot.results {
		if r.Check.ID == "api/cluster-admin" && r.Status != "unknown" {
			t.Errorf("%s is %q for somebody who may read pods only", r.Check.ID, r.Status)
		}
	}
}

// The last list is held back until the first findings are there.
func TestFindingsAppearWhileTheScanRuns(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "early")
	cluster.Apply(t, shopManifest, namespace)
	var holding atomic.Bool
	release := make(chan struct{})
	d := openStoryWith(t, cluster.Kubeconfig(), namespace, func(config *rest.Config) *rest.Config {
		config.Wrap(func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(req *http.Request) (*http.Response, error) {
				if holding.Load() && strings.HasSuffix(req.URL.Path, "/networkpolicies") {
					<-release
				}
				return next.RoundTrip(req)
			})
		})
		return config
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	holding.Store(true)
	r := d.app.session.read(ctx, kube.CollectOptions{Namespace: namespace}, nil)
	early := r.next(ctx)
	for early != nil && !early.complete && len(early.findings) == 0 {
		early = r.next(ctx)
	}
	close(release)
	if early == nil || early.complete {
		t.Fatal("the first findings come with the end of the scan, or not at all")
	}
	for last := early; !last.complete; {
		if last = r.next(ctx); last == nil {
			t.Fatal("the scan ended without a complete snapshot")
		}
	}
}

func TestAnInterruptedFixThatWroteNothingAsksNothing(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	entry := fixtureEntries()[1]
	entry.State = fixes.Failed
	a.Update(recoveredMsg{pending: []fixes.Recovery{{Entry: entry, Found: "nothing was written"}}})
	if text := screenText(a); a.dialog != nil || !strings.Contains(text, "interrupted: nothing was written") {
		t.Errorf("there is nothing to decide:\n%s", text)
	}
}

func TestInterruptedFixIsAnnounced(t *testing.T) {
	a, c := newTestApp(t, "staging", 80, 24)
	a.Update(recoveredMsg{pending: []fixes.Recovery{{Entry: fixtureEntries()[1], Found: "half is done", CanFinish: true}}})
	if text := screenText(a); !strings.Contains(text, "interrupted") || !strings.Contains(text, "half is done") {
		t.Fatalf("nothing is announced:\n%s", text)
	}
	c.now = c.now.Add(time.Second)
	press(a, "right", "enter")
	if v, ok := a.top().(*recoveryView); !ok || strings.Join(v.buttons.labels, " ") != "Cancel Finish" {
		t.Errorf("it should offer what is possible: %s", screenText(a))
	}
}
