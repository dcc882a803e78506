package kube_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"kiln/kube"
)

func TestDecodingIsExplainedInTheTextsTerms(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a text for a list", `{spec: {containers: x}}`, "spec.containers is a text where a list belongs"},
		{"a list for a mapping", `{spec: []}`, "spec is a list where a mapping belongs"},
		{"a list for mappings", `{metadata: {labels: [a]}}`, "metadata.labels is a list where a mapping belongs"},
		{"a list for a text", `{metadata: {name: [a]}}`, "metadata.name is a list where a text belongs"},
		{"a text for a switch", `{spec: {hostNetwork: "yes"}}`, "spec.hostNetwork is a text where true or false belongs"},
		{"a text for a number", `{spec: {priority: high}}`, "spec.priority is a text where a number belongs"},
		{"no object at all", `[]`, "it is a list where a mapping belongs"},
		{"an unknown field", `{specs: {}}`, `unknown field "specs"`},
		{"no YAML", `{spec: `, "line 1: did not find expected node content"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := yaml.UnmarshalStrict([]byte(c.text), &corev1.Pod{})
			if err == nil {
				t.Fatal("it was read")
			}
			if got := kube.ExplainDecoding(err); got != c.want {
				t.Errorf("got %q, want %q, of %v", got, c.want, err)
			}
		})
	}
}
