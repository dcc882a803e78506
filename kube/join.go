package kube

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// joiner makes Workloads of the kinds that bring pod templates.
type joiner struct {
	inv *Inventory
	// byUID finds the Workload that stands for an object: its own, or its
	// controller's.
	byUID map[types.UID]*Workload
}

// joinWorkloads fills inv.Workloads. Controllers come before what they
// control, so that each object finds its controller's Workload.
func joinWorkloads(inv *Inventory) {
	j := joiner{inv: inv, byUID: map[types.UID]*Workload{}}
	for _, d := range inv.Deployments {
		j.template(d, &d.Spec.Template, "spec.template.spec")
	}
	for _, s := range inv.StatefulSets {
		j.template(s, &s.Spec.Template, "spec.template.spec")
	}
	for _, d := range inv.DaemonSets {
		j.template(d, &d.Spec.Template, "spec.template.spec")
	}
	for _, c := range inv.CronJobs {
		j.template(c, &c.Spec.JobTemplate.Spec.Template, "spec.jobTemplate.spec.template.spec")
	}
	for _, r := range inv.ReplicaSets {
		j.template(r, &r.Spec.Template, "spec.template.spec")
	}
	for _, r := range inv.ReplicationControllers {
		if r.Spec.Template != nil {
			j.template(r, r.Spec.Template, "spec.template.spec")
		}
	}
	for _, b := range inv.Jobs {
		j.template(b, &b.Spec.Template, "spec.template.spec")
	}
	var left []*Pod
	for _, p := range inv.Pods {
		if !j.pod(p) {
			left = append(left, p)
		}
	}
	for _, p := range left { // one that came later may stand for their controller
		j.pod(p)
	}
	sortWorkloads(inv.Workloads)
}

func sortWorkloads(workloads []*Workload) {
	slices.SortStableFunc(workloads, func(a, b *Workload) int {
		return cmp.Or(cmp.Compare(a.Namespace(), b.Namespace()), cmp.Compare(a.Object.GetName(), b.Object.GetName()))
	})
}

// template adds an object that holds a pod template, unless its controller
// already stands for it or its template was dropped because a controller that
// can't be seen stands for it: then its pods speak for it.
func (j *joiner) template(obj Object, t *corev1.PodTemplateSpec, specPath string) {
	if c := metav1.GetControllerOf(obj); c != nil {
		if parent := j.byUID[c.UID]; parent != nil && c.UID != "" {
			j.byUID[obj.GetUID()] = parent
			return
		}
		if len(t.Spec.Containers) == 0 {
			return
		}
	}
	j.add(&Workload{Object: obj, Meta: &t.ObjectMeta, Spec: &t.Spec, SpecPath: specPath})
}

func (j *joiner) add(w *Workload) {
	j.inv.Workloads = append(j.inv.Workloads, w)
	if uid := w.Object.GetUID(); uid != "" {
		j.byUID[uid] = w
	}
}

// pod adds a pod to its controller's Workload, or as one of its own; false if
// it is neither, so far.
func (j *joiner) pod(p *Pod) bool {
	c := metav1.GetControllerOf(p)
	if c != nil && c.Kind != "Node" && c.UID != "" {
		if w := j.byUID[c.UID]; w != nil {
			w.Pods = append(w.Pods, p)
			if w.Ended && p.spec != nil && len(p.spec.Containers) > 0 && !finished(p.Phase) {
				w.standIn(p)
			}
			j.ephemeral(p, w)
			return true
		}
	}
	if p.spec == nil || len(p.spec.Containers) == 0 || j.missed(c) {
		return false
	}
	w := &Workload{SpecPath: "spec", Pods: []*Pod{p}}
	w.standIn(p)
	j.add(w)
	if c != nil && c.Kind != "Node" && c.UID != "" {
		j.byUID[c.UID] = w // the first pod stands for the others of its controller
	}
	return true
}

// standIn makes a pod the Workload's own object.
func (w *Workload) standIn(p *Pod) {
	w.Object, w.Meta, w.Spec, w.ephemeralAt, w.Ended = p, &p.ObjectMeta, p.spec, p.ephemeralAt, finished(p.Phase)
}

// missed says that a pod's controller is of a kind that was read whole, and
// still isn't there: it was made or deleted between the lists. What was made
// is seen by the next scan; what was deleted takes the pod with it.
func (j *joiner) missed(controller *metav1.OwnerReference) bool {
	if controller == nil || j.inv.FromFiles() {
		return false
	}
	return readsController(j.inv, controller.Kind)
}

// readsController says that all controllers of a kind are in the Inventory.
func readsController(inv *Inventory, kind string) bool {
	read, known := map[string]Resource{
		"ReplicaSet": ReplicaSets, "StatefulSet": StatefulSets, "DaemonSet": DaemonSets,
		"Job": Jobs, "ReplicationController": ReplicationControllers,
	}[kind]
	if !known {
		return false
	}
	_, gap := inv.Gap(read)
	return !gap
}

// ephemeral lists a pod for its ephemeral containers, which no template shows.
func (j *joiner) ephemeral(p *Pod, w *Workload) {
	if p.spec == nil || len(p.spec.EphemeralContainers) == 0 || w.Object == Object(p) {
		return
	}
	j.add(&Workload{Object: p, Meta: &p.ObjectMeta, Spec: ephemeralOnly(p.spec), SpecPath: "spec", Pods: []*Pod{p}, EphemeralOnly: true, ephemeralAt: p.ephemeralAt})
}

// ephemeralOnly is what no template shows of a pod's spec; nil if there is
// nothing.
func ephemeralOnly(spec *corev1.PodSpec) *corev1.PodSpec {
	if spec == nil || len(spec.EphemeralContainers) == 0 {
		return nil
	}
	return &corev1.PodSpec{EphemeralContainers: spec.EphemeralContainers, SecurityContext: spec.SecurityContext, OS: spec.OS, HostUsers: spec.HostUsers}
}

// dropSpokenFor lets go of the specs of pods for which a template speaks. Only
// for an Inventory that nobody else has seen.
func dropSpokenFor(inv *Inventory) {
	for _, w := range inv.Workloads {
		for _, p := range w.Pods {
			if !w.EphemeralOnly && w.Object != Object(p) {
				p.spec = ephemeralOnly(p.spec)
			}
		}
	}
}
