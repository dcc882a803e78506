package kube

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
)

// podKind is the row of pods: they are made slim while their pages come in,
// since ten thousand whole ones would not fit the memory budget.
func podKind() kind {
	gvk := corev1.SchemeGroupVersion.WithKind("Pod")
	k := kind{
		resource: Pods, gvk: gvk,
		list: func(ctx context.Context, c *Cluster, namespace string, page func(int)) (batch, error) {
			var items []*Pod
			b := batch{managers: map[types.UID]string{}}
			first := map[types.UID]bool{} // whether the one that was kept for a controller runs
			version, err := c.each(ctx, Pods, gvk, namespace, func(obj runtime.Object) {
				pod := obj.(*corev1.Pod)
				controller := metav1.GetControllerOf(pod)
				if controller == nil {
					b.note(pod)
				}
				if items = append(items, slimPod(pod, judged(pod, controller, first))); len(items)%pageSize == 0 {
					page(len(items))
				}
			})
			b.count, b.version, b.store = len(items), version, func(inv *Inventory) { inv.Pods = items }
			return b, err
		},
		add: func(inv *Inventory, obj Object) error {
			pod, ok := obj.(*corev1.Pod)
			if !ok {
				return fmt.Errorf("pod is a %T in this version of Kubernetes", obj)
			}
			slim := slimPod(withoutPast(pod), true)
			inv.Pods = append(inv.Pods, slim)
			if origin, ok := inv.origins[obj]; ok {
				inv.origins[slim] = origin
			}
			return nil
		},
		watch: func(ctx context.Context, c *Cluster, namespace string, opts metav1.ListOptions) (watch.Interface, error) {
			return c.watch(ctx, Pods, gvk, namespace, opts)
		},
		take: func(obj runtime.Object) (sighting, error) {
			pod, ok := obj.(*corev1.Pod)
			if !ok {
				return sighting{}, fmt.Errorf("pod came as a %T", obj)
			}
			seen := sighting{object: slimPod(pod, true)} // foldPods takes the spec away where it isn't needed
			if metav1.GetControllerOf(pod) == nil {
				seen.manager = tellingManager(pod.ManagedFields)
			}
			return seen, nil
		},
	}
	k.objects, k.put = stored(func(i *Inventory) *[]*Pod { return &i.Pods })
	return k
}

// judged keeps the specs of pods that nobody controls, of static pods, and of
// the first pod of each controller, in case that one can't be read or is of a
// kind that kiln doesn't know. A pod that has ended stands for its controller
// only until one comes that runs.
func judged(pod *corev1.Pod, controller *metav1.OwnerReference, first map[types.UID]bool) bool {
	if controller == nil || controller.Kind == "Node" {
		return true
	}
	runs, seen := first[controller.UID]
	if runs {
		return false
	}
	first[controller.UID] = !finished(pod.Status.Phase)
	return !seen || first[controller.UID]
}

// metadataOnly is the row of a kind whose values kiln never reads.
func metadataOnly(r Resource, gvk schema.GroupVersionKind, field func(*Inventory) *[]*metav1.PartialObjectMetadata) kind {
	keep := func(obj *metav1.PartialObjectMetadata) *metav1.PartialObjectMetadata {
		obj.SetGroupVersionKind(gvk)
		obj.ManagedFields = nil
		slimSecret(obj)
		return obj
	}
	k := kind{
		resource: r, gvk: gvk, metadataOnly: true,
		list: func(ctx context.Context, c *Cluster, namespace string, page func(int)) (batch, error) {
			var items []*metav1.PartialObjectMetadata
			b := batch{managers: map[types.UID]string{}}
			version, err := c.eachMetadata(ctx, r, gvk, namespace, func(obj *metav1.PartialObjectMetadata) {
				b.note(obj)
				if items = append(items, keep(obj)); len(items)%pageSize == 0 {
					page(len(items))
				}
			})
			b.count, b.version, b.store = len(items), version, func(inv *Inventory) { *field(inv) = items }
			return b, err
		},
		add: func(inv *Inventory, obj Object) error {
			meta, ok := obj.(*metav1.PartialObjectMetadata)
			if !ok {
				return fmt.Errorf("%s was read as a %T, not as metadata", gvk.Kind, obj)
			}
			*field(inv) = append(*field(inv), keep(meta))
			return nil
		},
		watch: func(ctx context.Context, c *Cluster, namespace string, opts metav1.ListOptions) (watch.Interface, error) {
			return c.metadataOf(r, gvk, namespace).Watch(ctx, opts)
		},
		take: func(obj runtime.Object) (sighting, error) {
			meta, ok := obj.(*metav1.PartialObjectMetadata)
			if !ok {
				return sighting{}, fmt.Errorf("%s came as a %T, not as metadata", gvk.Kind, obj)
			}
			manager := tellingManager(meta.ManagedFields)
			return sighting{object: keep(meta), manager: manager}, nil
		},
	}
	k.objects, k.put = stored(field)
	return k
}
