package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/cli-runtime/pkg/resource"
	"k8s.io/client-go/dynamic"
)

// TraceAdmission is what a dry run of the request comes to.
type TraceAdmission struct {
	// NotAsked says why there was no dry run; empty if there was one.
	NotAsked string
	// Method is how the request is sent: "POST", "PUT", "server-side apply" …
	Method string
	// Sent is the object as the request has it, and CopyOf the live object
	// that it was made from, where no manifest was given.
	Sent   *unstructured.Unstructured
	CopyOf string
	// Before is the object as it is stored now; nil where there is none.
	Before *unstructured.Unstructured
	// Stored is the object as it would be stored; nil after a refusal, and for
	// what is deleted.
	Stored *unstructured.Unstructured
	// Changes are the fields in which Stored differs from Base.
	Changes  []FieldChange
	Warnings []string
	// Changers are the mutating webhooks and policies that the cluster has:
	// one of them may be behind a change. ChangersErr says why they aren't known.
	Changers    []string
	ChangersErr error
	// Err is the server's refusal, and Refusal who it comes from.
	Err     error
	Refusal *Refusal
}

// Passed says that nothing refused the dry run.
func (a TraceAdmission) Passed() bool { return a.NotAsked == "" && a.Err == nil }

// Base is what Stored is to be compared with: what was sent, or for an apply
// to an object that is there, that object, of which the manifest is only a part.
func (a TraceAdmission) Base() *unstructured.Unstructured {
	if a.Method == applyMethod && a.Before != nil {
		return a.Before
	}
	return a.Sent
}

func notAsked(format string, args ...any) TraceAdmission {
	return TraceAdmission{NotAsked: fmt.Sprintf(format, args...)}
}

var readingVerbs = []string{"get", "list", "watch"}

// traceAdmission makes the request as a dry run, where there is something that
// admission would look at.
func (c *Cluster) traceAdmission(ctx context.Context, asker *Cluster, t Trace) TraceAdmission {
	req := t.Request
	switch {
	case !t.Access.Allowed:
		return notAsked("the request doesn't get this far")
	case t.Identity.Err != nil && req.Impersonates():
		return notAsked("a dry run has to be made as %s, and we may not act as that one", Clean(req.As.UserName))
	case req.Subresource == "log", req.Subresource != "" && !req.HandsOn() && slices.Contains(readingVerbs, req.Verb):
		return notAsked("admission looks at requests that change something; %s %s only reads", req.Verb, req.Target())
	case req.Subresource != "":
		return notAsked("kiln makes no dry runs of %s: many subresources act on running things, where there is nothing to take back", req.Target())
	}
	switch {
	case slices.Contains(readingVerbs, req.Verb):
		return notAsked("admission looks at requests that change something; %s only reads", req.Verb)
	case !slices.Contains([]string{"create", "update", "patch", "delete"}, req.Verb):
		return notAsked("kiln makes dry runs of create, update, patch and delete, not of %s", req.Verb)
	}
	if err := c.supportsDryRun(ctx, req); err != nil {
		return notAsked("%v", err)
	}
	a, err := c.prepare(ctx, req)
	if err != nil {
		return notAsked("%v", err)
	}
	a.Changers, a.ChangersErr = c.changers(ctx)
	ctx, warnings := WithWarnings(ctx)
	a.Stored, a.Err = asker.send(ctx, req, a)
	a.Warnings = warnings.List()
	if a.Err != nil {
		a.Stored, a.Refusal = nil, RefusalOf(a.Err)
	}
	a.maskWords()
	if a.Stored != nil {
		a.Changes, a.Err = CompareFields(a.Base(), a.Stored)
	}
	return a
}

// supportsDryRun makes sure that the server knows dry runs of this kind: a
// server behind the aggregator that doesn't would carry the request out.
func (c *Cluster) supportsDryRun(ctx context.Context, req TraceRequest) error {
	gvk, err := c.Mapper.KindFor(req.Resource)
	if err != nil {
		return fmt.Errorf("finding the kind of %s: %w", req.Target(), err)
	}
	gvk.Version = req.version(gvk.Version)
	verifier := resource.NewQueryParamVerifierV3(c.Dynamic, c.Client.Discovery().OpenAPIV3(), resource.VerifiableQueryParam("dryRun"))
	if err := verifier.HasSupport(gvk); err != nil {
		return fmt.Errorf("the server doesn't say that it knows dry runs of %s, and without that kiln sends nothing: %w", req.Target(), err)
	}
	return ctx.Err()
}

func (r TraceRequest) version(preferred string) string {
	if r.Resource.Version != "" {
		return r.Resource.Version
	}
	return preferred
}

// prepare works out what the request sends. Without a manifest that is a copy
// of a live object, as far as we may read it ourselves.
func (c *Cluster) prepare(ctx context.Context, req TraceRequest) (TraceAdmission, error) {
	a := TraceAdmission{Method: method(req), Sent: req.Manifest}
	if req.Verb == "create" && req.Manifest != nil {
		return a, nil
	}
	if req.Name == "" {
		return a, errors.New("there is nothing to send: give a manifest, or the name of an object to do it to")
	}
	live, err := c.traceResource(req).Get(ctx, req.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err) && req.Verb == "patch" && req.Manifest != nil:
		return a, nil
	case err != nil:
		return a, fmt.Errorf("there is nothing to send: reading %s %s: %w", req.Target(), req.Name, err)
	}
	a.Before = live
	switch {
	case req.Verb == "delete":
	case req.Verb == "update" && req.Manifest != nil:
		a.Sent = req.Manifest.DeepCopy()
		a.Sent.SetResourceVersion(live.GetResourceVersion())
	case req.Verb == "update":
		a.Sent, a.CopyOf = live.DeepCopy(), RefOf(live).String()
	case req.Verb == "patch" && req.Manifest == nil:
		a.Sent, a.CopyOf = live.DeepCopy(), RefOf(live).String()
	case req.Verb == "create":
		a.Sent, a.CopyOf, a.Before = CopyToCreate(live), RefOf(live).String(), nil
	}
	return a, nil
}

const applyMethod = "PATCH, as a server-side apply"

func method(req TraceRequest) string {
	switch {
	case req.Verb == "create":
		return "POST"
	case req.Verb == "update":
		return "PUT"
	case req.Verb == "delete":
		return "DELETE"
	case req.Manifest != nil:
		return applyMethod
	}
	return "PATCH, with nothing in it"
}

// send makes the dry run. The gate of the asker lets nothing else through.
func (c *Cluster) send(ctx context.Context, req TraceRequest, a TraceAdmission) (*unstructured.Unstructured, error) {
	objects := c.traceResource(req)
	dry := []string{metav1.DryRunAll}
	switch {
	case req.Verb == "create":
		return objects.Create(ctx, a.Sent, metav1.CreateOptions{DryRun: dry, FieldManager: FieldManager, FieldValidation: metav1.FieldValidationWarn})
	case req.Verb == "update":
		return objects.Update(ctx, a.Sent, metav1.UpdateOptions{DryRun: dry, FieldManager: FieldManager, FieldValidation: metav1.FieldValidationWarn})
	case req.Verb == "delete":
		return nil, c.dryRunDelete(ctx, req)
	case req.Manifest == nil:
		return objects.Patch(ctx, req.Name, types.MergePatchType, []byte("{}"), metav1.PatchOptions{DryRun: dry, FieldManager: FieldManager})
	}
	body, err := json.Marshal(a.Sent)
	if err != nil {
		return nil, fmt.Errorf("encoding the manifest: %w", err)
	}
	return objects.Patch(ctx, req.Name, types.ApplyPatchType, body, metav1.PatchOptions{DryRun: dry, FieldManager: FieldManager, FieldValidation: metav1.FieldValidationWarn})
}

// dryRunDelete says in the address that it is a dry run, where the gate sees
// it: client-go would say so in a body.
func (c *Cluster) dryRunDelete(ctx context.Context, req TraceRequest) error {
	path := []string{"/apis", req.Resource.Group, req.Resource.Version}
	if req.Resource.Group == "" {
		path = []string{"/api", req.Resource.Version}
	}
	if req.Namespace != "" {
		path = append(path, "namespaces", req.Namespace)
	}
	path = append(path, req.Resource.Resource, req.Name)
	return c.Client.Discovery().RESTClient().Delete().AbsPath(path...).Param("dryRun", metav1.DryRunAll).Do(ctx).Error()
}

func (c *Cluster) traceResource(req TraceRequest) dynamic.ResourceInterface {
	if req.Namespace == "" {
		return c.Dynamic.Resource(req.Resource)
	}
	return c.Dynamic.Resource(req.Resource).Namespace(req.Namespace)
}
