package fixes

import (
	"context"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
)

// Action is something that an engineer on call does in a minute. Like a fix,
// it is planned, previewed, journalled, and taken back where it can be.
type Action struct {
	// Name is what it is called by: "quarantine".
	Name string
	// Does is a sentence without a full stop.
	Does string
	// On are the kinds it is for, its own first. Others lead to those: a pod
	// to what controls it.
	On []string
	// Lasting says, in a clause, what undo can't bring back; empty where it
	// brings all back.
	Lasting string

	plan func(context.Context, *Fixer, kube.Ref) (Plan, error)
}

// Actions lists them, the likeliest for each kind before the others.
func Actions() []Action {
	return []Action{
		quarantine(),
		scaleToZero(),
		suspend(),
		drainNode(),
		cordon(),
		revoke(),
		deleteToken(),
		closeNodePort(),
	}
}

// ActionsOn lists the actions for objects of a kind.
func ActionsOn(kind string) []Action {
	return slices.DeleteFunc(Actions(), func(a Action) bool { return !slices.Contains(a.On, kind) })
}

// FindAction finds an action by its name.
func FindAction(name string) (Action, error) {
	actions := Actions()
	i := slices.IndexFunc(actions, func(a Action) bool { return a.Name == name })
	if i < 0 {
		names := make([]string, len(actions))
		for i, a := range actions {
			names[i] = a.Name
		}
		return Action{}, fmt.Errorf("there is no action %q: there are %s", name, strings.Join(names, ", "))
	}
	return actions[i], nil
}

// Act plans an action on an object. A subject of bindings that isn't an object
// is a Ref of kind User or Group.
func (f *Fixer) Act(ctx context.Context, action Action, on kube.Ref) (Plan, error) {
	if !slices.Contains(action.On, on.Kind) {
		return Plan{}, fmt.Errorf("%s is for %s, not for a %s", action.Name, strings.Join(action.On, ", "), on.Kind)
	}
	plan, err := action.plan(ctx, f, on)
	if err != nil {
		return Plan{}, err
	}
	if action.Lasting != "" {
		plan.Notes = append([]string{"Undo can't bring all of it back: " + action.Lasting + "."}, plan.Notes...)
	}
	about := on
	if len(plan.Changes) > 0 {
		about = plan.Changes[len(plan.Changes)-1].Target
	}
	return readable(plan, scanners.Finding{Check: "act/" + action.Name, Object: about}), nil
}

// controllerOf climbs from an object to the one that nothing controls. What
// controls it and can't be read is an error.
func (f *Fixer) controllerOf(ctx context.Context, ref kube.Ref) (*unstructured.Unstructured, error) {
	const highest = 5 // a custom resource, a CronJob, a Job, a Pod
	for range highest {
		live, err := f.read(ctx, ref)
		if err != nil {
			return nil, err
		}
		owner := metav1.GetControllerOf(live)
		if owner == nil || owner.Kind == "Node" {
			return live, nil
		}
		ref = kube.Ref{APIVersion: owner.APIVersion, Kind: owner.Kind, Namespace: ref.Namespace, Name: owner.Name}
	}
	return nil, fmt.Errorf("%s is controlled by too many others", ref)
}
