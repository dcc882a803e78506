package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
)

// loadOptions say what "load" loads, and where to.
type loadOptions struct {
	kubeconfig string
	paths      []string
	timeout    time.Duration
}

func parseLoadOptions(args []string) (loadOptions, error) {
	var o loadOptions
	flags := flag.NewFlagSet("testbed load", flag.ContinueOnError)
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "the kubeconfig `file` of the testbed's cluster")
	flags.DurationVar(&o.timeout, "timeout", time.Minute, "how long the objects may take to come alive")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.paths = flags.Args()
	if o.kubeconfig == "" || len(o.paths) == 0 {
		return o, errors.New("load needs --kubeconfig, and a folder or file of manifests")
	}
	return o, nil
}

// loadCommand loads manifests and stays until they have come alive.
func loadCommand(ctx context.Context, o loadOptions) error {
	config, err := clusterConfig(o.kubeconfig)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := playKubelets(ctx, config); err != nil {
		return err
	}
	return load(ctx, config, o.paths, o.timeout)
}

// clusterConfig reads a kubeconfig for use by the loader, which is in a hurry.
func clusterConfig(kubeconfig string) (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	config.QPS = -1
	config.WarningHandlerWithContext = rest.NoWarnings{}
	return config, nil
}

// load writes the manifests into the cluster the way the field's tools do, in
// the order in which they need each other, and waits until what they set going
// has come alive, which takes somebody who plays the kubelets. Loading a second
// time changes nothing. It reports every object that failed, not just the first.
func load(ctx context.Context, config *rest.Config, paths []string, timeout time.Duration) error {
	manifests, err := readManifests(paths)
	if err != nil {
		return err
	}
	l, err := newLoader(config)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("not within %v", timeout))
	defer cancel()
	progress("loading %d objects", len(manifests))
	if err := l.write(ctx, manifests); err != nil {
		return err
	}
	progress("waiting for their pods")
	return l.settle(ctx, manifests)
}

// loader writes manifests into a cluster.
type loader struct {
	objects dynamic.Interface
	client  kubernetes.Interface
	kinds   *restmapper.DeferredDiscoveryRESTMapper
}

func newLoader(config *rest.Config) (*loader, error) {
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client: %w", err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client: %w", err)
	}
	found, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client: %w", err)
	}
	kinds := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(found))
	return &loader{objects, client, kinds}, nil
}

func (l *loader) write(ctx context.Context, manifests []manifest) error {
	var errs []error
	for _, group := range inLoadOrder(manifests) {
		var written []manifest
		for _, m := range group {
			if err := l.writeOne(ctx, m); err != nil {
				errs = append(errs, fmt.Errorf("%v: %w", m, err))
				continue
			}
			written = append(written, m)
		}
		for _, m := range written {
			if err := l.await(ctx, m); err != nil {
				errs = append(errs, fmt.Errorf("%v: %w", m, err))
			}
		}
	}
	return errors.Join(errs...)
}

func (l *loader) writeOne(ctx context.Context, m manifest) error {
	resource, err := l.resource(m)
	if err != nil {
		return err
	}
	return write(ctx, resource, m.Unstructured)
}

// resource is where the object is written to. An object of a namespaced kind
// that names no namespace goes to "default", as with kubectl.
func (l *loader) resource(m manifest) (dynamic.ResourceInterface, error) {
	gvk := m.GroupVersionKind()
	mapping, err := l.kinds.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, err
	}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return l.objects.Resource(mapping.Resource), nil
	}
	if m.GetNamespace() == "" {
		m.SetNamespace("default")
	}
	return l.objects.Resource(mapping.Resource).Namespace(m.GetNamespace()), nil
}
