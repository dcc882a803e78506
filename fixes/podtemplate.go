package fixes

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"kiln/kube"
)

// podTemplate is the template of a live workload, and where it stands.
type podTemplate struct {
	live *unstructured.Unstructured
	// path leads to the pod's spec: spec, template, spec.
	path []string
	spec map[string]any
}

// setting is what a recipe wants a pod template to have: fields of one
// container, of the pod's spec, or both.
type setting struct {
	title     string
	container map[string]any
	pod       map[string]any
	notes     []string
}

// inTemplate makes a recipe of what to set for a finding on a workload.
func inTemplate(check string, set func(podTemplate, Situation) (setting, error)) Recipe {
	return Recipe{Check: check, Plan: func(s Situation) (Plan, error) {
		template, err := templateOf(s.Live)
		if err != nil {
			return Plan{}, exactly(s, set, err)
		}
		wanted, err := set(template, s)
		if err != nil {
			return Plan{}, err
		}
		change, err := template.change(s.Finding.Container, wanted)
		return Plan{Title: wanted.title, Changes: []Change{change}, Notes: wanted.notes}, err
	}}
}

// inContainer is inTemplate for a finding on a container, which must exist.
func inContainer(check string, set func(container map[string]any, s Situation) (setting, error)) Recipe {
	return inTemplate(check, func(template podTemplate, s Situation) (setting, error) {
		found, err := template.container(s.Finding.Container)
		if err != nil {
			return setting{}, err
		}
		return set(found.fields, s)
	})
}

// templateOf finds the pod template of a live workload that can be changed.
func templateOf(live *unstructured.Unstructured) (podTemplate, error) {
	path, err := changeableTemplate(live)
	if err != nil {
		return podTemplate{}, err
	}
	spec, found, err := unstructured.NestedMap(live.Object, path...)
	if err != nil || !found {
		return podTemplate{}, fmt.Errorf("%s has no pod template at %s", kube.RefOf(live), strings.Join(path, "."))
	}
	return podTemplate{live: live, path: path, spec: spec}, nil
}

// anyTemplate is the pod template of every workload, also of one that can't be
// changed: the answers to questions about it then shape the steps for a person.
func anyTemplate(live *unstructured.Unstructured) (podTemplate, error) {
	asManifest := live.DeepCopy()
	asManifest.SetUID("") // in a manifest everything can be changed
	return templateOf(asManifest)
}

// liveContainer is the finding's container, for questions about it.
func liveContainer(s Situation) (map[string]any, bool) {
	template, err := anyTemplate(s.Live)
	if err != nil {
		return nil, false
	}
	found, err := template.container(s.Finding.Container)
	return found.fields, err == nil
}

// changeableTemplate leads to the pod's spec. In a cluster that of some kinds
// can't be changed; in a manifest, whose objects have no uid, all can.
func changeableTemplate(live *unstructured.Unstructured) ([]string, error) {
	kind := live.GetKind()
	switch {
	case live.GetUID() != "":
		return templatePath(kind), mustBeDoneByHand(live)
	case kind == "Pod":
		return []string{"spec"}, nil
	case kind == "Job":
		return []string{"spec", "template", "spec"}, nil
	case templatePath(kind) == nil:
		return nil, fmt.Errorf("kiln doesn't know the pod template of a %s", kind)
	}
	return templatePath(kind), nil
}

// templatePath leads to the pod's spec in objects of a kind; nil for kinds
// whose template can't be changed.
func templatePath(kind string) []string {
	switch kind {
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController":
		return []string{"spec", "template", "spec"}
	case "CronJob":
		return []string{"spec", "jobTemplate", "spec", "template", "spec"}
	}
	return nil
}

// templateContainer is a container and its place in the pod's spec.
type templateContainer struct {
	list   string
	index  int
	fields map[string]any
}

// container finds a container by its name: an apply that names one that isn't
// there would add it.
func (t podTemplate) container(name string) (templateContainer, error) {
	for _, list := range []string{"containers", "initContainers"} {
		items, _, _ := unstructured.NestedSlice(t.spec, list)
		for i, item := range items {
			if fields, ok := item.(map[string]any); ok && fields["name"] == name {
				return templateContainer{list, i, fields}, nil
			}
		}
	}
	return templateContainer{}, fmt.Errorf("%w the scan: %s has no container %q any more", ErrChanged, kube.RefOf(t.live), name)
}

// change is the apply configuration for a setting.
func (t podTemplate) change(container string, wanted setting) (Change, error) {
	spec := map[string]any{}
	for field, value := range wanted.pod {
		spec[field] = value
	}
	if wanted.container != nil {
		found, err := t.container(container)
		if err != nil {
			return Change{}, err
		}
		fields := map[string]any{"name": container}
		for field, value := range wanted.container {
			fields[field] = value
		}
		spec[found.list] = []any{fields}
	}
	change := applyTo(t.live)
	if err := unstructured.SetNestedMap(change.Apply.Object, spec, t.path...); err != nil {
		return Change{}, fmt.Errorf("planning for %s: %w", kube.RefOf(t.live), err)
	}
	return change, nil
}

// applyTo starts a server-side apply to an object: only its name, and its uid,
// so that a missing or re-created object is refused.
func applyTo(live *unstructured.Unstructured) Change {
	config := &unstructured.Unstructured{Object: map[string]any{}}
	config.SetGroupVersionKind(live.GroupVersionKind())
	config.SetName(live.GetName())
	config.SetNamespace(live.GetNamespace())
	config.SetUID(live.GetUID())
	return Change{Target: kube.RefOf(live), UID: live.GetUID(), Mechanism: ServerSideApply, Apply: config}
}

// securityContext nests fields of a container's or pod's security context.
func securityContext(fields map[string]any) map[string]any {
	return map[string]any{"securityContext": fields}
}

// field reads a nested field; nil if it isn't set.
func field(of map[string]any, path ...string) any {
	value, _, _ := unstructured.NestedFieldNoCopy(of, path...)
	return value
}

// texts reads a nested list of strings.
func texts(of map[string]any, path ...string) []string {
	list, _, _ := unstructured.NestedStringSlice(of, path...)
	return list
}

// unstructuredInto reads a live object as its type.
func unstructuredInto(live *unstructured.Unstructured, typed any) error {
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(live.Object, typed); err != nil {
		return fmt.Errorf("reading %s: %w", kube.RefOf(live), err)
	}
	return nil
}
