package fixes

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
)

// secretInConfigMap moves an entry of a ConfigMap into a Secret, and has the
// workloads take it from there.
func secretInConfigMap() Recipe {
	return Recipe{
		Check: "data/secret-in-configmap",
		Reads: func(f scanners.Finding, inv *kube.Inventory) []kube.Ref {
			return append(usersOfConfigMap(inv, f.Object), configSecretRef(f))
		},
		Plan: moveEntry,
	}
}

func configSecretRef(f scanners.Finding) kube.Ref {
	return kube.Ref{APIVersion: "v1", Kind: "Secret", Namespace: f.Object.Namespace, Name: f.Object.Name + "-secret"}
}

// entryOf is the ConfigMap's key that the finding is about: the part of its
// key before the name within the text.
func entryOf(f scanners.Finding) string {
	entry, _, _ := strings.Cut(f.Key, "\x00")
	return entry
}

func moveEntry(s Situation) (Plan, error) {
	entry, ref := entryOf(s.Finding), configSecretRef(s.Finding)
	value, found, _ := unstructured.NestedString(s.Live.Object, "data", entry)
	switch {
	case !found:
		return Plan{}, fmt.Errorf("%w: %s has no key %s any more", ErrNothingToDo, s.Finding.Object, entry)
	case field(s.Live.Object, "immutable") == true:
		return Plan{}, configMapByHand(s, "an immutable ConfigMap can't be changed")
	}
	secret, err := secretWith(ref, s.Others[ref], entry, value)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{
		Title:   fmt.Sprintf("Move %s of ConfigMap/%s into Secret %s", entry, s.Live.GetName(), ref.Name),
		Changes: []Change{secret},
		Notes: []string{
			"The value has been readable: change the password itself, too, once this is done.",
			"It still stands in the annotation last-applied-configuration, and where the manifest is kept.",
			"Who reads the ConfigMap through the API, and not as a variable or a file, no longer finds it there.",
		},
	}
	var users []string
	for _, user := range usersOfConfigMap(s.Inventory, s.Finding.Object) {
		live := s.Others[user]
		if live == nil {
			continue
		}
		change, err := fromSecret(live, s.Live.GetName(), entry, ref.Name)
		if errors.Is(err, ErrManual) {
			return Plan{}, configMapByHand(s, fmt.Sprintf("%s takes it from there, and can't be changed by kiln", user))
		}
		if err != nil {
			return Plan{}, err
		}
		if len(change.Patch) > 0 {
			plan.Changes, users = append(plan.Changes, change), append(users, user.Kind+"/"+user.Name)
		}
	}
	if len(users) > 0 {
		plan.Notes = append(plan.Notes, strings.Join(users, ", ")+" takes it from the Secret from now on.")
	}
	plan.Changes = append(plan.Changes, Change{
		Target: kube.RefOf(s.Live), UID: s.Live.GetUID(), Mechanism: JSONPatch,
		Patch: []PatchOperation{{Op: "remove", Path: pointer("data", entry)}},
		Moved: &SecretKey{Secret: ref, Key: entry},
	})
	return plan, nil
}

// configMapByHand makes a Secret of it without showing what it holds.
func configMapByHand(s Situation, why string) error {
	g := &guide{finding: s.Finding, inv: s.Inventory}
	ref := configSecretRef(s.Finding)
	g.say("Make a Secret of the entry, refer to it, and make the ConfigMap anew without it:")
	g.run("kubectl create secret generic %s -n %s --from-literal=%s=\"$(kubectl get %s -o jsonpath=%s)\"",
		ref.Name, ref.Namespace, entryOf(s.Finding), g.target(), "{.data."+escapedKey(entryOf(s.Finding))+"}")
	for _, user := range usersOfConfigMap(s.Inventory, s.Finding.Object) {
		g.run("kubectl edit %s", target(user))
	}
	g.run("kubectl get %s -o json | jq %s | kubectl replace --force -f -", g.target(), fmt.Sprintf("del(.data[%q])", entryOf(s.Finding)))
	return &ManualError{Why: why, Steps: g.text()}
}

// usersOfConfigMap are the workloads whose pods take variables or files from a
// ConfigMap.
func usersOfConfigMap(inv *kube.Inventory, configMap kube.Ref) []kube.Ref {
	var users []kube.Ref
	for _, w := range inv.Workloads {
		if w.Namespace() != configMap.Namespace || w.EphemeralOnly {
			continue
		}
		uses := false
		for _, v := range w.Spec.Volumes {
			uses = uses || v.ConfigMap != nil && v.ConfigMap.Name == configMap.Name
			if v.Projected != nil {
				for _, source := range v.Projected.Sources {
					uses = uses || source.ConfigMap != nil && source.ConfigMap.Name == configMap.Name
				}
			}
		}
		for _, c := range w.Containers() {
			for _, from := range c.EnvFrom {
				uses = uses || from.ConfigMapRef != nil && from.ConfigMapRef.Name == configMap.Name
			}
			for _, e := range c.Env {
				uses = uses || e.ValueFrom != nil && e.ValueFrom.ConfigMapKeyRef != nil && e.ValueFrom.ConfigMapKeyRef.Name == configMap.Name
			}
		}
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
	sources, _, _ := unstructured.NestedSlice(container, "envFrom")
	for i, item := range sources {
		source, _ := item.(map[string]any)
		taken := map[string]any{"secretRef": map[string]any{"name": secret}}
		if prefix := source["prefix"]; prefix != nil {
			taken["prefix"] = prefix
		}
		if field(source, "configMapRef", "name") != configMap || slices.ContainsFunc(sources, func(other any) bool { return asText(other) == asText(taken) }) {
			continue
		}
		// Right behind the ConfigMap, so that what comes later still wins.
		operations = append(operations,
			PatchOperation{Op: "test", Path: fmt.Sprintf("%s/envFrom/%d", at, i), Value: source},
			PatchOperation{Op: "add", Path: fmt.Sprintf("%s/envFrom/%d", at, i+1), Value: taken})
		break
	}
	return operations
}

func asText(value any) string { return fmt.Sprint(value) }

// withSecretFile is the volume with the entry's file from the Secret; nil if it
// has no such file, or has it from there already.
func withSecretFile(volume map[string]any, configMap, entry, secret string) map[string]any {
	file := entry
	source, isConfigMap := volume["configMap"].(map[string]any)
	sources := []any{}
	var mode any
	switch {
	case isConfigMap && source["name"] == configMap:
		one := map[string]any{"name": configMap}
		for _, name := range []string{"items", "optional"} {
			if source[name] != nil {
				one[name] = source[name]
			}
		}
		mode = source["defaultMode"]
		sources = append(sources, map[string]any{"configMap": one})
	case field(volume, "projected", "sources") != nil:
		sources, _, _ = unstructured.NestedSlice(volume, "projected", "sources")
		mode = field(volume, "projected", "defaultMode")
	default:
		return nil
	}
	chosen := false
	for i, item := range sources {
		one, _ := item.(map[string]any)
		if field(one, "configMap", "name") != configMap {
			continue
		}
		items, listed, _ := unstructured.NestedSlice(one, "configMap", "items")
		if !listed {
			chosen = true
			continue
		}
		kept := slices.DeleteFunc(slices.Clone(items), func(item any) bool {
			pair, _ := item.(map[string]any)
			if pair["key"] != entry {
				return false
			}
			file, _ = pair["path"].(string)
			chosen = true
			return true
		})
		_ = unstructured.SetNestedSlice(one, kept, "configMap", "items")
		sources[i] = one
	}
	added := map[string]any{"secret": map[string]any{"name": secret, "items": []any{map[string]any{"key": entry, "path": file}}}}
	if !chosen || slices.ContainsFunc(sources, func(other any) bool { return asText(other) == asText(added) }) {
		return nil
	}
	projected := map[string]any{"sources": append(sources, added)}
	if mode != nil {
		projected["defaultMode"] = mode
	}
	return map[string]any{"name": volume["name"], "projected": projected}
}
