package kube

import (
	"context"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// keepSpecs takes the specs from the pods that were seen, but for those that
// have to be judged themselves: pods that nobody controls, static ones, and
// one of each controller that kiln doesn't read.
func (t *turnover) keepSpecs(inv *Inventory) {
	standing := map[uid]uid{}
	for _, p := range inv.Pods {
		if _, seen := t.seen[p.UID]; !seen && standsIn(inv, p) {
			standing[metav1.GetControllerOf(p).UID] = p.UID
		}
	}
	for _, p := range inv.Pods { // those that stood in go on to
		if seen := t.seen[p.UID]; seen.object != nil && standsIn(inv, p) {
			standing[metav1.GetControllerOf(p).UID] = p.UID
		}
	}
	for _, running := range []bool{true, false} { // those that have ended come last
		for id, seen := range t.seen {
			if p, ok := seen.object.(*Pod); ok && finished(p.Phase) != running {
				keepSpec(inv, p, id, standing)
			}
		}
	}
}

// keepSpec lets a pod that was seen stand for its controller, if it has to and
// none does yet, or takes its spec away.
func keepSpec(inv *Inventory, p *Pod, id uid, standing map[uid]uid) {
	c := metav1.GetControllerOf(p)
	switch {
	case c == nil || c.Kind == "Node" || p.spec == nil:
	case readsController(inv, c.Kind) || standing[c.UID] != "" && standing[c.UID] != id:
		p.spec = ephemeralOnly(p.spec)
	default:
		standing[c.UID] = id
	}
}

// standsIn says that a pod which runs is judged in the place of a controller
// that kiln doesn't read.
func standsIn(inv *Inventory, p *Pod) bool {
	c := metav1.GetControllerOf(p)
	return c != nil && c.Kind != "Node" && !finished(p.Phase) && p.spec != nil && len(p.spec.Containers) > 0 && !readsController(inv, c.Kind)
}

// standIns reads one pod anew for each controller whose pod, which stood for
// the others, is gone or has ended, if another runs.
func (w *Watcher) standIns(ctx context.Context, next *Inventory) {
	lost := map[uid]bool{}
	for _, p := range w.inv.Pods {
		if standsIn(next, p) {
			lost[metav1.GetControllerOf(p).UID] = true
		}
	}
	for _, p := range next.Pods {
		if standsIn(next, p) {
			delete(lost, metav1.GetControllerOf(p).UID)
		}
	}
	if len(lost) == 0 {
		return
	}
	pods := slices.Clone(next.Pods)
	for i, p := range pods {
		c := metav1.GetControllerOf(p)
		if c == nil || !lost[c.UID] || finished(p.Phase) {
			continue
		}
		delete(lost, c.UID)
		if pod, err := w.cluster.Client.CoreV1().Pods(p.Namespace).Get(ctx, p.Name, metav1.GetOptions{}); err == nil {
			pods[i] = slimPod(pod, true)
		}
	}
	next.Pods = pods
}
