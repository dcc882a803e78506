package kube

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"

	"kiln/kube/crash"
)

// mostCustom bounds how many objects of one custom resource are read: they
// come as JSON and without a type, and cost several times what others do.
const mostCustom = 10_000

var errTooMany = fmt.Errorf("there are more than %d of them, and the rest was not read", mostCustom)

// customKind is the row of a custom resource of which some fields are kept.
func customKind(r Resource, gvk schema.GroupVersionKind, fields ...string) kind {
	return kind{
		resource: r, gvk: gvk, custom: true,
		list: func(ctx context.Context, c *Cluster, namespace string, page func(int)) (batch, error) {
			var items []*unstructured.Unstructured
			b := batch{managers: map[types.UID]string{}}
			version, err := c.eachCustom(ctx, r, gvk.Group, namespace, func(obj *unstructured.Unstructured) {
				b.note(obj)
				if items = append(items, slimCustom(obj, fields)); len(items)%pageSize == 0 {
					page(len(items))
				}
			})
			b.count, b.version, b.store = len(items), version, func(inv *Inventory) { inv.storeCustom(r, items) }
			return b, err
		},
		add: func(inv *Inventory, obj Object) error {
			item, ok := obj.(*unstructured.Unstructured)
			if !ok {
				return fmt.Errorf("%s was read as a %T", gvk.Kind, obj)
			}
			if inv.Custom == nil {
				inv.Custom = map[Resource][]*unstructured.Unstructured{}
			}
			inv.Custom[r] = append(inv.Custom[r], item)
			return nil
		},
		watch: func(ctx context.Context, c *Cluster, namespace string, opts metav1.ListOptions) (watch.Interface, error) {
			client, err := c.customOf(r, gvk.Group, namespace)
			if err != nil {
				return nil, err
			}
			return client.Watch(ctx, opts)
		},
		take: func(obj runtime.Object) (sighting, error) {
			item, ok := obj.(*unstructured.Unstructured)
			if !ok {
				return sighting{}, fmt.Errorf("%s came as a %T", gvk.Kind, obj)
			}
			manager := tellingManager(item.GetManagedFields())
			return sighting{object: slimCustom(item, fields), manager: manager}, nil
		},
		objects: func(inv *Inventory) []Object {
			all := make([]Object, len(inv.Custom[r]))
			for i, item := range inv.Custom[r] {
				all[i] = item
			}
			return all
		},
		put: func(inv *Inventory, all []Object) {
			items := make([]*unstructured.Unstructured, len(all))
			for i, obj := range all {
				items[i] = obj.(*unstructured.Unstructured)
			}
			inv.storeCustom(r, items)
		},
	}
}

// storeCustom puts a new map in the place of the one that earlier snapshots
// of the Inventory share.
func (inv *Inventory) storeCustom(r Resource, items []*unstructured.Unstructured) {
	custom := map[Resource][]*unstructured.Unstructured{}
	maps.Copy(custom, inv.Custom)
	custom[r] = items
	inv.Custom = custom
}

// slimCustom copies an object's metadata and the named fields. Of the items of
// a list, "results[policy,result]" copies those keys alone.
func slimCustom(obj *unstructured.Unstructured, fields []string) *unstructured.Unstructured {
	slim := &unstructured.Unstructured{Object: map[string]any{}}
	slim.SetGroupVersionKind(obj.GroupVersionKind())
	slim.SetName(obj.GetName())
	slim.SetNamespace(obj.GetNamespace())
	slim.SetUID(obj.GetUID())
	slim.SetCreationTimestamp(obj.GetCreationTimestamp())
	slim.SetLabels(obj.GetLabels())
	annotations := obj.GetAnnotations()
	delete(annotations, lastApplied)
	slim.SetAnnotations(annotations)
	for _, field := range fields {
		field, keys, isList := strings.Cut(strings.TrimSuffix(field, "]"), "[")
		path := strings.Split(field, ".")
		if value, found, err := unstructured.NestedFieldNoCopy(obj.Object, path...); err == nil && found {
			if isList {
				value = slimItems(value, strings.Split(keys, ","))
			}
			_ = unstructured.SetNestedField(slim.Object, value, path...) // the parents are ours, and maps
		}
	}
	return slim
}

func slimItems(list any, keys []string) any {
	items, _ := list.([]any)
	slim := make([]any, 0, len(items))
	for _, item := range items {
		from, _ := item.(map[string]any)
		to := map[string]any{}
		for _, key := range keys {
			if value, ok := from[key]; ok {
				to[key] = value
			}
		}
		slim = append(slim, to)
	}
	return slim
}

// customOf is the client for a custom resource in the version that the server
// prefers.
func (c *Cluster) customOf(r Resource, group, namespace string) (dynamic.ResourceInterface, error) {
	gvr, err := c.Mapper.ResourceFor(schema.GroupVersionResource{Group: group, Resource: resourceName(r)})
	if err != nil {
		return nil, err
	}
	if clusterScoped(r) {
		namespace = ""
	}
	return c.Dynamic.Resource(gvr).Namespace(namespace), nil
}

// eachCustom lists a custom resource.
func (c *Cluster) eachCustom(ctx context.Context, r Resource, group, namespace string, fn func(*unstructured.Unstructured)) (string, error) {
	lister, err := c.customOf(r, group, namespace)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	count := 0
	version, err := eachItem(ctx, func(ctx context.Context, opts metav1.ListOptions) (runtime.Object, error) {
		return lister.List(ctx, opts)
	}, func(obj runtime.Object) {
		if count++; count > mostCustom {
			cancel(errTooMany)
			return
		}
		fn(obj.(*unstructured.Unstructured))
	})
	if cause := context.Cause(ctx); errors.Is(cause, errTooMany) {
		return "", cause
	}
	return version, err
}

// readCustom lists the custom resources whose CRDs are there. The list of the
// CRDs decides, so that a cluster without them pays nothing.
func (col *collector) readCustom(ctx context.Context, table []kind) error {
	defined := map[Resource]bool{}
	for _, crd := range col.inv.CustomResourceDefinitions {
		defined[Resource(crd.Name)] = true
	}
	unseen, hidden := col.inv.Gap(CustomResourceDefinitions)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(listsAtOnce)
	for _, k := range table {
		switch {
		case defined[k.resource]:
			group.Go(func() error {
				defer crash.Catch(ctx)
				return col.read(ctx, k)
			})
		case hidden:
			col.settle(k.resource, batch{}, &Gap{k.resource, "whether there are any can't be told, because the list of the CRDs is " + unseen.Reason, unseen.Remedy})
		default:
			col.settle(k.resource, batch{}, nil)
		}
	}
	return group.Wait()
}
