package fixes

import (
	"encoding/base64"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
)

// secretInEnvLiteral moves the value of an environment variable into a Secret
// and refers to it.
func secretInEnvLiteral() Recipe {
	return Recipe{
		Check: "data/secret-in-env-literal",
		Reads: func(f scanners.Finding, _ *kube.Inventory) []kube.Ref { return []kube.Ref{envSecretRef(f)} },
		Plan:  moveToSecret,
	}
}

func envSecretRef(f scanners.Finding) kube.Ref {
	return kube.Ref{
		APIVersion: "v1", Kind: "Secret", Namespace: f.Object.Namespace,
		Name: strings.ToLower(f.Object.Name + "-" + f.Container + "-env"),
	}
}

func moveToSecret(s Situation) (Plan, error) {
	template, err := templateOf(s.Live)
	if err != nil {
		return Plan{}, err
	}
	if isArgument(s.Finding.Path) {
		return Plan{}, argumentByHand(s)
	}
	container, err := template.container(s.Finding.Container)
	if err != nil {
		return Plan{}, err
	}
	variable, err := literalVariable(container, s)
	if err != nil {
		return Plan{}, err
	}
	ref := envSecretRef(s.Finding)
	secret, err := secretWith(ref, s.Others[ref], variable.name, variable.value)
	if err != nil {
		return Plan{}, err
	}
	return Plan{
		Title:   fmt.Sprintf("Move %s of container %s into Secret %s", variable.name, s.Finding.Container, ref.Name),
		Changes: []Change{secret, variable.refer(template, container, ref)},
		Notes: []string{
			"The value has been readable: change the password itself, too, once this is done.",
			"It still stands in older ReplicaSets or revisions, in the annotation last-applied-configuration, and where the manifest is kept.",
			"Who may read Secrets of the namespace, or start pods in it, may still read it.",
		},
	}, nil
}

// envLiteral is a variable with its value, and its place in the container.
type envLiteral struct {
	name, value string
	index       int
}

func literalVariable(container templateContainer, s Situation) (envLiteral, error) {
	variables, _, _ := unstructured.NestedSlice(container.fields, "env")
	for i, item := range variables {
		fields, _ := item.(map[string]any)
		value, literal := fields["value"].(string)
		if fields["name"] != s.Finding.Key || !literal {
			continue
		}
		// Only literals are expanded, so the value would change its meaning.
		if strings.Contains(value, "$(") || strings.Contains(value, "$$") {
			return envLiteral{}, &ManualError{
				Why:   fmt.Sprintf("the value of %s is put together from other variables, which a value from a Secret can't be", s.Finding.Key),
				Steps: "Move the variable that holds the secret part alone, and keep this one as it is.",
			}
		}
		return envLiteral{name: s.Finding.Key, value: value, index: i}, nil
	}
	return envLiteral{}, fmt.Errorf("%w: container %s has no literal value for %s any more", ErrNothingToDo, s.Finding.Container, s.Finding.Key)
}

// refer replaces the literal by a reference. An apply can't: it would leave the
// value, which others own, beside the reference, and the API server refuses
// both at once.
func (v envLiteral) refer(template podTemplate, container templateContainer, secret kube.Ref) Change {
	base := fmt.Sprintf("/%s/%s/%d", strings.Join(template.path, "/"), container.list, container.index)
	variable := fmt.Sprintf("%s/env/%d", base, v.index)
	return Change{
		Target: kube.RefOf(template.live), UID: template.live.GetUID(), Mechanism: JSONPatch,
		Patch: []PatchOperation{
			{Op: "test", Path: base + "/name", Value: container.fields["name"]},
			{Op: "test", Path: variable + "/name", Value: v.name},
			{Op: "replace", Path: variable, Value: map[string]any{
				"name":      v.name,
				"valueFrom": map[string]any{"secretKeyRef": map[string]any{"name": secret.Name, "key": v.name}},
			}},
		},
		Moved: &SecretKey{Secret: secret, Key: v.name},
	}
}

// secretWith creates the Secret, or adds the key to the one that is there.
func secretWith(ref kube.Ref, live *unstructured.Unstructured, key, value string) (Change, error) {
	data := map[string]any{key: base64.StdEncoding.EncodeToString([]byte(value))}
	if live == nil {
		secret := createdByKiln(ref.APIVersion, ref.Kind, ref.Namespace, ref.Name)
		secret.Object["type"] = "Opaque"
		secret.Object["data"] = data
		return Change{Target: ref, Mechanism: Create, Apply: secret}, nil
	}
	if field(live.Object, "data", key) != nil || field(live.Object, "immutable") == true {
		return Change{}, &ManualError{
			Why:   fmt.Sprintf("%s exists, and holds a key %s already or can't be changed", ref, key),
			Steps: compareSecret(ref),
		}
	}
	change := applyTo(live)
	change.Apply.Object["data"] = data
	return change, nil
}

// isArgument says that the credential stands in the command line.
func isArgument(path string) bool {
	_, _, inArgs := upTo(path, "args")
	_, _, inCommand := upTo(path, "command")
	return inArgs || inCommand
}

// argumentByHand is for a credential in the command line: where its value
// begins and ends there, only the program knows.
func argumentByHand(s Situation) error {
	ref := s.Finding.Object
	secret := strings.ToLower(ref.Name + "-" + s.Finding.Container + "-args")
	variable := strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(strings.Trim(s.Finding.Key, "- ")))
	g := &guide{}
	g.say("Put the value into a Secret. It is asked for, so that no history of commands has it:")
	g.run("read -rs value")
	g.run("kubectl create secret generic %s -n %s --from-literal=%s=\"$value\"", secret, ref.Namespace, variable)
	g.run("unset value")
	g.say("Give it to the container as a variable, and write $(%s) in the command line where the value stands: Kubernetes fills it in.", variable)
	g.run("kubectl set env %s -c %s --from=%s", target(ref), s.Finding.Container, "secret/"+secret)
	g.run("kubectl edit %s", target(ref))
	g.say("It still shows in the node's list of processes: a file, if the program can read one, is better. Change the password itself, too.")
	return &ManualError{Why: "where a value in the command line begins and ends, only the program knows", Steps: g.text()}
}

// compareSecret is for a Secret that is in the way.
func compareSecret(ref kube.Ref) string {
	g := &guide{}
	g.say("See who made it and what it is for, then refer to it by hand, or give it up:")
	g.run("kubectl describe %s", target(ref))
	return g.text()
}
