package kube

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

// What is a manifest, and still not what the API server would be given: of a
// version that never was, a template, a kustomization.

// unknownVersion names a version that no API server has had. The object is read
// as the current one all the same.
func (r *manifestReader) unknownVersion(at Origin, k kind, apiVersion string) {
	gvk := schema.FromAPIVersionAndKind(apiVersion, k.gvk.Kind)
	if _, old := lifecycleOf(apiVersion, gvk.Kind); old || k.custom || k.metadataOnly || gvk.Group != k.gvk.Group || scheme.Scheme.Recognizes(gvk) {
		return
	}
	r.problem(Problem{File: at.File, Line: at.Line, Message: fmt.Sprintf("there is no version %s of %s, it is read as %s; the API server refuses it", apiVersion, gvk.Kind, k.gvk.GroupVersion())})
}

// isTemplate names an object that has still to be rendered: what it will be
// can't be told.
func (r *manifestReader) isTemplate(at Origin, kind string, meta metav1.Object) bool {
	if !strings.Contains(meta.GetName()+meta.GetNamespace(), "{{") {
		return false
	}
	r.problem(Problem{File: at.File, Line: at.Line, Message: fmt.Sprintf("%s/%s is a template: render it first, for example with helm template", kind, meta.GetName()), Lost: true})
	return true
}

func isKustomization(file string) bool {
	return slices.Contains([]string{"kustomization.yaml", "kustomization.yml", "Kustomization"}, filepath.Base(file))
}

// kustomization says that what a kustomization builds isn't looked at.
func kustomization(at Origin) Problem {
	return Problem{File: at.File, Line: at.Line, Message: "a kustomization: scan what it builds (kubectl kustomize FOLDER | kiln scan -f -)", Lost: true}
}
