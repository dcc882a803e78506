package kube

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// templateHolder is what kinds that make pods have in common, those of others
// too: Argo's Rollouts, Knative's services, OpenKruise's sets.
type templateHolder struct {
	metav1.TypeMeta
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Template json.RawMessage `json:"template"`
	} `json:"spec"`
}

// podTemplate takes the pod template of an object of a kind that kiln doesn't
// know, if it has one where Deployments have theirs.
func (r *manifestReader) podTemplate(at Origin, raw []byte) {
	var holder templateHolder
	var template struct {
		Spec struct {
			Containers []json.RawMessage `json:"containers"`
		} `json:"spec"`
	}
	if json.Unmarshal(raw, &holder) != nil || json.Unmarshal(holder.Spec.Template, &template) != nil || len(template.Spec.Containers) == 0 {
		return
	}
	var pods corev1.PodTemplateSpec
	if err := json.Unmarshal(holder.Spec.Template, &pods); err != nil {
		r.problem(Problem{File: at.File, Line: at.Line, Message: fmt.Sprintf("the pod template of %s %s can't be read: %s", holder.Kind, holder.Name, ExplainDecoding(err)), Lost: true})
		return
	}
	if r.isTemplate(at, holder.Kind, &holder.ObjectMeta) {
		return
	}
	holder.ManagedFields = nil
	obj := &metav1.PartialObjectMetadata{TypeMeta: holder.TypeMeta, ObjectMeta: holder.ObjectMeta}
	if obj.Namespace == "" {
		obj.Namespace = r.namespace
	}
	r.inv.origins[obj] = at
	r.templates = append(r.templates, &Workload{Object: obj, Meta: &pods.ObjectMeta, Spec: &pods.Spec, SpecPath: "spec.template.spec"})
}
