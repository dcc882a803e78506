package kube

import (
	"encoding/base64"

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
// Secret's encoding.
func (m *Masker) knowAll(obj *unstructured.Unstructured) {
	if obj == nil {
		return
	}
	m.Object(obj)
	for secret := range m.marks {
		m.Know(secret)
		m.Know(base64.StdEncoding.EncodeToString([]byte(secret)))
	}
}
