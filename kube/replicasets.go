package kube

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

// fewReplicaSets is how many are fetched one by one rather than by another list.
const fewReplicaSets = 20

// replicaSetKind is the row of ReplicaSets. Each Deployment leaves ten of them
// behind, and their templates are copies of its own: their metadata will do.
// Only those that nobody controls are read whole.
func replicaSetKind() kind {
	k := typed(ReplicaSets, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"),
		func(i *Inventory) *[]*appsv1.ReplicaSet { return &i.ReplicaSets }, slimReplicaSet)
	whole := k.list
	k.list = func(ctx context.Context, c *Cluster, namespace string, page func(int)) (batch, error) {
		var items []*appsv1.ReplicaSet
		var alone []*metav1.PartialObjectMetadata
		b := batch{managers: map[types.UID]string{}}
		version, err := c.eachMetadata(ctx, ReplicaSets, k.gvk, namespace, func(obj *metav1.PartialObjectMetadata) {
			if !isDeploymentsOwn(obj) {
				alone = append(alone, obj)
				b.note(obj)
				return
			}
			if items = append(items, onlyName(obj)); len(items)%pageSize == 0 {
				page(len(items))
			}
		})
		if err != nil {
			return b, err
		}
		if len(alone) > fewReplicaSets {
			return whole(ctx, c, namespace, page)
		}
		for _, obj := range alone {
			rs, err := c.Client.AppsV1().ReplicaSets(obj.Namespace).Get(ctx, obj.Name, metav1.GetOptions{})
			if err != nil {
				return whole(ctx, c, namespace, page) // gone meanwhile, or get is forbidden where list is not
			}
			rs.SetGroupVersionKind(k.gvk)
			rs.ManagedFields = nil
			slimReplicaSet(rs)
			items = append(items, rs)
		}
		b.count, b.version, b.store = len(items), version, func(inv *Inventory) { inv.ReplicaSets = items }
		return b, nil
	}
	takeWhole := k.take
	k.take = func(obj runtime.Object) (sighting, error) {
		rs, ok := obj.(*appsv1.ReplicaSet)
		if !ok || !isDeploymentsOwn(rs) {
			return takeWhole(obj)
		}
		return sighting{object: onlyName(rs)}, nil
	}
	return k
}

func isDeploymentsOwn(obj metav1.Object) bool {
	c := metav1.GetControllerOf(obj)
	return c != nil && c.Kind == "Deployment"
}

// onlyName keeps what links a ReplicaSet's pods to its Deployment.
func onlyName(obj metav1.Object) *appsv1.ReplicaSet {
	return &appsv1.ReplicaSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ReplicaSet"},
		ObjectMeta: metav1.ObjectMeta{Namespace: obj.GetNamespace(), Name: obj.GetName(), UID: obj.GetUID(), OwnerReferences: obj.GetOwnerReferences()},
	}
}
