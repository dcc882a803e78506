package fixes

import (
	"fmt"

	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/intstr"

	"kiln/kube"
)

// effectsOnPods are the pods that a target replaces, and what that does to
// PodDisruptionBudgets.
func effectsOnPods(t *TargetPreview, inv *kube.Inventory) []Effect {
	if t.Restarts == "" {
		return nil
	}
	restart := Effect{Kind: RestartEffect, Summary: t.Restarts}
	if inv == nil {
		return []Effect{restart}
	}
	w := workloadOf(inv, t.Change.Target)
	if w == nil {
		return []Effect{restart}
	}
	for _, pod := range w.Pods {
		restart.Names = append(restart.Names, "Pod/"+pod.Name)
	}
	return append([]Effect{restart}, effectsOnBudgets(t, inv, w)...)
}

func workloadOf(inv *kube.Inventory, ref kube.Ref) *kube.Workload {
	for _, w := range inv.Workloads {
		if !w.EphemeralOnly && w.Ref() == ref {
			return w
		}
	}
	return nil
}

// effectsOnBudgets compares how many pods a rollout may miss with how many the
// budgets permit. Controllers don't ask budgets, evictions do: a rollout breaks
// a budget silently, and what it uses up is missing for draining nodes.
func effectsOnBudgets(t *TargetPreview, inv *kube.Inventory, w *kube.Workload) []Effect {
	down := missingAtOnce(t.live)
	if down == 0 {
		return nil
	}
	effects := unread(inv, "PodDisruptionBudgets", kube.PodDisruptionBudgets)
	for _, budget := range inv.PodDisruptionBudgets {
		if budget.Namespace != w.Namespace() || !selects(budget.Spec.Selector, w.Meta.Labels) {
			continue
		}
		pods := int(replicasOf(t.live)) + otherPods(inv, budget, w)
		spare, says := permits(budget, pods)
		e := Effect{Kind: BudgetEffect, Names: []string{"PodDisruptionBudget/" + budget.Name}}
		switch {
		case down > spare:
			e.Summary = fmt.Sprintf("up to %d of %s may be missing while it goes on, and the budget permits %d (%s): the rollout goes on, node drains wait",
				down, counted(pods, "pod"), spare, says)
		case down == spare:
			e.Summary = fmt.Sprintf("the rollout may use up what the budget permits, %d of %s (%s): node drains wait meanwhile", spare, counted(pods, "pod"), says)
		default:
			continue
		}
		effects = append(effects, e)
	}
	return effects
}

// otherPods counts the running pods of other workloads that the budget is about.
func otherPods(inv *kube.Inventory, budget *policyv1.PodDisruptionBudget, but *kube.Workload) int {
	n := 0
	for _, w := range inv.Workloads {
		if w != but && !w.EphemeralOnly && w.Namespace() == budget.Namespace && selects(budget.Spec.Selector, w.Meta.Labels) {
			n += len(w.Pods)
		}
	}
	return n
}

// permits is how many of the pods a budget lets be missing, and its own words.
func permits(budget *policyv1.PodDisruptionBudget, pods int) (spare int, says string) {
	if most := budget.Spec.MaxUnavailable; most != nil {
		n, err := intstr.GetScaledValueFromIntOrPercent(most, pods, true)
		if err != nil {
			n = 0
		}
		return n, "maxUnavailable " + most.String()
	}
	if least := budget.Spec.MinAvailable; least != nil {
		n, err := intstr.GetScaledValueFromIntOrPercent(least, pods, true)
		if err != nil {
			n = pods
		}
		return max(0, pods-n), "minAvailable " + least.String()
	}
	return max(0, pods-1), "minAvailable 1"
}

func replicasOf(live *unstructured.Unstructured) int64 {
	if live.GetKind() == "DaemonSet" {
		n, _, _ := unstructured.NestedInt64(live.Object, "status", "desiredNumberScheduled")
		return n
	}
	return replicas(live)
}

// missingAtOnce is how many pods a rollout of the workload may miss at a time.
func missingAtOnce(live *unstructured.Unstructured) int {
	pods := int(replicasOf(live))
	switch live.GetKind() {
	case "Deployment":
		if field(live.Object, "spec", "paused") == true {
			return 0
		}
		if field(live.Object, "spec", "strategy", "type") == "Recreate" {
			return pods
		}
		down := scaled(live, "25%", pods, false, "spec", "strategy", "rollingUpdate", "maxUnavailable")
		if down == 0 && scaled(live, "25%", pods, true, "spec", "strategy", "rollingUpdate", "maxSurge") == 0 {
			down = 1
		}
		return min(down, pods)
	case "StatefulSet", "DaemonSet":
		if field(live.Object, "spec", "updateStrategy", "type") == "OnDelete" {
			return 0
		}
		if live.GetKind() == "DaemonSet" && scaled(live, "0", pods, true, "spec", "updateStrategy", "rollingUpdate", "maxSurge") > 0 {
			return 0
		}
		return min(pods, max(1, scaled(live, "1", pods, true, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable")))
	}
	return 0
}

// scaled reads a number, or a share of the pods.
func scaled(live *unstructured.Unstructured, standard string, pods int, up bool, path ...string) int {
	value := intstr.Parse(standard)
	if set := field(live.Object, path...); set != nil {
		value = intstr.Parse(fmt.Sprint(set))
	}
	n, err := intstr.GetScaledValueFromIntOrPercent(&value, pods, up)
	if err != nil {
		return 0
	}
	return n
}
