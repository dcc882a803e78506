package fixes

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"

	"kiln/fixes/manifest"
	"kiln/kube"
)

// asLive is a manifest's object as a recipe expects it of a cluster: in the
// current version of its API, with its namespace, and with the protocol of
// ports, which is one of the keys that they are told apart by.
func (f *Files) asLive(fields map[string]any, ref kube.Ref) *unstructured.Unstructured {
	live := &unstructured.Unstructured{Object: fields}
	live.SetAPIVersion(ref.APIVersion)
	live.SetNamespace(ref.Namespace)
	live.SetUID("")
	withProtocols(live.Object)
	return live
}

// asWritten takes back what asLive has added.
func asWritten(live *unstructured.Unstructured, written map[string]any) map[string]any {
	object := live.DeepCopy()
	first := &unstructured.Unstructured{Object: written}
	object.SetAPIVersion(first.GetAPIVersion())
	object.SetNamespace(first.GetNamespace())
	object.SetUID(first.GetUID())
	withoutProtocols(object.Object, written)
	return object.Object
}

const defaultProtocol = "TCP"

// withProtocols gives the ports of a tree the protocol that the API server
// gives them.
func withProtocols(node any) {
	switch node := node.(type) {
	case map[string]any:
		ports, _ := node["ports"].([]any)
		for _, item := range ports {
			if port, ok := item.(map[string]any); ok && port["protocol"] == nil {
				port["protocol"] = defaultProtocol
			}
		}
		for _, child := range node {
			withProtocols(child)
		}
	case []any:
		for _, child := range node {
			withProtocols(child)
		}
	}
}

// withoutProtocols takes the default away where it wasn't written.
func withoutProtocols(node, written any) {
	switch node := node.(type) {
	case map[string]any:
		first, ok := written.(map[string]any)
		if !ok {
			return
		}
		ports, _ := node["ports"].([]any)
		firstPorts, _ := first["ports"].([]any)
		for i := range min(len(ports), len(firstPorts)) {
			port, isPort := ports[i].(map[string]any)
			firstPort, _ := firstPorts[i].(map[string]any)
			if isPort && firstPort["protocol"] == nil && port["protocol"] == defaultProtocol {
				delete(port, "protocol")
			}
		}
		for key, child := range node {
			withoutProtocols(child, first[key])
		}
	case []any:
		first, _ := written.([]any)
		for i := range min(len(node), len(first)) {
			withoutProtocols(node[i], first[i])
		}
	}
}

// take carries a plan out on the manifests in memory: all of it or nothing.
func (f *Files) take(plan *Plan, home *sheet, object *manifest.Object) error {
	undo := []func(){}
	created := len(f.created)
	for _, change := range plan.Changes {
		back, err := f.takeChange(change, home, object, &plan.Notes)
		if err != nil {
			for _, step := range undo {
				step()
			}
			f.created = f.created[:created]
			return err
		}
		if back != nil {
			undo = append([]func(){back}, undo...)
		}
	}
	if len(undo) == 0 && created == len(f.created) {
		return fmt.Errorf("%w: %s has the wanted values already", ErrNothingToDo, plan.Finding.Object)
	}
	return nil
}

// takeChange carries one change out, and returns what takes it back; nil where
// nothing was to change, or an object was created.
func (f *Files) takeChange(change Change, home *sheet, object *manifest.Object, notes *[]string) (back func(), err error) {
	if change.Mechanism == Create {
		return nil, f.create(change, home, notes)
	}
	if created := f.createdAs(change.Target); created != nil {
		before := created.object
		created.object, err = changed(before, change)
		return func() { created.object = before }, err
	}
	if !f.is(object.Value(), change.Target) {
		if home, object = f.lookup(change.Target); object == nil {
			return nil, fmt.Errorf("%w the scan: %s is in none of the files", ErrChanged, change.Target)
		}
		if why := f.sources.refusal(home, object.Line, change.Target); why != nil {
			return nil, &ManualError{Why: why.Error()}
		}
	}
	if change.Mechanism == Delete {
		return object.Restore, object.Remove()
	}
	written := object.Value()
	after, err := changed(f.asLive(object.Value(), change.Target), change)
	if err != nil {
		return nil, err
	}
	wanted := asWritten(after, written)
	if reflect.DeepEqual(wanted, written) {
		return nil, nil
	}
	if err := object.Set(wanted); err != nil {
		return nil, err
	}
	return func() { _ = object.Set(written) }, nil
}

// changed is an object after a change.
func changed(object *unstructured.Unstructured, change Change) (*unstructured.Unstructured, error) {
	switch change.Mechanism {
	case ServerSideApply:
		return kube.Merged(object, change.Apply)
	case JSONPatch:
		return patched(object, change.Patch)
	}
	return nil, fmt.Errorf("%s can't be changed in a manifest by %s", change.Target, change.Mechanism)
}

func patched(object *unstructured.Unstructured, operations []PatchOperation) (*unstructured.Unstructured, error) {
	before, err := json.Marshal(object.Object)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", kube.RefOf(object), err)
	}
	encoded, err := json.Marshal(operations)
	if err != nil {
		return nil, fmt.Errorf("encoding the patch for %s: %w", kube.RefOf(object), err)
	}
	patch, err := jsonpatch.DecodePatch(encoded)
	if err != nil {
		return nil, fmt.Errorf("encoding the patch for %s: %w", kube.RefOf(object), err)
	}
	after, err := patch.Apply(before)
	if err != nil {
		return nil, fmt.Errorf("patching %s: %w", kube.RefOf(object), err)
	}
	result := &unstructured.Unstructured{}
	return result, utiljson.Unmarshal(after, &result.Object)
}

// create notes a new object, which must not be there yet.
func (f *Files) create(change Change, near *sheet, notes *[]string) error {
	if s, object := f.lookup(change.Target); object != nil {
		return fmt.Errorf("%w the scan: %s is at %s:%d already", ErrChanged, change.Target, s.name, object.Line)
	}
	if f.createdAs(change.Target) != nil {
		return fmt.Errorf("%w: %s is created already", ErrNothingToDo, change.Target)
	}
	object := change.Apply.DeepCopy()
	if object.GetNamespace() == f.namespace {
		object.SetNamespace("") // as it is with the objects around it
	}
	created := &createdObject{object: object, near: near}
	f.created = append(f.created, created)
	name, own := f.fileOf(created)
	if !own {
		*notes = append(*notes, fmt.Sprintf("%s is added at the end of %s.", change.Target, name))
		return nil
	}
	note := fmt.Sprintf("%s gets a file of its own, %s.", change.Target, name)
	if change.Target.Kind == "Secret" {
		note += " It holds the value: keep it out of version control, or encrypt it."
	}
	if kustomization := f.sources.kustomizationOf(filepath.Dir(near.name)); kustomization != "" {
		note += " Add it to the resources of " + kustomization + "."
	}
	*notes = append(*notes, note)
	if _, err := os.Lstat(name); err == nil {
		f.created = f.created[:len(f.created)-1]
		return fmt.Errorf("%s exists already, and %s would be written there", name, change.Target)
	}
	return nil
}

// fileOf is where a new object is written: behind the one that it was made
// for, or in a file of its own, beside. A Secret never joins other objects.
func (f *Files) fileOf(c *createdObject) (name string, own bool) {
	if c.near.name == "-" || c.object.GetKind() != "Secret" && !strings.EqualFold(filepath.Ext(c.near.name), ".json") {
		return c.near.name, false
	}
	return filepath.Join(filepath.Dir(c.near.name), strings.ToLower(c.object.GetKind())+"-"+c.object.GetName()+".yaml"), true
}

// place writes the new objects: into the files that are there, and into new
// ones, which it returns.
func (f *Files) place() ([]*sheet, []error) {
	var fresh []*sheet
	var errs []error
	for _, c := range f.created {
		name, own := f.fileOf(c)
		file := c.near.file
		if own {
			var err error
			if file, err = manifest.Read(name, nil); err != nil {
				return nil, append(errs, err)
			}
			fresh = append(fresh, &sheet{name: name, file: file})
		}
		if err := file.Add(c.object.Object); err != nil {
			errs = append(errs, err)
		}
	}
	f.created = nil
	return fresh, errs
}
