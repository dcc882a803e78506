package kube

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

const withSecrets = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: token-service
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"leak-1":1}'
    example.test/api-token: leak-2
spec:
  template:
    spec:
      automountServiceAccountToken: true
      volumes:
      - {name: secrets, secret: {secretName: shown-1}}
      - name: token
        projected: {sources: [{serviceAccountToken: {path: shown-2, audience: shown-3}}]}
      containers:
      - name: api
        image: example.test/shown-4
        command: [serve, --password, leak-3, --port=8080, --api-token=leak-4, "postgres://jane:leak-5@db/shop"]
        args: ["curl -H 'Authorization: Bearer leak-6-leak-6'", --secure, shown-5]
        env:
        - {name: INNOCENT, value: leak-7}
        - {name: PORT, value: "8080"}
        - {name: PIN_TOKEN, value: "1234"}
        - {name: REF, valueFrom: {secretKeyRef: {name: shown-6, key: shown-7}}}
        readinessProbe:
          httpGet:
            httpHeaders: [{name: Authorization, value: leak-8}]
      - name: other
        env:
        - {name: SAME, value: leak-7}
        - {name: KNOWN, value: leak-9}
        args: [before leak-9 after]
`

func TestMaskHidesSecretsAndNothingElse(t *testing.T) {
	t.Parallel()
	var masker Masker
	masker.Know("leak-9")
	text := maskedYAML(t, &masker, withSecrets)
	if strings.Contains(text, "leak") || strings.Contains(text, "1234") {
		t.Errorf("a secret is shown:\n%s", text)
	}
	for _, shown := range []string{"shown-1", "shown-2", "shown-3", "shown-4", "shown-5", "shown-6", "shown-7", "--port=8080", `value: "8080"`, "name: token-service", "--api-token=<masked", "postgres://jane:<masked"} {
		if !strings.Contains(text, shown) {
			t.Errorf("%s is hidden:\n%s", shown, text)
		}
	}
}

// Equal values have equal marks; others differ.
func TestMarks(t *testing.T) {
	t.Parallel()
	var masker Masker
	env := func(value string) string {
		return maskedYAML(t, &masker, "apiVersion: v1\nkind: Pod\nspec: {containers: [{env: [{name: A, value: "+value+"}]}]}")
	}
	one, again, two := env("one"), env("one"), env("two")
	if one != again || one == two {
		t.Errorf("marks are %s, %s and %s", one, again, two)
	}
}

// A value that begins another must not leave the other's end to be read.
func TestASecretWithinAnother(t *testing.T) {
	t.Parallel()
	for _, known := range [][]string{{"horse", "horse-battery"}, {"horse-battery", "horse"}} {
		var masker Masker
		for _, secret := range known {
			masker.Know(secret)
		}
		if text := masker.Text("denied: horse-battery"); strings.Contains(text, "battery") {
			t.Errorf("%v: %s", known, text)
		}
	}
}

// What is masked stays so: the journal compares masked texts.
func TestMarksAreLeftAlone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"serve --password=hunter22 --port=8080", "serve --api-token hunter22", "postgres://jane:hunter22@db/shop", "Authorization: Bearer hunter22-hunter22",
		"-----BEGIN PRIVATE KEY-----\nhunter22\n-----END PRIVATE KEY-----",
	} {
		var masker Masker
		once := masker.Text(text)
		if strings.Contains(once, "hunter22") {
			t.Errorf("%s is shown", once)
		}
		if twice := masker.Text(once); twice != once {
			t.Errorf("%s is masked again: %s", once, twice)
		}
	}
}

// Very short values would hit innocent text.
func TestShortSecretsAreNotLookedFor(t *testing.T) {
	t.Parallel()
	var masker Masker
	masker.Know("app")
	if text := masker.Text("an application"); text != "an application" {
		t.Error(text)
	}
}

func TestMaskHidesAllOfASecret(t *testing.T) {
	t.Parallel()
	var masker Masker
	text := maskedYAML(t, &masker, `
apiVersion: v1
kind: Secret
type: Opaque
metadata: {name: shown}
data: {shown-key: bGVhaw==, number: "1"}
stringData: {other-key: "true"}
`)
	for _, hidden := range []string{"bGVhaw", `"1"`, "true"} {
		if strings.Contains(text, hidden) {
			t.Errorf("%s is shown:\n%s", hidden, text)
		}
	}
	if !strings.Contains(text, "name: shown") || !strings.Contains(text, "shown-key:") || !strings.Contains(text, "type: Opaque") {
		t.Errorf("too much is hidden:\n%s", text)
	}
}

func TestMaskChange(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind     string
		elements []string
		masked   bool
	}{
		"a variable": {"Deployment", []string{"f:spec", "f:containers", `k:{"name":"api"}`, "f:env", `k:{"name":"A"}`, "f:value"}, true},
		"a Secret":   {"Secret", []string{"f:data", "f:key"}, true},
		"a label":    {"Namespace", []string{"f:metadata", "f:labels", "f:app"}, false},
		"an image":   {"Deployment", []string{"f:spec", "f:containers", `k:{"name":"token"}`, "f:image"}, false},
	} {
		var masker Masker
		change := masker.Change(test.kind, FieldChange{Elements: test.elements, Before: "value", After: nil})
		if change.Masked != test.masked || (change.Before == "value") == test.masked {
			t.Errorf("%s: %+v", name, change)
		}
		if again := masker.Change(test.kind, change); again.Masked != test.masked || again.Before != change.Before {
			t.Errorf("%s, masked again: %+v", name, again)
		}
	}
}

func maskedYAML(t *testing.T, masker *Masker, manifest string) string {
	t.Helper()
	obj := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(manifest), &obj.Object); err != nil {
		t.Fatal(err)
	}
	data, err := yaml.Marshal(masker.Object(obj).Object)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The manifest that kubectl keeps is masked as a whole, unless it is known to
// hold nothing secret: then undo can write it back.
func TestMaskChangeOfTheLastAppliedManifest(t *testing.T) {
	t.Parallel()
	for manifest, masked := range map[string]bool{
		`{"kind":"ConfigMap","data":{"colour":"blue"}}`:              false,
		`{"kind":"ConfigMap","data":{"password":"correct-horse"}}`:   true,
		`{"kind":"Secret","data":{"colour":"Ymx1ZQ=="}}`:             true,
		`{"kind":"ConfigMap","data":{"colour":"blue"}} and the rest`: true,
	} {
		change := FieldChange{Elements: []string{"f:metadata", "f:annotations", "f:kubectl.kubernetes.io/last-applied-configuration"}, Before: manifest}
		if got := new(Masker).Change("ConfigMap", change); got.Masked != masked {
			t.Errorf("%s: masked is %v", manifest, got.Masked)
		}
	}
}
