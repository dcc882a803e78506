package fixes

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

// usersOfConfigMap are the workloads whose pods take variables or files from a
// ConfigMap. A pod that has ended takes nothing any more, and can't be changed.
func usersOfConfigMap(inv *kube.Inventory, configMap kube.Ref) []kube.Ref {
	var users []kube.Ref
	for _, w := range inv.Workloads {
		if w.Namespace() != configMap.Namespace || w.EphemeralOnly || w.Ended {
			continue
		}
		uses := slices.Contains(referencesOf(w.Spec), reference{"ConfigMap", configMap.Name})
		if uses && !slices.Contains(users, w.Ref()) {
			users = append(users, w.Ref())
		}
	}
	return users
}

// fromSecret has a workload take one entry from the Secret instead: each
// variable, all variables, and each volume that has it.
func fromSecret(live *unstructured.Unstructured, configMap, entry, secret string) (Change, error) {
	change := Change{Target: kube.RefOf(live), UID: live.GetUID(), Mechanism: JSONPatch}
	template, err := templateOf(live)
	if err != nil {
		return change, err
	}
	at := pointer(template.path...)
	for _, list := range []string{"containers", "initContainers"} {
		containers, _, _ := unstructured.NestedSlice(template.spec, list)
		for i, item := range containers {
			container, _ := item.(map[string]any)
			change.Patch = append(change.Patch, variablesFrom(container, fmt.Sprintf("%s/%s/%d", at, list, i), configMap, entry, secret)...)
		}
	}
	volumes, _, _ := unstructured.NestedSlice(template.spec, "volumes")
	for i, item := range volumes {
		volume, _ := item.(map[string]any)
		if projected := withSecretFile(volume, configMap, entry, secret); projected != nil {
			path := fmt.Sprintf("%s/volumes/%d", at, i)
			change.Patch = append(change.Patch, PatchOperation{Op: "test", Path: path, Value: volume}, PatchOperation{Op: "replace", Path: path, Value: projected})
		}
	}
	return change, nil
}

// variablesFrom changes a container's variables that come from the entry.
func variablesFrom(container map[string]any, at, configMap, entry, secret string) []PatchOperation {
	var operations []PatchOperation
	variables, _, _ := unstructured.NestedSlice(container, "env")
	for i, item := range variables {
		variable, _ := item.(map[string]any)
		if field(variable, "valueFrom", "configMapKeyRef", "name") != configMap || field(variable, "valueFrom", "configMapKeyRef", "key") != entry {
			continue
		}
		reference := map[string]any{"name": secret, "key": entry}
		if optional := field(variable, "valueFrom", "configMapKeyRef", "optional"); optional != nil {
			reference["optional"] = optional
		}
		path := fmt.Sprintf("%s/env/%d", at, i)
		operations = append(operations,
			PatchOperation{Op: "test", Path: path + "/name", Value: variable["name"]},
			PatchOperation{Op: "replace", Path: path + "/valueFrom", Value: map[string]any{"secretKeyRef": reference}})
	}
	return append(operations, allVariablesFrom(container, at, configMap, secret)...)
}

// allVariablesFrom is for a container that takes all of the ConfigMap's
// entries as variables: it gets the Secret's, too.
func allVariablesFrom(container map[string]any, at, configMap, secret string) []PatchOperation {
	sources, _, _ := unstructured.NestedSlice(container, "envFrom")
	for i, item := range sources {
		source, _ := item.(map[string]any)
		taken := map[string]any{"secretRef": map[string]any{"name": secret}}
		if prefix := source["prefix"]; prefix != nil {
			taken["prefix"] = prefix
		}
		if field(source, "configMapRef", "name") != configMap || contains(sources, taken) {
			continue
		}
		// Right behind the ConfigMap, so that what comes later still wins.
		return []PatchOperation{
			{Op: "test", Path: fmt.Sprintf("%s/envFrom/%d", at, i), Value: source},
			{Op: "add", Path: fmt.Sprintf("%s/envFrom/%d", at, i+1), Value: taken},
		}
	}
	return nil
}

// contains says that a list has an item that is the same in depth.
func contains(list []any, item any) bool {
	return slices.ContainsFunc(list, func(other any) bool { return reflect.DeepEqual(other, item) })
}

// withSecretFile is the volume with the entry's file from the Secret; nil if it
// has no such file, or has it from there already.
func withSecretFile(volume map[string]any, configMap, entry, secret string) map[string]any {
	before, mode := sourcesOf(volume, configMap)
	sources, file := []any{}, ""
	for _, item := range before {
		one, _ := item.(map[string]any)
		if field(one, "configMap", "name") == configMap {
			without, path := withoutFile(one, entry)
			file = cmp.Or(path, file)
			if without == nil {
				continue
			}
			item = without
		}
		sources = append(sources, item)
	}
	added := map[string]any{"secret": map[string]any{"name": secret, "items": []any{map[string]any{"key": entry, "path": file}}}}
	if file == "" || contains(sources, added) {
		return nil
	}
	projected := map[string]any{"sources": append(sources, added)}
	if mode != nil {
		projected["defaultMode"] = mode
	}
	return map[string]any{"name": volume["name"], "projected": projected}
}

// sourcesOf are a volume's sources as those of a projected one, and the mode
// of its files; none where it holds nothing of the ConfigMap.
func sourcesOf(volume map[string]any, configMap string) (sources []any, mode any) {
	source, isConfigMap := volume["configMap"].(map[string]any)
	if !isConfigMap || source["name"] != configMap {
		sources, _, _ = unstructured.NestedSlice(volume, "projected", "sources")
		return sources, field(volume, "projected", "defaultMode")
	}
	one := map[string]any{"name": configMap}
	for _, name := range []string{"items", "optional"} {
		if source[name] != nil {
			one[name] = source[name]
		}
	}
	return []any{map[string]any{"configMap": one}}, source["defaultMode"]
}

// withoutFile is a ConfigMap's source without the entry, and the path of the
// entry's file; empty where the source doesn't have it. A source that lists no
// items has them all, under their names: so one that would have none left is
// nil.
func withoutFile(source map[string]any, entry string) (without map[string]any, path string) {
	items, _, _ := unstructured.NestedSlice(source, "configMap", "items")
	if len(items) == 0 {
		return source, entry
	}
	kept := []any{}
	for _, item := range items {
		pair, _ := item.(map[string]any)
		if pair["key"] != entry {
			kept = append(kept, item)
			continue
		}
		path, _ = pair["path"].(string)
	}
	if len(kept) == 0 {
		return nil, path
	}
	configMap, _ := source["configMap"].(map[string]any)
	configMap = maps.Clone(configMap)
	configMap["items"] = kept
	return map[string]any{"configMap": configMap}, path
}
