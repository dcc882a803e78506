package fixes

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation"

	"kiln/kube"
)

const (
	folderQuestion   = "folder"
	variableQuestion = "variable"
)

// secretEnvRef mounts the Secret's value as a file, and has the variable name
// the file instead: many images read NAME_FILE.
func secretEnvRef() Recipe {
	return Recipe{Check: "data/secret-env-ref", Questions: whereToMount, Plan: func(s Situation) (Plan, error) {
		template, err := templateOf(s.Live)
		if err != nil {
			return Plan{}, err
		}
		found, err := template.container(s.Finding.Container)
		if err != nil {
			return Plan{}, err
		}
		if _, _, whole := upTo(s.Finding.Path, "envFrom"); whole {
			return Plan{}, envFromByHand(s)
		}
		ref, err := variableRef(found, s)
		if err != nil {
			return Plan{}, err
		}
		return ref.asFile(template, found, s)
	}}
}

func whereToMount(s Situation) []Question {
	if _, err := templateOf(s.Live); err != nil {
		return nil
	}
	if _, _, whole := upTo(s.Finding.Path, "envFrom"); whole {
		return nil
	}
	return []Question{
		{Key: folderQuestion, Ask: "In which folder is the file?", Value: "/run/secrets/kiln", Free: isFolder},
		{Key: variableQuestion, Ask: "Which variable names the file?", Value: s.Finding.Key + "_FILE", Free: isVariable, Choices: []Choice{
			{Value: s.Finding.Key + "_FILE", Label: "as the images of databases and many others have it"},
			{Value: s.Finding.Key, Label: "the same one, with the file's name for its value"},
		}},
	}
}

func isFolder(text string) error {
	if !path.IsAbs(text) || path.Clean(text) != text || text == "/" {
		return errors.New("write a folder such as /run/secrets/app")
	}
	return nil
}

func isVariable(text string) error {
	if problems := validation.IsEnvVarName(text); len(problems) > 0 {
		return fmt.Errorf("no variable has such a name: %s", problems[0])
	}
	return nil
}

// envRef is a variable whose value comes from a Secret.
type envRef struct {
	index             int
	name, secret, key string
	optional          any
}

func variableRef(container templateContainer, s Situation) (envRef, error) {
	variables, _, _ := unstructured.NestedSlice(container.fields, "env")
	for i, item := range variables {
		variable, _ := item.(map[string]any)
		secret, ok := field(variable, "valueFrom", "secretKeyRef", "name").(string)
		if variable["name"] != s.Finding.Key || !ok {
			continue
		}
		key, _ := field(variable, "valueFrom", "secretKeyRef", "key").(string)
		return envRef{i, s.Finding.Key, secret, key, field(variable, "valueFrom", "secretKeyRef", "optional")}, nil
	}
	return envRef{}, fmt.Errorf("%w: container %s has no variable %s from a Secret any more", ErrNothingToDo, s.Finding.Container, s.Finding.Key)
}

// asFile plans the volume, its mount and the variable. An apply can't change a
// variable's source: it would leave the old one beside the new.
func (r envRef) asFile(template podTemplate, container templateContainer, s Situation) (Plan, error) {
	spec := pointer(template.path...)
	at := fmt.Sprintf("%s/%s/%d", spec, container.list, container.index)
	volume := freeVolume(template, strings.ReplaceAll(r.secret, ".", "-"))
	folder := freeFolder(container, s.Answers[folderQuestion])
	source := map[string]any{"secretName": r.secret, "items": []any{map[string]any{"key": r.key, "path": r.key}}}
	if r.optional != nil {
		source["optional"] = r.optional
	}
	file := path.Join(folder, r.key)
	patch := []PatchOperation{
		{Op: "test", Path: at + "/name", Value: container.fields["name"]},
		{Op: "test", Path: fmt.Sprintf("%s/env/%d/name", at, r.index), Value: r.name},
		{Op: "replace", Path: fmt.Sprintf("%s/env/%d", at, r.index), Value: map[string]any{"name": s.Answers[variableQuestion], "value": file}},
	}
	patch = append(patch, appendTo(container.fields, at, "volumeMounts", map[string]any{"name": volume, "mountPath": folder, "readOnly": true})...)
	patch = append(patch, appendTo(template.spec, spec, "volumes", map[string]any{"name": volume, "secret": source})...)
	return Plan{
		Title:   fmt.Sprintf("Hand %s of Secret %s to container %s as a file", r.key, r.secret, s.Finding.Container),
		Changes: []Change{{Target: kube.RefOf(template.live), UID: template.live.GetUID(), Mechanism: JSONPatch, Patch: patch}},
		Notes: []string{
			fmt.Sprintf("The program finds the value in %s, as %s says: one that can't read it from there fails at its start.", file, s.Answers[variableQuestion]),
			"A changed Secret reaches the file within a minute or so; whoever runs in the container can still read it.",
		},
	}, nil
}

// appendTo adds to a list that may not be there yet.
func appendTo(fields map[string]any, at, list string, value any) []PatchOperation {
	if fields[list] == nil {
		return []PatchOperation{{Op: "add", Path: at + "/" + list, Value: []any{value}}}
	}
	return []PatchOperation{{Op: "add", Path: at + "/" + list + "/-", Value: value}}
}

// freeVolume is a name for a new volume of the pod.
func freeVolume(template podTemplate, name string) string {
	const longest = 55
	if len(name) > longest {
		name = strings.TrimRight(name[:longest], "-")
	}
	return free(name, func(n string) bool { return hasVolume(template, n) })
}

// freeFolder is the folder, or one beside it where something is mounted there.
func freeFolder(container templateContainer, folder string) string {
	return free(folder, func(f string) bool { return mounts(container.fields, f) })
}

// envFromByHand is for all keys of a Secret at once: which of them the program
// reads, and from where it could, only the program knows.
func envFromByHand(s Situation) error {
	g := &guide{finding: s.Finding, inv: s.Inventory}
	_, secret, _ := strings.Cut(s.Finding.Key, "*")
	ref := kube.Ref{APIVersion: "v1", Kind: "Secret", Namespace: s.Finding.Object.Namespace, Name: secret}
	g.say("Its keys, each of which is a variable now:")
	g.run("kubectl get %s -o json | jq -r %s", target(ref), ".data | keys[]")
	g.keepCopy()
	g.say("Mount it as files, and once the program reads those, take envFrom out:")
	g.run("kubectl edit %s", g.target())
	return &ManualError{Why: "which of the Secret's keys the program reads can't be seen", Steps: g.text()}
}
