package fixes

import (
	"context"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

func scaleToZero() Action {
	return Action{
		Name: "scale-to-zero", Does: "Stop all pods of a workload",
		On:   []string{"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Pod"},
		plan: planScaleToZero,
	}
}

func planScaleToZero(ctx context.Context, f *Fixer, ref kube.Ref) (Plan, error) {
	live, err := f.controllerOf(ctx, ref)
	if err != nil {
		return Plan{}, err
	}
	top := kube.RefOf(live)
	switch top.Kind {
	case "Deployment", "StatefulSet", "ReplicaSet", "ReplicationController":
	case "DaemonSet":
		return Plan{}, &ManualError{
			Why:   fmt.Sprintf("%s has no number of replicas: it runs on every node that it fits", top),
			Steps: fmt.Sprintf("Send it to no node, and later back:\n  kubectl patch DaemonSet %s%s -p '{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":{\"kiln/nowhere\":\"true\"}}}}}'\n  kubectl rollout undo DaemonSet %s%s", top.Name, inNamespace(top), top.Name, inNamespace(top)),
		}
	default:
		return Plan{}, &ManualError{Why: fmt.Sprintf("%s can't be scaled", top), Steps: fmt.Sprintf("Delete it, once you have what you need of it:\n  kubectl delete %s %s%s", top.Kind, top.Name, inNamespace(top))}
	}
	change := applyTo(live)
	change.Apply.Object["spec"] = map[string]any{"replicas": int64(0)}
	plan := Plan{
		Title: fmt.Sprintf("Scale %s to zero", top), Changes: []Change{change},
		Notes: []string{fmt.Sprintf("It is down then, without its %s. A PodDisruptionBudget doesn't prevent that.", podCount(replicas(live)))},
	}
	scalers, err := f.Cluster.Client.AutoscalingV2().HorizontalPodAutoscalers(top.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		plan.Notes = append(plan.Notes, "Whether an autoscaler looks after it can't be read: "+kube.Explain(err))
		return plan, nil
	}
	for _, s := range scalers.Items {
		if t := s.Spec.ScaleTargetRef; t.Kind == top.Kind && t.Name == top.Name {
			plan.Notes = append(plan.Notes, fmt.Sprintf("HorizontalPodAutoscaler/%s leaves it alone while it is at zero.", s.Name))
		}
	}
	return plan, nil
}

func suspend() Action {
	return Action{Name: "suspend", Does: "Start no more jobs of a CronJob", On: []string{"CronJob", "Job", "Pod"}, plan: planSuspend}
}

func planSuspend(ctx context.Context, f *Fixer, ref kube.Ref) (Plan, error) {
	live, err := f.controllerOf(ctx, ref)
	if err != nil {
		return Plan{}, err
	}
	top := kube.RefOf(live)
	if top.Kind != "CronJob" {
		return Plan{}, &ManualError{Why: fmt.Sprintf("%s belongs to no CronJob", ref), Steps: "There is no schedule to suspend."}
	}
	change := applyTo(live)
	change.Apply.Object["spec"] = map[string]any{"suspend": true}
	plan := Plan{Title: fmt.Sprintf("Suspend %s", top), Changes: []Change{change}}
	var active []string
	jobs, _, _ := unstructured.NestedSlice(live.Object, "status", "active")
	for _, item := range jobs {
		if job, ok := item.(map[string]any); ok {
			active = append(active, fmt.Sprintf("Job/%v", job["name"]))
		}
	}
	if len(active) > 0 {
		plan.Notes = append(plan.Notes, "What runs goes on: "+strings.Join(active, ", ")+".")
	}
	return plan, nil
}

func closeNodePort() Action {
	return Action{Name: "close-nodeport", Does: "Close a service's ports on the nodes", On: []string{"Service"}, plan: planCloseNodePort}
}

func planCloseNodePort(ctx context.Context, f *Fixer, ref kube.Ref) (Plan, error) {
	live, err := f.read(ctx, ref)
	if err != nil {
		return Plan{}, err
	}
	if kind := field(live.Object, "spec", "type"); kind != "NodePort" {
		return Plan{}, fmt.Errorf("%w: %s is of type %v, and opens no port by itself", ErrNothingToDo, ref, kind)
	}
	change := applyTo(live)
	change.Apply.Object["spec"] = map[string]any{"type": "ClusterIP"}
	return Plan{
		Title: fmt.Sprintf("Close the ports of %s on the nodes", ref), Changes: []Change{change},
		Notes: []string{
			"Clients outside the cluster lose it at once.",
			"Taking this back asks for the same ports again; they may be taken by then.",
		},
	}, nil
}
