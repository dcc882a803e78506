package kube

import (
	"context"
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

// FieldManager is kiln's name in the managedFields of what it writes.
const FieldManager = "kiln"

// WriteMode says how far a write goes.
type WriteMode int

const (
	// DryRun has the API server carry out everything but the storing.
	DryRun WriteMode = iota
	// ForReal stores the result.
	ForReal
)

func (m WriteMode) dryRun() []string {
	if m == DryRun {
		return []string{metav1.DryRunAll}
	}
	return nil
}

// Read fetches one live object.
func (c *Cluster) Read(ctx context.Context, ref Ref) (*unstructured.Unstructured, error) {
	resource, err := c.resourceOf(ref)
	if err != nil {
		return nil, err
	}
	return resource.Get(ctx, ref.Name, metav1.GetOptions{})
}

// Apply sends an apply configuration (server-side apply). Without force, a
// field of another manager that would change is refused: see Conflicts.
func (c *Cluster) Apply(ctx context.Context, config *unstructured.Unstructured, force bool, mode WriteMode) (*unstructured.Unstructured, error) {
	return c.patch(ctx, RefOf(config), types.ApplyPatchType, config, metav1.PatchOptions{
		Force: &force, DryRun: mode.dryRun(), FieldManager: FieldManager, FieldValidation: metav1.FieldValidationStrict,
	})
}

// PatchJSON sends the operations of a JSON patch (RFC 6902).
func (c *Cluster) PatchJSON(ctx context.Context, ref Ref, operations any, mode WriteMode) (*unstructured.Unstructured, error) {
	return c.patch(ctx, ref, types.JSONPatchType, operations, metav1.PatchOptions{
		DryRun: mode.dryRun(), FieldManager: FieldManager, FieldValidation: metav1.FieldValidationStrict,
	})
}

// PatchMerge sends a JSON merge patch (RFC 7386).
func (c *Cluster) PatchMerge(ctx context.Context, ref Ref, patch map[string]any, mode WriteMode) (*unstructured.Unstructured, error) {
	return c.patch(ctx, ref, types.MergePatchType, patch, metav1.PatchOptions{
		DryRun: mode.dryRun(), FieldManager: FieldManager,
	})
}

// Create makes a new object; it fails if one of that name exists.
func (c *Cluster) Create(ctx context.Context, obj *unstructured.Unstructured, mode WriteMode) (*unstructured.Unstructured, error) {
	resource, err := c.resourceOf(RefOf(obj))
	if err != nil {
		return nil, err
	}
	return resource.Create(ctx, obj, metav1.CreateOptions{
		DryRun: mode.dryRun(), FieldManager: FieldManager, FieldValidation: metav1.FieldValidationStrict,
	})
}

// Delete removes exactly the given state of an object: one that was changed or
// re-created since is refused.
func (c *Cluster) Delete(ctx context.Context, obj *unstructured.Unstructured, mode WriteMode) error {
	resource, err := c.resourceOf(RefOf(obj))
	if err != nil {
		return err
	}
	uid, version := obj.GetUID(), obj.GetResourceVersion()
	return resource.Delete(ctx, obj.GetName(), metav1.DeleteOptions{
		DryRun:        mode.dryRun(),
		Preconditions: &metav1.Preconditions{UID: &uid, ResourceVersion: &version},
	})
}

func (c *Cluster) patch(ctx context.Context, ref Ref, kind types.PatchType, body any, options metav1.PatchOptions) (*unstructured.Unstructured, error) {
	resource, err := c.resourceOf(ref)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encoding the patch for %s: %w", ref, err)
	}
	return resource.Patch(ctx, ref.Name, kind, data, options)
}

func (c *Cluster) resourceOf(ref Ref) (dynamic.ResourceInterface, error) {
	mapping, err := c.mappingOf(ref)
	if err != nil {
		return nil, err
	}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return c.Dynamic.Resource(mapping.Resource), nil
	}
	return c.Dynamic.Resource(mapping.Resource).Namespace(ref.Namespace), nil
}

func (c *Cluster) mappingOf(ref Ref) (*meta.RESTMapping, error) {
	kind := schema.FromAPIVersionAndKind(ref.APIVersion, ref.Kind)
	mapping, err := c.Mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return nil, fmt.Errorf("finding the resource of %s: %w", ref, err)
	}
	return mapping, nil
}
