package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/scanners"
)

// findingScenes are pictures of the findings, and of the lists made of them.
func findingScenes() []scene {
	return []scene{
		{"findings", "staging", func(*testing.T, *App) {}},
		{"production", "prod-eu-1", func(_ *testing.T, a *App) { press(a, "down", "space", "down") }},
		{"filtered", "staging", func(_ *testing.T, a *App) {
			press(a, "tab", "tab", "tab", "tab", "/")
			typeText(a, "shop(")
		}},
		{"no-match", "staging", func(_ *testing.T, a *App) {
			press(a, "/")
			typeText(a, "sev:low ns:nowhere")
			press(a, "enter")
		}},
		{"accepted", "staging", func(_ *testing.T, a *App) {
			deliver(a, newSnapshot(noisyResults(), nil))
			press(a, "end")
		}},
		{"live-marks", "staging", showLiveMarks},
		{"of-object", "staging", func(_ *testing.T, a *App) { press(a, "down", "o") }},
		{"exceptions", "staging", func(_ *testing.T, a *App) {
			deliver(a, newSnapshot(noisyResults(), nil))
			a.runCommand("exceptions")
		}},
		{"scanning", "staging", func(_ *testing.T, a *App) {
			a.scan.running = true
			s := *a.snapshot
			s.complete, s.progress.Done, s.progress.Resource, s.progress.Count = false, 12, "pods", 4500
			a.snapshot = &s
		}},
		{"unreachable", "staging", func(_ *testing.T, a *App) {
			a.switchContext("staging")
			a.cancelTasks(nil)
			a.onConnectFailed(fmt.Errorf("dial tcp 10.0.0.1:6443: connect: connection refused"))
		}},
		{"finding", "staging", func(_ *testing.T, a *App) {
			press(a, "down", "enter")
			showEvidence(a)
		}},
		{"finding-fix", "staging", func(_ *testing.T, a *App) {
			press(a, "down", "enter")
			page := a.top().(*findingView)
			page.update(planMsg{
				finding: page.finding.ID, title: "Take the privileges from container api", targets: []string{"Deployment/checkout in shop (server-side apply)"},
				notes: []string{"The container loses its access to the node's devices."}, asked: []string{"Which capabilities does it need?"},
				denied: []string{"you may not patch deployments.apps in shop"},
			})
			showEvidence(a)
			a.View()
			press(a, "end", "pgup")
		}},
		{"yaml", "staging", func(_ *testing.T, a *App) {
			press(a, "down", "y")
			a.top().update(objectMsg{yaml: checkoutYAML})
		}},
		{"search", "staging", func(_ *testing.T, a *App) {
			press(a, "down", "y")
			a.top().update(objectMsg{yaml: checkoutYAML})
			press(a, "/")
			typeText(a, "name")
			press(a, "enter", "n")
		}},
		{"checks", "staging", func(_ *testing.T, a *App) { a.runCommand("checks") }},
		{"posture", "staging", func(_ *testing.T, a *App) { a.runCommand("posture") }},
		{"groups", "staging", func(_ *testing.T, a *App) { press(a, "b") }},
		{"workloads", "staging", func(_ *testing.T, a *App) {
			deliver(a, wideSnapshot())
			a.runCommand("workloads")
		}},
		{"namespaces", "staging", func(_ *testing.T, a *App) {
			deliver(a, wideSnapshot())
			a.runCommand("ns")
		}},
	}
}

// showEvidence answers the page's question for its object.
func showEvidence(a *App) {
	page := a.top().(*findingView)
	page.update(objectMsg{finding: page.finding.ID, yaml: checkoutYAML})
}

// showLiveMarks shows findings of which one came, one changed, and one went.
func showLiveMarks(_ *testing.T, a *App) {
	a.opts.Live, a.live.running = true, true
	known := a.snapshot.findings
	gone := *known[2]
	gone.ID, gone.Object.Name = "gone", "sleeper"
	a.mark(&delta{appeared: known[1:2], altered: known[3:4], gone: []*scanners.Finding{&gone}})
	a.fade()
	a.findings.onSnapshot()
	press(a, "down")
}

// longName is as long as names of most objects may be.
var longName = strings.Repeat("a-long-name-", 5)

// wideSnapshot is inventorySnapshot with names that are wide, long, written
// from right to left, and hostile.
func wideSnapshot() *snapshot {
	s := inventorySnapshot()
	for _, name := range []struct{ namespace, name string }{
		{"データ基盤", "注文データベース"}, {"חנות", "שירות"}, {"rockets", "🚀-launcher-🧑‍🚀"}, {longName, longName + longName}, {"shop", hostile},
	} {
		object := &appsv1.Deployment{TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, ObjectMeta: metav1.ObjectMeta{Namespace: name.namespace, Name: name.name}}
		s.inventory.Workloads = append(s.inventory.Workloads, &kube.Workload{Object: object, Meta: &object.ObjectMeta, Spec: &corev1.PodSpec{}, SpecPath: "spec.template.spec"})
		if !slices.ContainsFunc(s.inventory.Namespaces, func(n *corev1.Namespace) bool { return n.Name == name.namespace }) {
			s.inventory.Namespaces = append(s.inventory.Namespaces, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name.namespace}})
		}
	}
	return s
}
