package kubetest

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

const privilegedPod = `
apiVersion: v1
kind: Pod
metadata: {name: privileged}
spec:
  containers:
  - {name: main, image: example.test/main:1, securityContext: {privileged: true}}
`

const deployment = `
# a document with nothing but a comment
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: example.test/web:1}]
`

const nodeAndPod = `
apiVersion: v1
kind: Node
metadata: {name: roomy, labels: {room: plenty}}
status:
  allocatable: {cpu: 8, memory: 32Gi, pods: 110}
  conditions: [{type: Ready, status: "True"}]
---
apiVersion: v1
kind: Pod
metadata: {name: guest}
spec:
  nodeSelector: {room: plenty}
  containers: [{name: main, image: example.test/main:1}]
`

const customResources = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: kilns.example.test}
spec:
  group: example.test
  names: {kind: Kiln, plural: kilns}
  scope: Namespaced
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
---
apiVersion: example.test/v1
kind: Kiln
metadata: {name: anagama}
`

func decode(t *testing.T, manifest string) *unstructured.Unstructured {
	t.Helper()
	object := new(unstructured.Unstructured)
	if err := yaml.Unmarshal([]byte(manifest), &object.Object); err != nil {
		t.Fatal(err)
	}
	return object
}

func TestApplyIsLikeKubectl(t *testing.T) {
	t.Parallel()
	c := Cluster(t)
	namespace := c.Namespace(t, "shop")
	c.Apply(t, deployment, namespace)

	web, err := c.Client().AppsV1().Deployments(namespace).Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// The deployment's controller may have written its status by now, and the server sorts the writers of one second by name.
	kubectl := func(entry metav1.ManagedFieldsEntry) bool {
		return entry.Manager == KubectlManager && entry.Operation == metav1.ManagedFieldsOperationUpdate && entry.Subresource == ""
	}
	if !slices.ContainsFunc(web.ManagedFields, kubectl) {
		t.Errorf("%s updated nothing: %v", KubectlManager, web.ManagedFields)
	}
	var last metav1.PartialObjectMetadata
	if err := json.Unmarshal([]byte(web.Annotations[corev1.LastAppliedConfigAnnotation]), &last); err != nil {
		t.Fatal(err)
	}
	if last.Name != "web" || last.Namespace != namespace {
		t.Errorf("the last applied configuration is of %s/%s", last.Namespace, last.Name)
	}
}

func TestAppliedNodeTakesPods(t *testing.T) {
	t.Parallel()
	c := Cluster(t)
	namespace := c.Namespace(t, "shop")
	c.Apply(t, nodeAndPod, namespace)
	eventually(t, "the pod is bound", func(ctx context.Context) (bool, error) {
		pod, err := c.Client().CoreV1().Pods(namespace).Get(ctx, "guest", metav1.GetOptions{})
		return err == nil && pod.Spec.NodeName == "roomy", err
	})
}

func TestApplyCleansUpWhatHasNoNamespace(t *testing.T) {
	t.Parallel()
	c := Cluster(t)
	t.Run("a test", func(t *testing.T) {
		c.Apply(t, "{apiVersion: v1, kind: Node, metadata: {name: short-lived}}", "")
	})
	_, err := c.Client().CoreV1().Nodes().Get(t.Context(), "short-lived", metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		t.Errorf("after the test: %v", err)
	}
}

func TestApplyKnowsKindsThatItDefines(t *testing.T) {
	t.Parallel()
	c := Cluster(t)
	c.Apply(t, customResources, c.Namespace(t, "pottery"))
}
