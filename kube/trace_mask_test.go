package kube

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func TestTheServersWordsAreMasked(t *testing.T) {
	const said = "the value correct-horse (Y29ycmVjdC1ob3JzZQ==) is too simple for db in shop"
	for name, manifest := range map[string]string{
		"a Secret":            "{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}, data: {value: Y29ycmVjdC1ob3JzZQ==}}",
		"a Secret, as text":   "{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}, stringData: {value: correct-horse, encoded: Y29ycmVjdC1ob3JzZQ==}}",
		"a variable of a pod": "{apiVersion: v1, kind: Pod, metadata: {name: db}, spec: {containers: [{name: a, env: [{name: A, value: correct-horse}, {name: B, value: Y29ycmVjdC1ob3JzZQ==}]}]}}",
	} {
		t.Run(name, func(t *testing.T) {
			sent := &unstructured.Unstructured{}
			if err := yaml.Unmarshal([]byte(manifest), &sent.Object); err != nil {
				t.Fatal(err)
			}
			a := TraceAdmission{Sent: sent, Refusal: &Refusal{Says: said}, Warnings: []string{said}}
			a.maskWords()
			for _, text := range []string{a.Refusal.Says, a.Warnings[0]} {
				if strings.Contains(text, "horse") || strings.Contains(text, "Y29y") || !strings.HasSuffix(text, "is too simple for db in shop") {
					t.Errorf("the server says: %s", text)
				}
			}
		})
	}
	a := TraceAdmission{Warnings: []string{said}}
	if a.maskWords(); a.Warnings[0] != said {
		t.Errorf("without an object there is nothing to mask: %s", a.Warnings[0])
	}
}
