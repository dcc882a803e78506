package tui

import (
	"testing"

	"kiln/fixes"
	"kiln/kube"
)

// oncallScenes are pictures of what is done at once, and of what keeps it
// done: quick actions and guardrails.
func oncallScenes() []scene {
	return []scene{
		{"actions", "staging", func(_ *testing.T, a *App) {
			a.session.fixer = &fixes.Fixer{}
			deliver(a, inventorySnapshot())
			a.openQuickActions(kube.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "checkout"})
		}},
		{"action", "staging", func(_ *testing.T, a *App) { openAction(a) }},
		{"action-confirmed", "prod-eu-1", func(_ *testing.T, a *App) {
			v := openAction(a)
			v.opened = v.opened.Add(-settleTime)
			press(a, "tab", "enter")
		}},
		{"drain", "staging", func(_ *testing.T, a *App) { openFixtureDrain(a).update(drainPlanMsg{plan: fixtureDrainPlan()}) }},
		{"drain-refused", "staging", func(_ *testing.T, a *App) {
			openFixtureDrain(a).update(drainPlanMsg{err: &fixes.ManualError{
				Why: "Pod/checkout-1 in shop has data in an emptyDir, which goes with it", Steps: "Look at what it holds, and evict it by hand:\n  kubectl delete pod -n shop checkout-1",
			}})
		}},
		{"draining", "staging", func(_ *testing.T, a *App) {
			v := openFixtureDrain(a)
			v.update(drainPlanMsg{plan: fixtureDrainPlan()})
			v.stop, v.buttons = func() {}, buttons{labels: []string{cancelLabel}}
			pod := func(name string) kube.Ref {
				return kube.Ref{APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: name}
			}
			v.onNews(drainNewsMsg{progress: fixes.DrainProgress{Pod: pod("checkout-1"), Gone: true, Left: 1, Total: 2}})
			v.onNews(drainNewsMsg{progress: fixes.DrainProgress{Pod: pod("注文データベース-0"), Waiting: "PodDisruptionBudget/db permits no disruption now", Left: 1, Total: 2}})
			a.cancelTasks(v)
		}},
		{"guardrails", "staging", func(_ *testing.T, a *App) {
			a.runCommand("guardrails")
			a.top().update(guardrailsMsg{all: []fixes.Guardrail{
				{Name: "kiln-pod-writable-rootfs.shop", Check: "pod/writable-rootfs", Namespace: "shop", Stage: fixes.Warns, By: fixes.ByPolicy, Checked: true},
				{Name: "kiln-pod-privileged", Check: "pod/privileged", Stage: fixes.Denies, By: fixes.ByPolicy, Warnings: []string{"undefined field 'hostUsers'"}, Checked: true},
				{Name: "データ基盤", Check: "pod/privileged", Level: "baseline", Namespace: "データ基盤", Stage: fixes.Denies, By: fixes.ByLabels, Checked: true},
				{Name: "kiln-pod-run-as-root." + longName, Check: "pod/run-as-root", Namespace: longName, Stage: fixes.Warns, By: fixes.ByPolicy},
			}})
		}},
		{"guardrails-none", "staging", func(_ *testing.T, a *App) {
			a.runCommand("guardrails")
			a.top().update(guardrailsMsg{})
		}},
		{"guard", "staging", func(_ *testing.T, a *App) {
			v := newDiffView(a, "guard", nil)
			a.push(v)
			v.update(proposedMsg{[]proposal{fixtureGuard()}})
		}},
		{"guard-tried", "staging", func(_ *testing.T, a *App) {
			a.onGuardChecked(guardCheckedMsg{plan: fixes.GuardPlan{Name: "kiln-pod-writable-rootfs.shop"}, told: fixes.GuardCheck{Tried: make([]fixes.Refusal, 2)}})
		}},
	}
}

// openAction shows the preview of a quick action as it comes back.
func openAction(a *App) *diffView {
	v := newDiffView(a, "quarantine", nil)
	a.push(v)
	pod := kube.Ref{APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: "checkout-1"}
	before := "apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    app: checkout\n  name: checkout-1\n  namespace: shop\n"
	policy := "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: kiln-quarantine-checkout-1\n  namespace: shop\nspec:\n  podSelector:\n    matchLabels:\n      kiln/quarantine: checkout-1\n  policyTypes:\n  - Ingress\n  - Egress\n"
	v.update(proposedMsg{[]proposal{{
		subject: "quarantine of " + pod.String(),
		preview: fixes.Preview{
			Plan: fixes.Plan{Title: "Quarantine Pod/checkout-1: keep it as it is, and let nobody talk to it", Notes: []string{"ReplicaSet/checkout-5d9c makes another pod in its place.", "Undo can't bring all of it back: connections that broke stay broken."}},
			Targets: []fixes.TargetPreview{
				{Change: fixes.Change{Target: kube.Ref{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy", Namespace: "shop", Name: "kiln-quarantine-checkout-1"}, Mechanism: fixes.Create}, After: policy},
				{Change: fixes.Change{Target: pod, Mechanism: fixes.ServerSideApply}, Before: before, After: before[:len(before)-len("  name: checkout-1\n  namespace: shop\n")] + "    kiln/quarantine: checkout-1\n  name: checkout-1\n  namespace: shop\n"},
			},
		},
	}}})
	return v
}

func openFixtureDrain(a *App) *drainView {
	action := quickAction{on: kube.Ref{APIVersion: "v1", Kind: "Node", Name: "worker-1"}}
	a.session.fixer = &fixes.Fixer{}
	a.openDrain(action)
	a.cancelTasks(nil)
	return a.top().(*drainView)
}

func fixtureDrainPlan() fixes.Plan {
	return fixes.Plan{Title: "Drain Node/worker-1", Notes: []string{
		"Evicted: 2 pods: shop/checkout-1, shop/注文データベース-0", "They stay: 1 pod of a DaemonSet: logging/collector-8xw2p",
		"PodDisruptionBudget/db in shop permits no disruption now: its pods are waited for.", "Undo can't bring all of it back: evicted pods run elsewhere.",
	}}
}

// fixtureGuard is a guardrail as its preview comes back.
func fixtureGuard() proposal {
	ref := kube.Ref{APIVersion: "admissionregistration.k8s.io/v1", Kind: "ValidatingAdmissionPolicy", Name: "kiln-pod-writable-rootfs.shop"}
	return proposal{subject: "guardrail for pod/writable-rootfs in shop", preview: fixes.Preview{
		Plan:    fixes.Plan{Title: "Warn of whatever would bring back pod/writable-rootfs in shop", Notes: []string{"2 objects there now would be warned of: in shop: Deployment/checkout, Pod/naked", "Nothing is refused yet: f in :guardrails does that later."}},
		Targets: []fixes.TargetPreview{{Change: fixes.Change{Target: ref, Mechanism: fixes.Create}, After: "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata:\n  name: kiln-pod-writable-rootfs.shop\nspec:\n  failurePolicy: Fail\n"}},
	}}
}
