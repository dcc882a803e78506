package kube

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// WithoutField is an apply configuration that no longer says anything of a
// field, or of what is below it; held is false where it didn't before. The
// field is in the server's notation, as a FieldChange has it.
func WithoutField(config *unstructured.Unstructured, field string) (without *unstructured.Unstructured, held bool, err error) {
	value, err := typedOf(config)
	if err != nil {
		return nil, false, err
	}
	set, err := value.ToFieldSet()
	if err != nil {
		return nil, false, fmt.Errorf("reading the fields of %s: %w", RefOf(config), err)
	}
	unwanted := fieldpath.NewSet()
	set.Iterate(func(p fieldpath.Path) {
		path := p.String()
		if path == field || strings.HasPrefix(path, field+".") || strings.HasPrefix(path, field+"[") {
			unwanted.Insert(p.Copy())
		}
	})
	if unwanted.Empty() {
		return config, false, nil
	}
	fields, ok := value.RemoveItems(unwanted).AsValue().Unstructured().(map[string]any)
	if !ok {
		return nil, true, fmt.Errorf("leaving %s out of %s: nothing is left", field, RefOf(config))
	}
	without = &unstructured.Unstructured{Object: fields}
	identify(without, config)
	return without, true, nil
}
