package kube

import (
	"cmp"
	"encoding/base64"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// maskWords masks secrets in what the server says: a webhook may quote the
// values that it was sent.
func (a *TraceAdmission) maskWords() {
	var masker Masker
	for _, obj := range []*unstructured.Unstructured{a.Sent, a.Before} {
		masker.knowAll(obj)
	}
	if a.Refusal != nil {
		a.Refusal.Says = masker.Text(a.Refusal.Says)
	}
	for i, warning := range a.Warnings {
		a.Warnings[i] = masker.Text(warning)
	}
}

// knowAll has all secret values of an object masked from now on, also in a
// Secret's encoding. Long ones go first: they may hold short ones.
func (m *Masker) knowAll(obj *unstructured.Unstructured) {
	if obj == nil {
		return
	}
	m.Object(obj)
	secrets := slices.SortedFunc(maps.Keys(m.marks), func(a, b string) int {
		return cmp.Or(len(b)-len(a), cmp.Compare(a, b))
	})
	for _, secret := range secrets {
		m.Know(secret)
		m.Know(base64.StdEncoding.EncodeToString([]byte(secret)))
	}
}
