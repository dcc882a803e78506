package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/fixes"
	"kiln/kube"
)

// Whatever page writes: a key that was in flight when it came doesn't, nor
// does any in read-only mode, and production is asked for.
func TestEveryPageThatWritesIsGuarded(t *testing.T) {
	tests := []struct {
		name string
		open func(t *testing.T, a *App)
		keys []string
	}{
		{"a fix", func(_ *testing.T, a *App) { openDiff(a, fixtureProposal()) }, []string{"tab", "enter"}},
		{"a drain", func(_ *testing.T, a *App) { openFixtureDrain(a).update(drainPlanMsg{plan: fixtureDrainPlan()}) }, []string{"tab", "enter"}},
		{"an interrupted fix", func(_ *testing.T, a *App) { a.push(newRecoveryView(a, interruption())) }, []string{"tab", "enter"}},
		{"a debug container", func(_ *testing.T, a *App) {
			v := openFixtureDebug(a, false)
			v.editing = false
			v.update(debugPreviewMsg{preview: fixtureDebugPreview(a)})
		}, []string{"enter"}},
		{"a node's probe", func(t *testing.T, a *App) {
			v := openFixtureNode(a)
			v.update(nodeFactsMsg{})
			plan, err := kube.PlanNodeProbe(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: v.node}}, kube.NodeProbeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			v.update(nodePreviewMsg{preview: &nodeProbePreview{plan, fixtureProbePod}})
		}, []string{"enter"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, c := newTestApp(t, "prod-eu-1", 100, 30)
			a.session.fixer = &fixes.Fixer{}
			tt.open(t, a)
			page := a.top()
			press(a, tt.keys...)
			if a.dialog != nil || a.top() != page {
				t.Fatalf("keys in flight have pressed something:\n%s", screenText(a))
			}
			c.now = c.now.Add(settleTime)
			a.setReadOnly(true)
			press(a, tt.keys...)
			if m := a.messages.current(); a.dialog != nil || m == nil || !strings.Contains(m.text, "read-only") {
				t.Fatalf("read-only mode said %+v:\n%s", m, screenText(a))
			}
			a.setReadOnly(false)
			press(a, "enter")
			if a.dialog == nil || a.dialog.typed != "prod-eu-1" {
				t.Errorf("production isn't asked for:\n%s", screenText(a))
			}
		})
	}
}

func TestClickInFlightDoesntApply(t *testing.T) {
	a, c := newTestApp(t, "staging", 80, 24)
	v, _ := openCountedDiff(a, nil, fixtureProposal())
	click := func() { // where Apply stands
		for y, line := range strings.Split(screenText(a), "\n") {
			if x := strings.Index(line, " Apply "); x >= 0 && strings.Contains(line, "Cancel") {
				a.Update(tea.MouseClickMsg{X: x + 1, Y: y, Button: tea.MouseLeft})
				return
			}
		}
		t.Fatalf("no button applies:\n%s", screenText(a))
	}
	click()
	if v.stop != nil {
		t.Fatal("a click in flight pressed a button")
	}
	c.now = c.now.Add(settleTime)
	click()
	if v.stop == nil {
		t.Errorf("a click should press it:\n%s", screenText(a))
	}
}

func TestTheNameOfProductionCannotBePasted(t *testing.T) {
	a, c := newTestApp(t, "prod-eu-1", 80, 24)
	done := false
	a.confirmHere("Apply", "Apply", nil, func() tea.Cmd { done = true; return nil })
	c.now = c.now.Add(settleTime)
	a.Update(tea.PasteMsg{Content: "prod-eu-1"})
	if text := screenText(a); !strings.Contains(text, "type it") {
		t.Errorf("it isn't told:\n%s", text)
	}
	press(a, "tab", "enter")
	if done || a.dialog == nil {
		t.Error("the name was pasted, and taken")
	}
}

func TestReadOnlyOpensNoShell(t *testing.T) {
	a, _ := newTestApp(t, "staging", 100, 30)
	a.setReadOnly(true)
	pod := kube.Ref{APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: "checkout-1"}
	a.openShell(target{ref: pod})
	if m := a.messages.current(); m == nil || !strings.Contains(m.text, "a shell could change things") {
		t.Errorf("the message is %+v", m)
	}
	a.runCommand("debug")
	v := a.top().(*debugSessionsView)
	v.update(debugSessionsMsg{sessions: []kube.DebugSession{{Pod: pod, Container: "kiln-debug-x7k2p"}}})
	a.cancelTasks(nil)
	press(a, "u")
	if m := a.messages.current(); m == nil || !strings.Contains(m.text, "nothing is written") || len(a.tasks) > 0 {
		t.Errorf("a debug container may be ended: %+v", m)
	}
}

// What a cluster wrote goes neither to the screen nor into the clipboard as
// something a terminal obeys.
func TestMessagesAndCopiesAreCleaned(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	copied := a.copy("pod\x1b]0;title\x07-1")
	a.flash(failure, "webhook said \x1b[2J no")
	for _, m := range a.messages.entries {
		if strings.ContainsAny(m.text, "\x1b\x07") {
			t.Errorf("the message %q", m.text)
		}
	}
	if text := fmt.Sprint(copied()); strings.ContainsAny(text, "\x1b\x07") || !strings.Contains(text, "pod") {
		t.Errorf("copied %q", text)
	}
}
