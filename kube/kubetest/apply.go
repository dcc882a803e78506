package kubetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"k8s.io/kubectl/pkg/util"
)

// KubectlManager is the field manager that owns what Apply created.
const KubectlManager = "kubectl-client-side-apply"

// Apply creates the objects of a manifest as "kubectl apply" does by default:
// owned by [KubectlManager] with the operation Update, and with the
// last-applied-configuration annotation. Objects that have a namespace but don't
// name it get the given one. All are deleted after the test.
func (c *Testbed) Apply(t testing.TB, manifest, namespace string) {
	t.Helper()
	documents := yaml.NewYAMLOrJSONDecoder(bytes.NewBufferString(manifest), 4096)
	for {
		object := new(unstructured.Unstructured)
		err := documents.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("reading the manifest: %v", err)
		}
		if len(object.Object) == 0 {
			continue // nothing between two separators
		}
		c.applyObject(t, object, namespace)
	}
}

func (c *Testbed) applyObject(t testing.TB, object *unstructured.Unstructured, namespace string) {
	t.Helper()
	what := fmt.Sprintf("%s %s", object.GetKind(), object.GetName())
	resource := c.resourceOf(t, object, namespace)
	if err := util.CreateApplyAnnotation(object, unstructured.UnstructuredJSONScheme); err != nil {
		t.Fatalf("annotating %s: %v", what, err)
	}
	if _, err := resource.Create(t.Context(), object, metav1.CreateOptions{FieldManager: KubectlManager}); err != nil {
		t.Fatalf("creating %s: %v", what, err)
	}
	afterwards(t, "deleting "+what, func(ctx context.Context) error {
		background := metav1.DeletePropagationBackground
		err := resource.Delete(ctx, object.GetName(), metav1.DeleteOptions{PropagationPolicy: &background})
		if apierrors.IsNotFound(err) {
			return nil
		}
		return err
	})
}

// resourceOf finds where objects of this kind are created. If they live in a
// namespace and the object names none, it gets the given one.
func (c *Testbed) resourceOf(t testing.TB, object *unstructured.Unstructured, namespace string) dynamic.ResourceInterface {
	t.Helper()
	var mapping *meta.RESTMapping
	kind := object.GroupVersionKind()
	eventually(t, fmt.Sprintf("the server knows %s", kind), func(context.Context) (bool, error) {
		var err error
		mapping, err = c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
		if meta.IsNoMatchError(err) {
			c.mapper.Reset() // its CustomResourceDefinition may be newer than what was discovered
			return false, nil
		}
		return err == nil, err
	})
	resource := c.dynamic.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return resource
	}
	if object.GetNamespace() == "" {
		object.SetNamespace(namespace)
	}
	return resource.Namespace(object.GetNamespace())
}
