package fixes

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

func cordon() Action {
	return Action{Name: "cordon", Does: "Send no new pods to a node", On: []string{"Node", "Pod"}, plan: func(ctx context.Context, f *Fixer, ref kube.Ref) (Plan, error) {
		node, err := f.nodeOf(ctx, ref)
		if err != nil {
			return Plan{}, err
		}
		return Plan{
			Title: fmt.Sprintf("Cordon %s", kube.RefOf(node)), Changes: []Change{cordonChange(node)},
			Notes: []string{"Its pods stay; a DaemonSet's still come."},
		}, nil
	}}
}

// nodeOf is the node itself, or that of a pod.
func (f *Fixer) nodeOf(ctx context.Context, ref kube.Ref) (*unstructured.Unstructured, error) {
	live, err := f.read(ctx, ref)
	if err != nil || ref.Kind == "Node" {
		return live, err
	}
	name, _, _ := unstructured.NestedString(live.Object, "spec", "nodeName")
	if name == "" {
		return nil, fmt.Errorf("%w: %s is on no node", ErrNothingToDo, ref)
	}
	return f.read(ctx, kube.Ref{APIVersion: "v1", Kind: "Node", Name: name})
}

func cordonChange(node *unstructured.Unstructured) Change {
	change := applyTo(node)
	change.Apply.Object["spec"] = map[string]any{"unschedulable": true}
	return change
}
