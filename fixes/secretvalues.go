package fixes

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// secretValues are the plain values in a Secret.
func secretValues(secret *unstructured.Unstructured) []string {
	data, _, _ := unstructured.NestedStringMap(secret.Object, "data")
	var values []string
	for _, key := range slices.Sorted(maps.Keys(data)) {
		if value, err := base64.StdEncoding.DecodeString(data[key]); err == nil {
			values = append(values, string(value))
		}
	}
	return values
}

// secretValue reads one value of a Secret.
func secretValue(secret *unstructured.Unstructured, key string) (string, error) {
	encoded, found, err := unstructured.NestedString(secret.Object, "data", key)
	if err != nil || !found {
		return "", fmt.Errorf("no key %s in Secret %s", key, secret.GetName())
	}
	value, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", fmt.Errorf("reading the key %s of Secret %s: %w", key, secret.GetName(), err)
	}
	return string(value), nil
}
