package tui

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/go-logr/logr"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"kiln/fixes"
	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners"
	"kiln/themes"
)

// clock is a time that stands still until a test moves it.
type clock struct{ now time.Time }

func (c *clock) read() time.Time { return c.now }

func newClock() *clock { return &clock{time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)} }

const lessonMarkdown = "# Privileged containers\n\n## What it is\nA privileged container is **root on the node**: it sees every device, see `man 7 capabilities`.\n\n" +
	"## See it yourself\n```\nkubectl get pods -A -o yaml | grep 'privileged: true'\n```\n\n" +
	"- drop it\n- or name the *one* capability that is needed\n\n1. try\n2. watch\n\n## References\n- CIS 5.2.2\n- https://kubernetes.io/docs/concepts/security/pod-security-standards/\n"

// fixtureChecks are a few checks of every layer but node.
func fixtureChecks() []scanners.Check {
	check := func(id string, layer scanners.Layer, severity scanners.Severity, title string, fix scanners.FixKind) scanners.Check {
		return scanners.Check{ID: id, Layer: layer, Severity: severity, Title: title, Fix: fix, References: []string{"CIS 5.2.2", "NSA"}, Lesson: lessonMarkdown, Find: func(*kube.Inventory) scanners.Result { return scanners.Result{} }}
	}
	return []scanners.Check{
		check("api/cluster-admin", scanners.API, scanners.Critical, "A subject other than the built-in ones is cluster-admin", scanners.Guided),
		check("api/rbac-wildcard", scanners.API, scanners.High, "A role that is bound allows everything by wildcard", scanners.Guided),
		check("audit/audit-disabled", scanners.Audit, scanners.High, "The API server writes no audit log", scanners.Manual),
		check("data/secret-in-env-literal", scanners.Data, scanners.Medium, "A secret stands in clear in an environment variable", scanners.Guided),
		check("network/no-default-deny-ingress", scanners.Network, scanners.Medium, "Pods of the namespace accept traffic from everywhere", scanners.Guided),
		check("node/kubelet-read-only-port", scanners.Node, scanners.High, "The kubelet's read-only port is open", scanners.Manual),
		check("pod/image-pull-policy", scanners.Pod, scanners.Low, "A cached image may be used without asking the registry", scanners.Safe),
		check("pod/no-owner-label", scanners.Pod, scanners.Info, "Nobody is named as responsible", scanners.Guided),
		check("pod/privilege-escalation", scanners.Pod, scanners.Medium, "A process may gain more rights than its parent", scanners.Safe),
		check("pod/privileged", scanners.Pod, scanners.Critical, "A container is privileged", scanners.Guided),
	}
}

// hostile is a name with everything that a terminal could choke on.
const hostile = "evil\x1b[31m\x1b]0;owned\x07\u202ename\r\n"

// fixtureResults are findings with long, wide, right-to-left and hostile text.
func fixtureResults() []scanners.CheckResult {
	var results []scanners.CheckResult
	for _, c := range fixtureChecks() {
		r := scanners.CheckResult{Check: c, Status: scanners.Pass}
		switch c.ID {
		case "node/kubelet-read-only-port":
			r.Status, r.Reason = scanners.NotKnown, "nodes/proxy: not asked for (use --kubelets to read the kubelets' configuration)"
		case "audit/audit-disabled":
			r.Status, r.Reason = scanners.NotKnown, "no flags of kube-apiserver are visible; on a managed control plane, check with the provider"
		case "api/rbac-wildcard":
		default:
			r.Status = scanners.Fail
			r.Findings = fixtureFindings(c)
		}
		results = append(results, r)
	}
	return results
}

func fixtureFindings(c scanners.Check) []scanners.Finding {
	objects := []struct {
		kind, namespace, name, container string
		owner                            *kube.Owner
	}{
		{"Deployment", "shop", "checkout", "api", &kube.Owner{Manager: kube.Helm, Name: "shop"}},
		{"StatefulSet", "データ基盤", "注文データベース", "", nil},
		{"DaemonSet", "logging", "a-name-as-long-as-kubernetes-allows-them-to-be-which-is-very-long-indeed-0123456789", "collector", &kube.Owner{Manager: kube.ArgoCD, Name: "logging"}},
		{"CronJob", "shop", hostile, "", &kube.Owner{Manager: kube.Kubectl}},
		{"Deployment", "חנות", "שירות", "", nil},
	}
	if c.Layer == scanners.API {
		objects = objects[:0]
		objects = append(objects, struct {
			kind, namespace, name, container string
			owner                            *kube.Owner
		}{"ClusterRoleBinding", "", "ci-can-do-everything", "", nil})
	}
	var findings []scanners.Finding
	for i, o := range objects {
		findings = append(findings, scanners.Finding{
			ID: fmt.Sprintf("%s-%d", c.ID, i), Check: c.ID, Layer: c.Layer, Severity: c.Severity, Fix: c.Fix, Refs: c.References,
			Object: kube.Ref{APIVersion: "apps/v1", Kind: o.kind, Namespace: o.namespace, Name: o.name}, Container: o.container,
			Path:    "spec.template.spec.containers[0].securityContext.privileged",
			Message: c.Title + ": " + o.kind + " " + o.name, Owner: o.owner,
		})
	}
	return findings
}

const checkoutYAML = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: checkout
  namespace: shop
spec:
  replicas: 3
  template:
    spec:
      containers:
      - image: registry.example/shop/checkout:2.4.1
        name: api
        securityContext:
          allowPrivilegeEscalation: true
          privileged: true
        volumeMounts:
        - mountPath: /var/cache
          name: cache
      volumes:
      - emptyDir: {}
        name: cache
`

// fixtureProposal is a fix as its preview comes back.
func fixtureProposal() proposal {
	target := kube.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "checkout"}
	after := strings.NewReplacer("privileged: true", "privileged: false", "allowPrivilegeEscalation: true", "allowPrivilegeEscalation: false",
		"        volumeMounts:", "          seccompProfile:\n            type: RuntimeDefault\n        volumeMounts:").Replace(checkoutYAML)
	return proposal{
		subject: "pod/privileged of Deployment/checkout in shop",
		preview: fixes.Preview{
			Plan: fixes.Plan{Title: "Take the privileges from container api", Notes: []string{"The container loses its access to the node's devices."}},
			Targets: []fixes.TargetPreview{{
				Change: fixes.Change{Target: target, Mechanism: fixes.ServerSideApply}, Before: checkoutYAML, After: after,
				Restarts: "restarts 3 pods of Deployment/checkout, one at a time",
				Effects: []fixes.Effect{
					{Kind: fixes.RestartEffect, Summary: "restarts 3 pods of Deployment/checkout, one at a time", Names: []string{"Pod/checkout-5d9c-x1", "Pod/checkout-5d9c-x2", "Pod/checkout-5d9c-x3"}},
					{Kind: fixes.BudgetEffect, Summary: "the rollout may use up what the budget permits, 1 of 3 pods (minAvailable 2): node drains wait meanwhile", Names: []string{"PodDisruptionBudget/checkout"}},
				},
				Takeovers: []fixes.Takeover{{Field: `.spec.template.spec.containers[name="api"].securityContext.privileged`, Manager: "kubectl-edit"}},
			}},
		},
	}
}

// openDiff shows proposals as their previews come back.
func openDiff(a *App, proposals ...proposal) *diffView {
	v := newDiffView(a, "fix", nil)
	a.push(v)
	v.update(proposedMsg{proposals})
	return v
}

func fixtureEntries() []fixes.Entry {
	object := kube.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "checkout"}
	entry := func(id string, minute int, state fixes.State) fixes.Entry {
		return fixes.Entry{
			ID: id, Time: time.Date(2026, 3, 14, 9, minute, 0, 0, time.UTC), User: "alice@example.org", Context: "staging",
			Finding: fixes.FindingID{Check: "pod/privileged", Object: object}, Title: "Take the privileges from container api",
			Mechanism: "server-side apply", State: state, Objects: []fixes.JournalObject{{Ref: object, State: state}},
		}
	}
	return []fixes.Entry{entry("20260314-0910-a1", 10, fixes.Undone), entry("20260314-0915-b2", 15, fixes.Partial), entry("20260314-0920-c3", 20, fixes.Applied)}
}

// newTestApp is an App of a size, connected to a cluster that is never asked,
// with the fixture's findings.
func newTestApp(t testing.TB, contextName string, width, height int) (*App, *clock) {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	c := newClock()
	a, err := newApp(context.Background(), Options{Checks: fixtureChecks(), Version: "test"}, c.read)
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := kube.NewCluster(&rest.Config{Host: "http://127.0.0.1:1"}, contextName) // nobody listens there
	if err != nil {
		t.Fatal(err)
	}
	cluster.Server, cluster.User, cluster.Version = "https://10.0.0.1:6443", "alice@example.org", "v1.36.3"
	a.session = &Session{checks: a.opts.Checks, cluster: cluster}
	a.contextName = contextName
	a.Update(tea.WindowSizeMsg{Width: width, Height: height})
	deliver(a, newSnapshot(fixtureResults(), nil))
	return a, c
}

// deliver gives a complete snapshot, as the end of a scan does.
func deliver(a *App, s *snapshot) {
	s.complete, s.objects = true, 14435
	s.progress = kube.Progress{Done: 31, Total: 31}
	a.Update(scanMsg{id: a.scan.id, snapshot: s})
}

// press sends keys as a terminal would.
func press(a *App, keys ...string) {
	for _, k := range keys {
		a.Update(keyOf(k))
	}
}

// typeText sends letters one by one.
func typeText(a *App, text string) {
	for _, r := range text {
		a.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func keyOf(name string) tea.KeyPressMsg {
	special := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab},
		"shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "space": {Code: tea.KeySpace, Text: " "},
		"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
		"end": {Code: tea.KeyEnd}, "home": {Code: tea.KeyHome}, "pgdown": {Code: tea.KeyPgDown}, "pgup": {Code: tea.KeyPgUp},
		"backspace": {Code: tea.KeyBackspace},
	}
	if msg, ok := special[name]; ok {
		return msg
	}
	if len(name) > 5 && name[:5] == "ctrl+" {
		return tea.KeyPressMsg{Code: rune(name[5]), Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

func newThemeForTest(t *testing.T) themes.Theme {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	theme, err := themes.Load("dark")
	if err != nil {
		t.Fatal(err)
	}
	return theme
}

// TestMain keeps client-go's log out of the tests' output, as main does:
// nobody answers at the fixture's address. Times on screens are the same
// wherever the tests run.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	klog.SetLogger(logr.Discard())
	os.Exit(kubetest.Run(m))
}
