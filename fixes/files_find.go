package fixes

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/fixes/manifest"
	"kiln/kube"
	"kiln/scanners"
)

// find looks up the object of a finding in the file that it was found in.
func (f *Files) find(finding scanners.Finding) (*sheet, *manifest.Object, error) {
	if finding.Source == nil {
		return nil, nil, &ManualError{Why: "the finding is not about an object of a file"}
	}
	i := slices.IndexFunc(f.sheets, func(s *sheet) bool { return s.name == finding.Source.File })
	if i < 0 {
		return nil, nil, fmt.Errorf("%w the scan: %s was not read", ErrChanged, finding.Source.File)
	}
	home := f.sheets[i]
	if home.err != nil {
		return home, nil, home.err
	}
	var found *manifest.Object
	for _, object := range home.file.Objects() {
		// The same name may come up twice; the finding's line tells which is meant.
		if f.is(object.Value(), finding.Object) && (found == nil || object.Line <= finding.Source.Line) {
			found = object
		}
	}
	if found == nil {
		if err := home.file.Unreadable(finding.Source.Line); err != nil {
			return home, nil, err
		}
		return home, nil, fmt.Errorf("%w the scan: %s is not in %s", ErrChanged, finding.Object, home.name)
	}
	return home, found, nil
}

// is says whether fields are the object that a reference names. Older versions
// of an API are referred to by the current one.
func (f *Files) is(fields map[string]any, ref kube.Ref) bool {
	object := &unstructured.Unstructured{Object: fields}
	namespace := object.GetNamespace()
	if namespace == "" {
		namespace = f.namespace
	}
	return object.GetKind() == ref.Kind && object.GetName() == ref.Name && (ref.Namespace == "" || namespace == ref.Namespace)
}

// others are the objects that a recipe looks at besides.
func (f *Files) others(recipe Recipe, finding scanners.Finding) map[kube.Ref]*unstructured.Unstructured {
	others := map[kube.Ref]*unstructured.Unstructured{}
	if recipe.Reads == nil {
		return others
	}
	for _, ref := range recipe.Reads(finding, f.inv) {
		if created := f.createdAs(ref); created != nil {
			others[ref] = created.object.DeepCopy()
		} else if _, object := f.lookup(ref); object != nil {
			others[ref] = f.asLive(object.Value(), ref)
		}
	}
	return others
}

// lookup finds an object in any file.
func (f *Files) lookup(ref kube.Ref) (*sheet, *manifest.Object) {
	for _, s := range f.sheets {
		if s.err != nil {
			continue
		}
		for _, object := range s.file.Objects() {
			if f.is(object.Value(), ref) {
				return s, object
			}
		}
	}
	return nil, nil
}

func (f *Files) createdAs(ref kube.Ref) *createdObject {
	i := slices.IndexFunc(f.created, func(c *createdObject) bool { return f.is(c.object.Object, ref) })
	if i < 0 {
		return nil
	}
	return f.created[i]
}
