package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// mostManifest is what the API server itself takes in one request, in bytes.
const mostManifest = 3 << 20

// ReadManifest reads the one object of a manifest, as YAML or JSON.
func ReadManifest(from io.Reader) (*unstructured.Unstructured, error) {
	limited := &io.LimitedReader{R: from, N: mostManifest + 1}
	documents := yaml.NewYAMLOrJSONDecoder(limited, 4096)
	var found *unstructured.Unstructured
	for {
		object := &unstructured.Unstructured{}
		err := documents.Decode(&object.Object)
		switch {
		case limited.N == 0:
			return nil, errors.New("the manifest is larger than the 3 MiB that an API server takes")
		case errors.Is(err, io.EOF) && found == nil:
			return nil, errors.New("the manifest is empty")
		case errors.Is(err, io.EOF):
			return found, nil
		case err != nil:
			return nil, fmt.Errorf("the manifest can't be read: %w", err)
		case len(object.Object) == 0:
			continue // nothing between two separators
		case found != nil, object.IsList():
			return nil, errors.New("the manifest has several objects: a request sends one, so trace them one by one")
		case object.GetKind() == "" || object.GetAPIVersion() == "":
			return nil, errors.New("the manifest is no Kubernetes object: it has no apiVersion and kind")
		}
		found = object
	}
}

// ResourceNamed finds a resource as kubectl does: by plural, singular or short
// name, with or without its group; a subresource follows a slash.
func (c *Cluster) ResourceNamed(text string) (resource schema.GroupVersionResource, subresource string, err error) {
	name, subresource, _ := strings.Cut(text, "/")
	if slices.Contains([]string{"users", "groups", "uids", "userextras", "signers"}, strings.ToLower(name)) {
		return resource, "", fmt.Errorf("%s stand in RBAC's rules only, and no request is made to them: who-can VERB %[1]s says who has a right to them", strings.ToLower(name))
	}
	resource, err = c.Mapper.ResourceFor(schema.ParseGroupResource(strings.ToLower(name)).WithVersion(""))
	if err != nil {
		return resource, "", fmt.Errorf("the server knows no resource %q: kubectl api-resources lists those it has", Clean(name))
	}
	return resource, subresource, nil
}

// CopyToCreate is a new object like a live one, under another name: as kubectl
// applied it, if it did, so that defaults are set anew.
func CopyToCreate(live *unstructured.Unstructured) *unstructured.Unstructured {
	fresh := Essence(live)
	applied := &unstructured.Unstructured{}
	if json.Unmarshal([]byte(live.GetAnnotations()[lastApplied]), &applied.Object) == nil && applied.GetKind() == live.GetKind() {
		applied.SetNamespace(live.GetNamespace())
		fresh = applied
	}
	annotations := fresh.GetAnnotations()
	delete(annotations, lastApplied)
	fresh.SetAnnotations(annotations)
	fresh.SetOwnerReferences(nil)
	fresh.SetFinalizers(nil)
	fresh.SetGenerateName("")
	fresh.SetName(nameOfCopy(live.GetName()))
	if fresh.GetKind() == "Pod" {
		unstructured.RemoveNestedField(fresh.Object, "spec", "nodeName") // else it would pass the scheduler by
	}
	if fresh.GetKind() == "Service" { // addresses and ports of nodes are taken by the original
		for _, field := range []string{"clusterIP", "clusterIPs", "healthCheckNodePort"} {
			unstructured.RemoveNestedField(fresh.Object, "spec", field)
		}
		dropNodePorts(fresh)
	}
	return fresh
}

func dropNodePorts(service *unstructured.Unstructured) {
	ports, _, _ := unstructured.NestedSlice(service.Object, "spec", "ports")
	for _, port := range ports {
		if fields, ok := port.(map[string]any); ok {
			delete(fields, "nodePort")
		}
	}
	if ports != nil {
		_ = unstructured.SetNestedSlice(service.Object, ports, "spec", "ports") // it was one before
	}
}

// nameOfCopy keeps within the shortest limit that names have.
func nameOfCopy(name string) string {
	const most, suffix = 63, "-copy"
	return name[:min(len(name), most-len(suffix))] + suffix
}

// changers lists the mutating webhooks and policies of the cluster. A server
// that doesn't know the policies has none.
func (c *Cluster) changers(ctx context.Context) ([]string, error) {
	group := schema.GroupVersion{Group: "admissionregistration.k8s.io", Version: "v1"}
	var all []string
	for _, kind := range []struct{ name, resource string }{
		{"MutatingWebhookConfiguration", "mutatingwebhookconfigurations"},
		{"MutatingAdmissionPolicy", "mutatingadmissionpolicies"},
	} {
		list, err := c.Metadata.Resource(group.WithResource(kind.resource)).List(ctx, metav1.ListOptions{})
		if apierrors.IsNotFound(err) || meta.IsNoMatchError(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("listing the %s: %w", kind.resource, err)
		}
		for _, item := range list.Items {
			all = append(all, Clean(kind.name+"/"+item.Name))
		}
	}
	slices.Sort(all)
	return all, nil
}
