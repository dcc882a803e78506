package fixes

import (
	"errors"
	"fmt"
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
	changes, err := usersToSecret(s, entry, ref.Name)
	if err != nil {
		return Plan{}, err
	}
	if len(changes) > 0 {
		plan.Changes = append(plan.Changes, changes...)
		plan.Notes = append(plan.Notes, targetNames(changes)+" takes it from the Secret from now on.")
	}
	plan.Changes = append(plan.Changes, Change{
		Target: kube.RefOf(s.Live), UID: s.Live.GetUID(), Mechanism: JSONPatch,
		Patch: []PatchOperation{{Op: "remove", Path: pointer("data", entry)}},
		Moved: &SecretKey{Secret: ref, Key: entry},
	})
	return plan, nil
}

// usersToSecret has the workloads that take the entry from the ConfigMap take
// it from the Secret.
func usersToSecret(s Situation, entry, secret string) ([]Change, error) {
	var changes []Change
	for _, user := range usersOfConfigMap(s.Inventory, s.Finding.Object) {
		live := s.Others[user]
		if live == nil {
			continue
		}
		change, err := fromSecret(live, s.Live.GetName(), entry, secret)
		if errors.Is(err, ErrManual) {
			return nil, configMapByHand(s, fmt.Sprintf("%s takes it from there, and can't be changed by kiln", user))
		}
		if err != nil {
			return nil, err
		}
		if len(change.Patch) > 0 {
			changes = append(changes, change)
		}
	}
	return changes, nil
}

func targetNames(changes []Change) string {
	names := make([]string, len(changes))
	for i, change := range changes {
		names[i] = change.Target.Kind + "/" + change.Target.Name
	}
	return strings.Join(names, ", ")
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
