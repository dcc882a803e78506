package kube_test

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	sigsyaml "sigs.k8s.io/yaml"

	"kiln/kube"
)

// TestTextThatYAMLHasInEscapesOnly comes back as it was, and can be shown.
func TestTextThatYAMLHasInEscapesOnly(t *testing.T) {
	for _, text := range []string{
		"plain", "中文 👩\u200d👩\u200d👧 \u202e עברית", "\x1b[31mred", "\u009b2J", "\x7f", "\u0080\u0085\u009f", "\ufeffmark", "no\ufffe\uffffcharacters", "lines\u2028and\u2029more", "tab\tline\nend\r", "\\u009b as it is written",
	} {
		object := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "a", "annotations": map[string]any{"note": text}},
		}}
		written, err := kube.MarshalYAML(object.Object)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		var back map[string]any
		if err := sigsyaml.Unmarshal(written, &back); err != nil {
			t.Errorf("%q is written as %q, which can't be read: %v", text, written, err)
			continue
		}
		if got := (&unstructured.Unstructured{Object: back}).GetAnnotations()["note"]; got != text {
			t.Errorf("%q comes back as %q", text, got)
		}
		if shown, err := kube.YAML(object); err != nil || kube.CleanBlock(shown) != shown {
			t.Errorf("%q is shown as %q (%v)", text, shown, err)
		}
	}
}
