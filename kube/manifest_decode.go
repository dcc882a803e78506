package kube

import (
	"encoding/json"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// decode reads an object of a kind, or its metadata where kiln wants no more.
func (r *manifestReader) decode(k kind, raw []byte) (runtime.Object, error) {
	if k.custom {
		obj := &unstructured.Unstructured{}
		return obj, obj.UnmarshalJSON(raw)
	}
	if k.metadataOnly {
		meta := &metav1.PartialObjectMetadata{}
		return meta, json.Unmarshal(raw, meta)
	}
	decoded, _, err := r.decoder.Decode(raw, &k.gvk, nil)
	if decoded == nil || decoded.GetObjectKind().GroupVersionKind() != k.gvk {
		decoded, _, err = r.decoder.Decode(asCurrent(raw, k.gvk), &k.gvk, nil)
	}
	return decoded, err
}

func asCurrent(raw []byte, gvk schema.GroupVersionKind) []byte {
	var object map[string]any
	if json.Unmarshal(raw, &object) != nil {
		return raw
	}
	object["apiVersion"] = gvk.GroupVersion().String()
	current, err := json.Marshal(object)
	if err != nil {
		return raw
	}
	return current
}

// sameFamily keeps other projects' kinds of the same name apart (a Knative
// Service, a Gateway API's NetworkPolicy) but takes the groups that kinds have
// moved from.
func sameFamily(apiVersion string, gvk schema.GroupVersionKind) bool {
	gv, err := schema.ParseGroupVersion(apiVersion)
	if err != nil {
		return false
	}
	moved := []string{"apps", "batch", "networking.k8s.io", "policy"}
	return gv.Group == gvk.Group || gv.Group == "extensions" && slices.Contains(moved, gvk.Group)
}

func withType(raw json.RawMessage, apiVersion, kind string) json.RawMessage {
	var object map[string]any
	if json.Unmarshal(raw, &object) != nil || object == nil || object["kind"] != nil {
		return raw
	}
	object["apiVersion"], object["kind"] = apiVersion, kind
	typed, err := json.Marshal(object)
	if err != nil {
		return raw
	}
	return typed
}
