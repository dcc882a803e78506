package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
)

// TraceRequest is a request that is followed through the API server without
// being made.
type TraceRequest struct {
	// As is who asks; the zero value is the identity of the connection.
	As   rest.ImpersonationConfig
	Verb string
	// Resource is what the request is about, Subresource a part of it such as
	// "exec", or empty.
	Resource    schema.GroupVersionResource
	Subresource string
	// Namespace is empty for what has none, and for every namespace.
	Namespace, Name string
	// Manifest is what the request sends; nil where there is none.
	Manifest *unstructured.Unstructured
}

// Impersonates says that the request is somebody else's.
func (r TraceRequest) Impersonates() bool { return r.As.UserName != "" }

// Target is the resource with its subresource, as kubectl writes it:
// "pods/exec", "deployments.apps".
func (r TraceRequest) Target() string {
	text := r.Resource.GroupResource().String()
	if r.Subresource == "" {
		return text
	}
	return r.Resource.Resource + "/" + r.Subresource + text[len(r.Resource.Resource):]
}

// HandsOn says that the server hands the request on, to a kubelet or to what a
// pod or a service runs, and answers nothing itself.
func (r TraceRequest) HandsOn() bool {
	return slices.Contains([]string{"log", "exec", "attach", "portforward", "proxy"}, r.Subresource)
}

// Trace is what the API server says of a request, step by step.
type Trace struct {
	Request   TraceRequest
	Identity  TraceIdentity
	Access    TraceAccess
	Admission TraceAdmission
}

// Trace follows a request as far as it gets: who the server says is asking,
// whether that one may, and what a dry run comes to. Nothing is changed. What
// goes wrong at a step stands in the step; the error is for a trace that was
// broken off, or a request that makes no sense.
func (c *Cluster) Trace(ctx context.Context, req TraceRequest) (Trace, error) {
	req, err := c.complete(req)
	if err != nil {
		return Trace{}, err
	}
	asker, err := c.tracing(req.As)
	if err != nil {
		return Trace{}, fmt.Errorf("preparing to ask as %s: %w", req.As.UserName, err)
	}
	trace := Trace{Request: req}
	trace.Identity = c.traceIdentity(ctx, asker, req)
	trace.Access = c.traceAccess(ctx, asker, req, trace.Identity)
	trace.Admission = c.traceAdmission(ctx, asker, trace)
	return trace, ctx.Err()
}

// tracing is the same connection as somebody else, or as ourselves, through
// which nothing but reads, reviews and dry runs get.
func (c *Cluster) tracing(as rest.ImpersonationConfig) (*Cluster, error) {
	config := rest.CopyConfig(c.Config)
	if as.UserName != "" {
		config.Impersonate = as
	}
	asker, err := NewCluster(config, c.Context)
	if err != nil {
		return nil, err
	}
	asker.Gate.SetReadOnly(true)
	asker.Mapper = c.Mapper
	return asker, nil
}

// complete checks a request before anything is asked.
func (c *Cluster) complete(req TraceRequest) (TraceRequest, error) {
	if req.Verb == "" || req.Resource.Resource == "" {
		return req, errors.New("a request has a verb and a resource, such as create pods")
	}
	gvk, err := c.Mapper.KindFor(req.Resource)
	if err != nil {
		return req, fmt.Errorf("finding the kind of %s: %w", req.Target(), err)
	}
	mapping, err := c.Mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return req, fmt.Errorf("finding the kind of %s: %w", req.Target(), err)
	}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		req.Namespace = ""
	}
	if req.Manifest == nil {
		return req, nil
	}
	return req.withManifest(mapping)
}

// withManifest takes the name and the namespace from the manifest, and makes
// sure that it is what the request is about.
func (r TraceRequest) withManifest(mapping *meta.RESTMapping) (TraceRequest, error) {
	object := r.Manifest.DeepCopy()
	if kind := object.GroupVersionKind().GroupKind(); kind != mapping.GroupVersionKind.GroupKind() {
		return r, fmt.Errorf("the manifest is of kind %s, the request about %s", kind, r.Target())
	}
	r.Resource.Version = object.GroupVersionKind().Version
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		object.SetNamespace("")
	} else {
		switch ns := object.GetNamespace(); {
		case ns == "" && r.Namespace == "":
			return r, errors.New("the manifest names no namespace: say which one, with -n")
		case ns == "":
			object.SetNamespace(r.Namespace)
		case r.Namespace != "" && r.Namespace != ns:
			return r, fmt.Errorf("the manifest is for namespace %q, the request for %q", ns, r.Namespace)
		}
		r.Namespace = object.GetNamespace()
	}
	if r.Name != "" && object.GetName() != "" && r.Name != object.GetName() {
		return r, fmt.Errorf("the manifest is of %q, the request about %q", object.GetName(), r.Name)
	}
	if object.GetName() != "" {
		r.Name = object.GetName()
	} else if r.Name != "" {
		object.SetName(r.Name)
	}
	r.Manifest = object
	return r, nil
}
