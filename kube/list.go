package kube

import (
	"context"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/pager"

	"kiln/kube/crash"
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
	// watch follows the kind from a resourceVersion on, and take makes of an
	// object that comes so what the Inventory keeps.
	watch func(ctx context.Context, c *Cluster, namespace string, opts metav1.ListOptions) (watch.Interface, error)
	take  func(runtime.Object) (sighting, error)
	// objects are the Inventory's of this kind; put replaces them.
	objects func(*Inventory) []Object
	put     func(*Inventory, []Object)
}

// sighting is one object as it was seen, and what its managedFields told.
type sighting struct {
	object  Object
	manager string
	old     []OldVersion
	// version is the object's resourceVersion, if the Watcher knows it.
	version string
}

// batch is what listing one kind brought.
type batch struct {
	count int
	// version is the list's resourceVersion, from which a watch can go on.
	version string
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
	k := kind{
		resource: r, gvk: gvk,
		list: func(ctx context.Context, c *Cluster, namespace string, page func(int)) (batch, error) {
			var items []T
			b := batch{managers: map[types.UID]string{}}
			version, err := c.each(ctx, r, gvk, namespace, func(obj runtime.Object) {
				item := obj.(T)
				b.note(item)
				b.old = append(b.old, oldVersions(item, gvk)...)
				if items = append(items, keep(item)); len(items)%pageSize == 0 {
					page(len(items))
				}
			})
			b.count, b.version, b.store = len(items), version, func(inv *Inventory) { *field(inv) = items }
			return b, err
		},
		watch: func(ctx context.Context, c *Cluster, namespace string, opts metav1.ListOptions) (watch.Interface, error) {
			return c.watch(ctx, r, gvk, namespace, opts)
		},
		take: func(obj runtime.Object) (sighting, error) {
			item, ok := obj.(T)
			if !ok {
				return sighting{}, fmt.Errorf("%s came as a %T", gvk.Kind, obj)
			}
			seen := sighting{manager: tellingManager(item.GetManagedFields()), old: oldVersions(item, gvk)}
			seen.object = keep(item)
			return seen, nil
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
	k.objects, k.put = stored(field)
	return k
}

// stored reads and replaces a field of the Inventory that holds objects of one
// type.
func stored[T Object](field func(*Inventory) *[]T) (objects func(*Inventory) []Object, put func(*Inventory, []Object)) {
	objects = func(inv *Inventory) []Object {
		items := *field(inv)
		all := make([]Object, len(items))
		for i, item := range items {
			all[i] = item
		}
		return all
	}
	put = func(inv *Inventory, all []Object) {
		items := make([]T, len(all))
		for i, obj := range all {
			items[i] = obj.(T)
		}
		*field(inv) = items
	}
	return objects, put
}

// note remembers the field manager that tells who owns obj.
func (b *batch) note(obj metav1.Object) {
	if m := tellingManager(obj.GetManagedFields()); m != "" {
		b.managers[obj.GetUID()] = m
	}
}

// each lists a resource in pages, calls fn for each object, and returns the
// list's resourceVersion.
func (c *Cluster) each(ctx context.Context, r Resource, gvk schema.GroupVersionKind, namespace string, fn func(runtime.Object)) (string, error) {
	client, err := c.restClient(gvk.GroupVersion())
	if err != nil {
		return "", err
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
func (c *Cluster) eachMetadata(ctx context.Context, r Resource, gvk schema.GroupVersionKind, namespace string, fn func(*metav1.PartialObjectMetadata)) (string, error) {
	lister := c.metadataOf(r, gvk, namespace)
	return eachItem(ctx, func(ctx context.Context, opts metav1.ListOptions) (runtime.Object, error) {
		return lister.List(ctx, opts)
	}, func(obj runtime.Object) { fn(obj.(*metav1.PartialObjectMetadata)) })
}

// metadataOf is the client for the metadata of a resource's objects alone.
func (c *Cluster) metadataOf(r Resource, gvk schema.GroupVersionKind, namespace string) metadata.ResourceInterface {
	if clusterScoped(r) {
		namespace = ""
	}
	return c.Metadata.Resource(gvk.GroupVersion().WithResource(resourceName(r))).Namespace(namespace)
}

// eachItem calls fn for each object of a paged list, whose next page is
// fetched meanwhile. It returns the list's resourceVersion.
func eachItem(ctx context.Context, page pager.ListPageFunc, fn func(runtime.Object)) (string, error) {
	version := make(chan string, 1) // pages are fetched by another goroutine
	version <- ""
	list := pager.New(func(ctx context.Context, opts metav1.ListOptions) (runtime.Object, error) {
		ctx, cancel := context.WithTimeout(ctx, pageTimeout)
		defer cancel()
		defer crash.Catch(ctx)
		result, err := page(ctx, opts)
		if err == nil {
			if of, err := meta.ListAccessor(result); err == nil {
				<-version
				version <- of.GetResourceVersion()
			}
		}
		return result, err
	})
	list.PageSize, list.PageBufferSize = pageSize, pagesAhead
	err := list.EachListItem(ctx, metav1.ListOptions{}, func(obj runtime.Object) error {
		fn(obj)
		return nil
	})
	return <-version, err
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
		AdminNetworkPolicies, BaselineAdminNetworkPolicies, ClusterNetworkPolicies, ClusterPolicyReports, ClusterOpenReports,
		ClusterVulnerabilityReports, ClusterConfigAuditReports, ClusterRbacAssessmentReports, ClusterInfraAssessmentReports, ClusterComplianceReports:
		return true
	}
	return false
}
