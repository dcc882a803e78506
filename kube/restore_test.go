package kube

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// deploymentWith is a Deployment whose container has a security context; nil
// leaves it out.
func deploymentWith(context map[string]any) *unstructured.Unstructured {
	container := map[string]any{"name": "web", "image": "web:1"}
	if context != nil {
		container["securityContext"] = context
	}
	obj := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "web"},
	}}
	if err := unstructured.SetNestedSlice(obj.Object, []any{container}, "spec", "template", "spec", "containers"); err != nil {
		panic(err)
	}
	return obj
}

// Two fixes set fields in one security context, which neither found empty. When
// the first is taken back before the second, nobody is left who wants it.
func TestUndoLeavesNoEmptyParentOfAnotherFix(t *testing.T) {
	second, err := CompareFields(
		deploymentWith(map[string]any{"allowPrivilegeEscalation": false}),
		deploymentWith(map[string]any{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true}))
	if err != nil {
		t.Fatal(err)
	}
	const containers = `{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:image":{},"f:name":{}`
	tests := []struct {
		name, held string
		stays      bool
	}{
		{"nobody else holds it", containers + `}}}}}}`, false},
		{"somebody had it empty", containers + `,"f:securityContext":{}}}}}}}`, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			live := deploymentWith(map[string]any{"readOnlyRootFilesystem": true})
			live.SetManagedFields([]metav1.ManagedFieldsEntry{{
				Manager: "kubectl", Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: "apps/v1",
				FieldsType: "FieldsV1", FieldsV1: metav1.NewFieldsV1(tt.held),
			}})
			restored, err := WithBefore(live, second)
			if err != nil {
				t.Fatal(err)
			}
			list, _, err := unstructured.NestedSlice(restored.Object, "spec", "template", "spec", "containers")
			if err != nil {
				t.Fatal(err)
			}
			if _, stays := list[0].(map[string]any)["securityContext"]; stays != tt.stays {
				t.Errorf("the security context stays: %v, want %v", stays, tt.stays)
			}
		})
	}
}
