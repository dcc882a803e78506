package kube

import (
	"encoding/json"
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func object(t *testing.T, manifest string) *unstructured.Unstructured {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	obj := &unstructured.Unstructured{}
	if err := obj.UnmarshalJSON(data); err != nil {
		t.Fatal(err)
	}
	return obj
}

func podSpec(t *testing.T, spec string) *unstructured.Unstructured {
	t.Helper()
	return object(t, "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: "+spec+"}")
}

// Every pair of states is taken back to the first by its changes, even after
// somebody else has changed something beside them.
func TestChangesAreTakenBack(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after string
		changed       []string
		// live is the object when it is taken back, and wanted what it becomes;
		// after and before where they are empty.
		live, wanted string
	}{
		"a value": {
			before: "{hostPID: true}", after: "{hostPID: false}", changed: []string{".spec.hostPID"},
		},
		"into an empty map that stays": {
			before: "{securityContext: {}}", after: "{securityContext: {runAsNonRoot: true}}",
			changed: []string{".spec.securityContext.runAsNonRoot"},
		},
		"with its parents": {
			before: "{containers: [{name: a}]}", after: "{containers: [{name: a, securityContext: {capabilities: {drop: [ALL]}}}]}",
			changed: []string{`.spec.containers[name="a"].securityContext.capabilities.drop`},
		},
		"with a parent that somebody else uses by now": {
			before: "{containers: [{name: a}]}", after: "{containers: [{name: a, securityContext: {privileged: false}}]}",
			changed: []string{`.spec.containers[name="a"].securityContext.privileged`},
			live:    "{containers: [{name: a, securityContext: {privileged: false, runAsUser: 1}}]}",
			wanted:  "{containers: [{name: a, securityContext: {runAsUser: 1}}]}",
		},
		"a list's item, and the list": {
			before: "{containers: [{name: a}]}", after: "{containers: [{name: a}], volumes: [{name: tmp, emptyDir: {}}]}",
			changed: []string{`.spec.volumes[name="tmp"].emptyDir`, `.spec.volumes[name="tmp"].name`},
		},
		"a list's item among others, in another place": {
			before: "{volumes: [{name: x, emptyDir: {}}]}", after: "{volumes: [{name: x, emptyDir: {}}, {name: tmp, emptyDir: {}}]}",
			changed: []string{`.spec.volumes[name="tmp"].emptyDir`, `.spec.volumes[name="tmp"].name`},
			live:    "{volumes: [{name: tmp, emptyDir: {}}, {name: x, emptyDir: {}}]}",
			wanted:  "{volumes: [{name: x, emptyDir: {}}]}",
		},
		"what was taken away": {
			before: "{containers: [{name: a, securityContext: {capabilities: {add: [B, C]}}}]}", after: "{containers: [{name: a}]}",
			changed: []string{`.spec.containers[name="a"].securityContext.capabilities.add`},
		},
		"a field that the schema doesn't know": {
			before: "{hostPID: true, ofTheFuture: 1}", after: "{hostPID: false, ofTheFuture: 1}", changed: []string{".spec.hostPID"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, after := podSpec(t, test.before), podSpec(t, test.after)
			changes, err := CompareFields(before, after)
			if err != nil {
				t.Fatal(err)
			}
			var paths []string
			for _, change := range changes {
				paths = append(paths, change.Path)
			}
			if !reflect.DeepEqual(paths, test.changed) {
				t.Errorf("changed are %q, want %q", paths, test.changed)
			}
			if test.live == "" {
				test.live, test.wanted = test.after, test.before
			}
			got, err := WithBefore(podSpec(t, test.live), asJournalled(t, changes))
			if err != nil {
				t.Fatal(err)
			}
			if want := podSpec(t, test.wanted); !reflect.DeepEqual(got.Object, want.Object) {
				t.Errorf("became %v, want %v", got.Object, want.Object)
			}
		})
	}
}

// asJournalled is what comes back from the journal's file.
func asJournalled(t *testing.T, changes []FieldChange) []FieldChange {
	t.Helper()
	data, err := json.Marshal(changes)
	if err != nil {
		t.Fatal(err)
	}
	var read []FieldChange
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func TestBookkeepingIsNoChange(t *testing.T) {
	t.Parallel()
	before := object(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, resourceVersion: "1", generation: 1}, spec: {replicas: 1}}`)
	after := object(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, resourceVersion: "2", generation: 2, annotations: {deployment.kubernetes.io/revision: "1"}}, spec: {replicas: 1}, status: {replicas: 1}}`)
	changes, err := CompareFields(before, after)
	if err != nil || len(changes) > 0 {
		t.Errorf("changes are %v, %v", changes, err)
	}
}

func TestUnder(t *testing.T) {
	t.Parallel()
	change := FieldChange{Elements: []string{"f:spec", "f:template", "f:metadata"}}
	for path, want := range map[string]bool{"spec": true, "spec.template": true, "spec.temp": false, "spec.template.metadata.labels": false} {
		if change.Under(path) != want {
			t.Errorf("under %s: %v", path, !want)
		}
	}
}
