package kube

import (
	"context"
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/pager"
)

const (
	// pageSize is the API server's and kubectl's own idea of a page.
	pageSize = 500
	// pagesAhead is how many pages may wait while one is worked on. Each is
	// megabytes of pods.
	pagesAhead = 1
	// pageTimeout bounds one page; the whole list of a large cluster may take
	// longer.
	pageTimeout = 30 * time.Second
)

// kind is one row of the table of what is listed.
type kind struct {
	resource Resource
	gvk      schema.GroupVersionKind
	// list reads all objects; page is told the count after each page.
	list func(ctx context.Context, c *Cluster, namespace string, page func(count int)) (batch, error)
	// metadataOnly says that nothing but metadata is ever read of it.
	metadataOnly bool
	// custom says that it is a custom resource, which has no type here.
	custom bool
	// add puts an object from a manifest into the Inventory.
	add func(*Inventory, Object) error
}

// batch is what listing one kind brought.
type batch struct {
	count int
	// managers are the telling field managers by object.
	managers map[types.UID]string
	old      []OldVersion
	store    func(*Inventory)
}

// typed is the row of a kind whose objects are kept, after slim (which may be
// nil) has dropped what no check reads.
func typed[T Object](r Resource, gvk schema.GroupVersionKind, field func(*Inventory) *[]T, slim func(T)) kind {
	keep := func(obj T) T {
		obj.GetObjectKind().SetGroupVersionKind(gvk)
		obj.SetManagedFields(nil)
		if slim != nil {
			slim(obj)
		}
		return obj
	}
	return kind{
		resource: r, gvk: gvk,
		list: func(ctx context.Context, c *Cluster, namespace string, page func(int)) (batch, error) {
			var items []T
			b := batch{managers: map[types.UID]string{}}
			err := c.each(ctx, r, gvk, namespace, func(obj runtime.Object) {
				item := obj.(T)
				b.note(item)
				b.old = append(b.old, oldVersions(item, gvk)...)
				if items = append(items, keep(item)); len(items)%pageSize == 0 {
					page(len(items))
				}
			})
			b.count, b.store = len(items), func(inv *Inventory) { *field(inv) = items }
			return b, err
		},
		add: func(inv *Inventory, obj Object) error {
			item, ok := obj.(T)
			if !ok {
				return fmt.Errorf("%s is a %T in this version of Kubernetes", gvk.Kind, obj)
			}
			*field(inv) = append(*field(inv), keep(item))
			return nil
		},
	}
}

// note remembers the field manager that tells who owns obj.
func (b *batch) note(obj metav1.Object) {
	if m := tellingManager(obj.GetManagedFields()); m != "" {
		b.managers[obj.GetUID()] = m
	}
}

// each lists a resource in pages and calls fn for each object.
func (c *Cluster) each(ctx context.Context, r Resource, gvk schema.GroupVersionKind, namespace string, fn func(runtime.Object)) error {
	client, err := c.restClient(gvk.GroupVersion())
	if err != nil {
		return err
	}
	return eachItem(ctx, func(ctx context.Context, opts metav1.ListOptions) (runtime.Object, error) {
		page, err := scheme.Scheme.New(gvk.GroupVersion().WithKind(gvk.Kind + "List"))
		if err != nil {
			return nil, err
		}
		err = client.Get().NamespaceIfScoped(namespace, namespace != "" && !clusterScoped(r)).
			Resource(resourceName(r)).VersionedParams(&opts, scheme.ParameterCodec).Do(ctx).Into(page)
		return page, err
	}, fn)
}

// eachMetadata is each for the metadata of objects alone.
func (c *Cluster) eachMetadata(ctx context.Context, r Resource, gvk schema.GroupVersionKind, namespace string, fn func(*metav1.PartialObjectMetadata)) error {
	if clusterScoped(r) {
		namespace = ""
	}
	lister := c.Metadata.Resource(gvk.GroupVersion().WithResource(resourceName(r))).Namespace(namespace)
	return eachItem(ctx, func(ctx context.Context, opts metav1.ListOptions) (runtime.Object, error) {
		return lister.List(ctx, opts)
	}, func(obj runtime.Object) { fn(obj.(*metav1.PartialObjectMetadata)) })
}

// eachItem calls fn for each object of a paged list, whose next page is
// fetched meanwhile.
func eachItem(ctx context.Context, page pager.ListPageFunc, fn func(runtime.Object)) error {
	list := pager.New(func(ctx context.Context, opts metav1.ListOptions) (runtime.Object, error) {
		ctx, cancel := context.WithTimeout(ctx, pageTimeout)
		defer cancel()
		return page(ctx, opts)
	})
	list.PageSize, list.PageBufferSize = pageSize, pagesAhead
	return list.EachListItem(ctx, metav1.ListOptions{}, func(obj runtime.Object) error {
		fn(obj)
		return nil
	})
}

// restClient speaks protobuf to one group and version.
func (c *Cluster) restClient(gv schema.GroupVersion) (*rest.RESTClient, error) {
	config := protobuf(c.Config)
	config.GroupVersion, config.APIPath = &gv, "/apis"
	if gv.Group == "" {
		config.APIPath = "/api"
	}
	config.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	return rest.RESTClientForConfigAndClient(config, c.http)
}

// resourceName is the part of a Resource that stands in a URL.
func resourceName(r Resource) string {
	name, _, _ := strings.Cut(string(r), ".")
	return name
}

// clusterScoped resources are listed whole even when one namespace is asked for.
func clusterScoped(r Resource) bool {
	switch r {
	case Namespaces, Nodes, ClusterRoles, ClusterRoleBindings, PersistentVolumes, StorageClasses,
		ValidatingWebhooks, MutatingWebhooks, ValidatingAdmissionPolicies, ValidatingAdmissionPolicyBindings, CustomResourceDefinitions,
		ClusterSecretStores, CiliumClusterPolicies, CalicoCRDGlobalPolicies, CalicoGlobalPolicies,
		AdminNetworkPolicies, BaselineAdminNetworkPolicies, ClusterNetworkPolicies, ClusterPolicyReports:
		return true
	}
	return false
}
