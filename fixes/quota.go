package fixes

import (
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"kiln/kube"
)

const podsQuestion = "pods"

// noQuota bounds a namespace: room for twice the pods that it has, and no
// service that opens to the outside beyond those that do.
func noQuota() Recipe {
	return Recipe{Check: "api/no-quota", Questions: howManyPods, Plan: func(s Situation) (Plan, error) {
		if slices.ContainsFunc(s.Inventory.ResourceQuotas, func(q *corev1.ResourceQuota) bool { return q.Namespace == s.Live.GetName() && len(q.Spec.Hard) > 0 }) {
			return Plan{}, fmt.Errorf("%w: %s has a ResourceQuota", ErrNothingToDo, s.Live.GetName())
		}
		used := usageOf(s.Inventory, s.Live.GetName())
		quota := createdByKiln("v1", "ResourceQuota", s.Live.GetName(), freeQuotaName(s.Inventory, s.Live.GetName()))
		quota.Object["spec"] = map[string]any{"hard": map[string]any{
			"pods":                   s.Answers[podsQuestion],
			"services.loadbalancers": strconv.Itoa(used.loadBalancers),
			"services.nodeports":     strconv.Itoa(used.nodePorts),
		}}
		notes := []string{
			fmt.Sprintf("It has %d pods now and may have %s: rollouts need room for old and new ones at once.", used.pods, s.Answers[podsQuestion]),
			"What exists stays, but no further service can become a load balancer or open node ports.",
			"It bounds no CPU and memory: with such a bound every container would have to declare its own.",
		}
		if used.loadBalancers+used.nodePorts > 0 {
			notes = append(notes, fmt.Sprintf("Now %d load balancers and %d node ports are in use: lower the bounds when those are gone.", used.loadBalancers, used.nodePorts))
		}
		return Plan{
			Title:   fmt.Sprintf("Create ResourceQuota %s in %s", quota.GetName(), s.Live.GetName()),
			Changes: []Change{{Target: kube.RefOf(quota), Mechanism: Create, Apply: quota}},
			Notes:   notes,
		}, nil
	}}
}

// howManyPods suggests room for twice the pods there are.
func howManyPods(s Situation) []Question {
	const fewest = 20
	used := usageOf(s.Inventory, s.Live.GetName())
	return []Question{{
		Key: podsQuestion, Ask: "How many pods may the namespace have?", Value: strconv.Itoa(max(fewest, 2*used.pods)),
		Free: func(text string) error {
			n, err := strconv.Atoi(text)
			switch {
			case err != nil:
				return fmt.Errorf("write a number: %w", err)
			case n < used.pods:
				return fmt.Errorf("there are %d now", used.pods)
			}
			return nil
		},
	}}
}

// usage is what a namespace has now of what a quota bounds.
type usage struct{ pods, loadBalancers, nodePorts int }

func usageOf(inv *kube.Inventory, namespace string) usage {
	var u usage
	for _, pod := range inv.Pods {
		if pod.Namespace == namespace && pod.Phase != corev1.PodSucceeded && pod.Phase != corev1.PodFailed {
			u.pods++
		}
	}
	for _, service := range inv.Services {
		if service.Namespace != namespace {
			continue
		}
		if service.Spec.Type == corev1.ServiceTypeLoadBalancer {
			u.loadBalancers++
		}
		for _, port := range service.Spec.Ports {
			if port.NodePort != 0 {
				u.nodePorts++
			}
		}
	}
	return u
}

func freeQuotaName(inv *kube.Inventory, namespace string) string {
	return free("quota", func(name string) bool {
		return slices.ContainsFunc(inv.ResourceQuotas, func(q *corev1.ResourceQuota) bool { return q.Namespace == namespace && q.Name == name })
	})
}

// free is name, or name-2 and so on where that is taken.
func free(name string, taken func(string) bool) string {
	found := name
	for n := 2; taken(found); n++ {
		found = fmt.Sprintf("%s-%d", name, n)
	}
	return found
}

// noLimitRange gives containers that declare nothing the same defaults as the
// fixes for single containers, or more where one asks for more already.
func noLimitRange() Recipe {
	return Recipe{Check: "api/no-limit-range", Plan: func(s Situation) (Plan, error) {
		namespace := s.Live.GetName()
		if slices.ContainsFunc(s.Inventory.LimitRanges, func(l *corev1.LimitRange) bool { return l.Namespace == namespace && len(l.Spec.Limits) > 0 }) {
			return Plan{}, fmt.Errorf("%w: %s has a LimitRange", ErrNothingToDo, namespace)
		}
		limits := createdByKiln("v1", "LimitRange", namespace, free("defaults", func(name string) bool {
			return slices.ContainsFunc(s.Inventory.LimitRanges, func(l *corev1.LimitRange) bool { return l.Namespace == namespace && l.Name == name })
		}))
		cpu := atLeastRequested(s.Inventory, namespace, corev1.ResourceCPU, defaultCPULimit)
		memory := atLeastRequested(s.Inventory, namespace, corev1.ResourceMemory, defaultMemoryLimit)
		limits.Object["spec"] = map[string]any{"limits": []any{map[string]any{
			"type":           "Container",
			"default":        map[string]any{"cpu": cpu, "memory": memory},
			"defaultRequest": map[string]any{"cpu": defaultCPURequest, "memory": defaultMemoryRequest},
		}}}
		return Plan{
			Title:   fmt.Sprintf("Create LimitRange %s in %s", limits.GetName(), namespace),
			Changes: []Change{{Target: kube.RefOf(limits), Mechanism: Create, Apply: limits}},
			Notes: []string{
				fmt.Sprintf("New containers without their own get %s CPU and %s memory at most: those that need more are slowed down or killed.", cpu, memory),
				"A container that requests more than these limits without a limit of its own is refused; none does now.",
				"Running pods stay as they are until they are replaced.",
			},
		}, nil
	}}
}

// atLeastRequested is the standard limit, or the largest request of the
// namespace's containers without a limit: they would be refused with less.
func atLeastRequested(inv *kube.Inventory, namespace string, name corev1.ResourceName, standard string) string {
	amount := resource.MustParse(standard)
	for _, w := range inv.Workloads {
		if w.Namespace() != namespace {
			continue
		}
		for _, c := range w.Containers() {
			_, limited := c.Resources.Limits[name]
			if request, ok := c.Resources.Requests[name]; ok && !limited && request.Cmp(amount) > 0 {
				amount = request
			}
		}
	}
	return amount.String()
}
