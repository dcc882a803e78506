package kube

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// podKind is the row of pods: they are made slim while their pages come in,
// since ten thousand whole ones would not fit the memory budget.
func podKind() kind {
	gvk := corev1.SchemeGroupVersion.WithKind("Pod")
	return kind{
		resource: Pods, gvk: gvk,
		list: func(ctx context.Context, c *Cluster, namespace string, page func(int)) (batch, error) {
			var items []*Pod
			b := batch{managers: map[types.UID]string{}}
			first := map[types.UID]bool{}
			err := c.each(ctx, Pods, gvk, namespace, func(obj runtime.Object) {
				pod := obj.(*corev1.Pod)
				controller := metav1.GetControllerOf(pod)
				if controller == nil {
					b.note(pod)
				}
				if items = append(items, slimPod(pod, judged(controller, first))); len(items)%pageSize == 0 {
					page(len(items))
				}
			})
			b.count, b.store = len(items), func(inv *Inventory) { inv.Pods = items }
			return b, err
		},
		add: func(inv *Inventory, obj Object) error {
			pod, ok := obj.(*corev1.Pod)
			if !ok {
				return fmt.Errorf("pod is a %T in this version of Kubernetes", obj)
			}
			slim := slimPod(pod, true)
			inv.Pods = append(inv.Pods, slim)
			if origin, ok := inv.origins[obj]; ok {
				inv.origins[slim] = origin
			}
			return nil
		},
	}
}

// judged keeps the specs of pods that nobody controls, of static pods, and of
// the first pod of each controller, in case that one can't be read or is of a
// kind that kiln doesn't know.
func judged(controller *metav1.OwnerReference, first map[types.UID]bool) bool {
	if controller == nil || controller.Kind == "Node" {
		return true
	}
	if first[controller.UID] {
		return false
	}
	first[controller.UID] = true
	return true
}

// metadataOnly is the row of a kind whose values kiln never reads.
func metadataOnly(r Resource, gvk schema.GroupVersionKind, field func(*Inventory) *[]*metav1.PartialObjectMetadata) kind {
	keep := func(obj *metav1.PartialObjectMetadata) *metav1.PartialObjectMetadata {
		obj.SetGroupVersionKind(gvk)
		obj.ManagedFields = nil
		slimSecret(obj)
		return obj
	}
	return kind{
		resource: r, gvk: gvk, metadataOnly: true,
		list: func(ctx context.Context, c *Cluster, namespace string, page func(int)) (batch, error) {
			var items []*metav1.PartialObjectMetadata
			b := batch{managers: map[types.UID]string{}}
			err := c.eachMetadata(ctx, r, gvk, namespace, func(obj *metav1.PartialObjectMetadata) {
				b.note(obj)
				if items = append(items, keep(obj)); len(items)%pageSize == 0 {
					page(len(items))
				}
			})
			b.count, b.store = len(items), func(inv *Inventory) { *field(inv) = items }
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
	}
}
