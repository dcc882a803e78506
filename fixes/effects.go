package fixes

import (
	"cmp"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"kiln/kube"
)

// EffectKind tells effects apart.
type EffectKind string

// The kinds of effects.
const (
	// RestartEffect is pods that are replaced.
	RestartEffect EffectKind = "restart"
	// BudgetEffect is PodDisruptionBudgets that a restart uses up or breaks.
	BudgetEffect EffectKind = "disruption-budget"
	// AdmissionEffect is pods that a Pod Security level refuses from now on.
	AdmissionEffect EffectKind = "refused-pods"
	// ConnectionEffect is connections that a NetworkPolicy cuts.
	ConnectionEffect EffectKind = "connections"
	// ExposureEffect is ways into the cluster that a Service closes.
	ExposureEffect EffectKind = "exposure"
	// RightsEffect is rights that subjects, and workloads with them, lose.
	RightsEffect EffectKind = "rights"
	// VolumeEffect is what containers find mounted from now on.
	VolumeEffect EffectKind = "volumes"
	// UnknownEffect is what could not be looked at.
	UnknownEffect EffectKind = "unknown"
)

// Effect is what a change does to others than its object.
type Effect struct {
	Kind EffectKind `json:"kind"`
	// Summary is a clause with the numbers: "2 of 5 workloads are refused when
	// they start again".
	Summary string `json:"summary"`
	// Names are those that it happens to.
	Names []string `json:"names"`
}

// foresee fills in what a previewed plan does to others. Policies and bindings
// of one plan work together, so their effects stand at the last of them.
func (p *Preview) foresee(inv *kube.Inventory, user string) {
	for i := range p.Targets {
		t := &p.Targets[i]
		if t.Err == nil {
			t.Effects = append(effectsOnPods(t, inv), effectsOnVolumes(t, inv)...)
		}
	}
	if inv == nil {
		return
	}
	after := withTargets(inv, p.Targets)
	if last := p.lastOf("Namespace"); last != nil {
		last.Effects = append(last.Effects, effectsOnAdmission(p.Targets, inv)...)
	}
	if last := p.lastOf("NetworkPolicy"); last != nil {
		last.Effects = append(last.Effects, effectsOnConnections(p.Targets, inv, after)...)
	}
	if last := p.lastOf("Service"); last != nil {
		last.Effects = append(last.Effects, effectsOnExposure(p.Targets, inv)...)
	}
	if last := p.lastOf("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"); last != nil {
		last.Effects = append(last.Effects, effectsOnRights(p.Targets, inv, after, user)...)
	}
}

// lastOf is the last target of some kinds that could be previewed; nil if none.
func (p *Preview) lastOf(kinds ...string) *TargetPreview {
	for i, t := range slices.Backward(p.Targets) {
		if t.Err == nil && slices.Contains(kinds, t.Change.Target.Kind) {
			return &p.Targets[i]
		}
	}
	return nil
}

// unread are effects of the kinds of objects that could not be read: nothing
// is said of what isn't known.
func unread(inv *kube.Inventory, of string, resources ...kube.Resource) []Effect {
	var effects []Effect
	for _, r := range resources {
		gap, missed := inv.Gap(r)
		if missed || !inv.Settled(r) {
			effects = append(effects, Effect{Kind: UnknownEffect, Summary: fmt.Sprintf("%s are not known: %s could not be read (%s)", of, r, cmp.Or(gap.Reason, "not yet"))})
		}
	}
	return effects
}

// withTargets is the inventory as it is after the targets are written, as far
// as effects look at it.
func withTargets(inv *kube.Inventory, targets []TargetPreview) *kube.Inventory {
	after := *inv
	for _, t := range targets {
		if t.Err != nil {
			continue
		}
		switch t.Change.Target.Kind {
		case "NetworkPolicy":
			after.NetworkPolicies = replaced(after.NetworkPolicies, t)
		case "Role":
			after.Roles = replaced(after.Roles, t)
		case "ClusterRole":
			after.ClusterRoles = replaced(after.ClusterRoles, t)
		case "RoleBinding":
			after.RoleBindings = replaced(after.RoleBindings, t)
		case "ClusterRoleBinding":
			after.ClusterRoleBindings = replaced(after.ClusterRoleBindings, t)
		}
	}
	return &after
}

// replaced is a list with a target's object as it will be: changed, new, or
// gone.
func replaced[T any, P interface {
	*T
	kube.Object
}](list []P, target TargetPreview) []P {
	ref := target.Change.Target
	list = slices.DeleteFunc(slices.Clone(list), func(o P) bool { return o.GetName() == ref.Name && o.GetNamespace() == ref.Namespace })
	if object := P(new(T)); typed(target.after, object) {
		list = append(list, object)
	}
	return list
}

// typed converts an object that the server sent; false for none.
func typed(from *unstructured.Unstructured, to any) bool {
	return from != nil && runtime.DefaultUnstructuredConverter.FromUnstructured(from.Object, to) == nil
}

// counted is "1 pod" or "3 pods".
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
