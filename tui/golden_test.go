package tui

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners/rbac"
)

// scenes are the screens of which a picture is kept.
var scenes = []struct {
	name    string
	context string
	show    func(*App)
}{
	{"findings", "staging", func(*App) {}},
	{"production", "prod-eu-1", func(a *App) { press(a, "down", "space", "down") }},
	{"filtered", "staging", func(a *App) { press(a, "tab", "tab", "tab", "tab", "/"); typeText(a, "shop(") }},
	{"accepted", "staging", func(a *App) {
		deliver(a, newSnapshot(noisyResults(), nil))
		press(a, "end")
	}},
	{"exceptions", "staging", func(a *App) {
		deliver(a, newSnapshot(noisyResults(), nil))
		a.runCommand("exceptions")
	}},
	{"scanning", "staging", func(a *App) {
		a.scan.running = true
		s := *a.snapshot
		s.complete, s.progress.Done, s.progress.Resource, s.progress.Count = false, 12, "pods", 4500
		a.snapshot = &s
	}},
	{"unreachable", "staging", func(a *App) {
		a.switchContext("staging")
		a.cancelTasks(nil)
		a.onConnectFailed(fmt.Errorf("dial tcp 10.0.0.1:6443: connect: connection refused"))
	}},
	{"finding", "staging", func(a *App) {
		press(a, "down", "enter")
		showEvidence(a)
	}},
	{"yaml", "staging", func(a *App) {
		press(a, "down", "y")
		a.top().update(objectMsg{yaml: checkoutYAML})
	}},
	{"checks", "staging", func(a *App) { a.runCommand("checks") }},
	{"lesson", "staging", func(a *App) { a.runCommand("learn privileged") }},
	{"messages", "staging", func(a *App) {
		a.flash(info, "copied checkout")
		a.flash(failure, "the admission webhook \"policy.example\" denied the request: \x1b[31mno\x1b[0m")
		a.messages.shown = false
		a.runCommand("messages")
	}},
	{"namespaces", "staging", func(a *App) { a.runCommand("ns") }},
	{"workloads", "staging", func(a *App) {
		deliver(a, inventorySnapshot())
		a.runCommand("workloads")
	}},
	{"describe", "staging", func(a *App) {
		about := describedAs(describedPod)
		a.push(&describeView{app: a, ref: about.ref, pager: newPager()})
		a.top().update(describedMsg{about: about})
	}},
	{"logs", "staging", func(a *App) {
		v := &logsView{app: a, namespace: "shop", pods: []string{"checkout-1", "checkout-2"}, containers: []string{"api"}, pager: newPager()}
		a.push(v)
		v.update(logMsg{lines: []string{"listening on :8080", "GET / 200"}, stream: &logStream{}})
	}},
	{"subjects", "staging", func(a *App) {
		v := newSubjectsView(a)
		a.root(v)
		v.update(rightsMsg{&rights{rows: []subjectRow{
			{subject: rbac.Subject{Kind: "ServiceAccount", Namespace: "shop", Name: "ci"}, reach: reachCluster, everywhere: true, grants: 2},
			{subject: rbac.Subject{Kind: "User", Name: hostile}, reach: reachSecrets, grants: 1},
			{subject: rbac.Subject{Kind: "Group", Name: "system:masters"}, reach: reachCluster, everywhere: true, grants: 1, builtin: true},
			{subject: rbac.Subject{Kind: "Group", Name: "viewers"}, reach: reachLooks, grants: 12},
		}}})
	}},
	{"trace-form", "staging", func(a *App) { press(a, "down", "t") }},
	{"trace", "staging", func(a *App) { showTrace(a, fixtureTrace()) }},
	{"posture", "staging", func(a *App) { a.runCommand("posture") }},
	{"groups", "staging", func(a *App) { press(a, "b") }},
	{"contexts", "staging", func(a *App) {
		a.runCommand("ctx")
		a.top().update(contextsMsg{all: []kubeContext{
			{name: "prod-eu-1", server: "https://10.9.0.1:6443", user: "alice@example.org"},
			{name: "staging", server: "https://10.0.0.1:6443", user: "alice@example.org", namespace: "shop", current: true},
		}})
	}},
	{"command", "staging", func(a *App) { press(a, ":"); typeText(a, "mes") }},
	{"help", "staging", func(a *App) { press(a, "?") }},
	{"diff", "staging", func(a *App) { openDiff(a, fixtureProposal()) }},
	{"diff-split", "staging", func(a *App) { openDiff(a, fixtureProposal()).look = diffLook{split: true, whole: true} }},
	{"diff-answers", "staging", func(a *App) {
		v, _ := openAsking(a, asking())
		v.answerNext()
	}},
	{"conflict", "prod-eu-1", func(a *App) {
		p := fixtureProposal()
		t := &p.preview.Targets[0]
		t.Owner = kube.Owner{Manager: kube.Helm, Name: "shop"}
		t.Takeovers = []fixes.Takeover{{Field: `.spec.template.spec.containers[name="api"].securityContext.privileged`, Manager: "helm", Declared: true}}
		t.Warnings = []string{"would violate PodSecurity \"restricted:latest\""}
		openDiff(a, p)
	}},
	{"no-fix", "staging", func(a *App) {
		openDiff(a, proposal{subject: "pod/privileged of Pod/naked in shop", err: &fixes.ManualError{
			Why: "a pod's security settings can't be changed while it exists", Steps: "Make the pod anew:\n  kubectl replace --force -f pod.yaml",
		}})
	}},
	{"journal", "staging", func(a *App) {
		v := newJournalView(a)
		a.root(v)
		v.update(entriesMsg{entries: fixtureEntries()})
	}},
	{"interrupted", "staging", func(a *App) {
		a.push(newRecoveryView(a, fixes.Recovery{
			Entry: fixtureEntries()[1], Found: "One of two objects was written before kiln ended.", CanFinish: true, CanTakeBack: true,
		}))
	}},
	{"question", "prod-eu-1", func(a *App) { a.setReadOnly(true); press(a, "ctrl+o") }},
}

// showEvidence answers the page's question for its object.
func showEvidence(a *App) {
	page := a.top().(*findingView)
	page.update(objectMsg{finding: page.finding.ID, yaml: checkoutYAML})
}

// TestScenes keeps a picture of every view. Run with -update to take them anew.
func TestScenes(t *testing.T) {
	for _, size := range []struct{ width, height int }{{40, 12}, {80, 24}, {120, 40}, {160, 45}} {
		for _, look := range []string{"dark", "light", "none"} {
			for _, scene := range scenes {
				t.Run(fmt.Sprintf("%s/%dx%d-%s", scene.name, size.width, size.height, look), func(t *testing.T) {
					a, _ := newTestApp(t, scene.context, size.width, size.height)
					if look == "light" {
						a.onBackground(false)
					}
					scene.show(a)
					content := a.View().Content
					requireFits(t, content, size.width, size.height)
					if look == "none" {
						content = withoutColour(t, content)
					}
					golden.RequireEqual(t, content)
				})
			}
		}
	}
}

// requireFits makes sure that the picture has the screen's size and nothing
// in it that could move the cursor.
func requireFits(t *testing.T, content string, width, height int) {
	t.Helper()
	lines := splitLines(content)
	if len(lines) != height {
		t.Errorf("%d lines on a screen of %d", len(lines), height)
	}
	for i, line := range lines {
		if w := ansi.StringWidth(line); w > width {
			t.Errorf("line %d is %d cells wide on a screen of %d: %q", i, w, width, ansi.Strip(line))
		}
	}
	if rest := ansi.Strip(content); bytes.ContainsAny([]byte(rest), "\x1b\x07\r\t\u202e") {
		t.Errorf("control characters reach the screen: %q", rest)
	}
}

// withoutColour is what a terminal shows with NO_COLOR set.
func withoutColour(t *testing.T, content string) string {
	t.Helper()
	var out bytes.Buffer
	w := colorprofile.Writer{Forward: &out, Profile: colorprofile.ASCII}
	if _, err := w.WriteString(content); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
