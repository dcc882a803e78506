package fixes

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

// What may stand in for a folder of the node, as answers to howQuestion.
const (
	howQuestion   = "how"
	claimQuestion = "claim"

	howReadOnly = "read-only"
	howEmptyDir = "empty-dir"
	howClaim    = "claim"
	howByHand   = "by-hand"
)

// hostPathWritable mounts a folder of the node read-only, or something else in
// its place.
func hostPathWritable() Recipe {
	return Recipe{Check: "pod/host-path-writable", Questions: func(s Situation) []Question {
		return insteadOfFolder(s, Choice{Value: howReadOnly, Label: "keep the folder, mounted read-only"})
	}, Plan: func(s Situation) (Plan, error) {
		template, err := templateOf(s.Live)
		if err != nil {
			return Plan{}, err
		}
		mount, err := template.mountAt(s.Finding.Container, s.Finding.Key)
		if err != nil {
			return Plan{}, err
		}
		if s.Answers[howQuestion] != howReadOnly {
			name, _ := mount["name"].(string)
			return template.swapVolume(name, s)
		}
		change, err := template.change(s.Finding.Container, setting{container: map[string]any{
			"volumeMounts": []any{map[string]any{"mountPath": mount["mountPath"], "name": mount["name"], "readOnly": true}},
		}})
		return Plan{
			Title:   fmt.Sprintf("Mount the node's folder read-only at %s of container %s", s.Finding.Key, s.Finding.Container),
			Changes: []Change{change},
			Notes: []string{
				"What the program writes there fails now: give it an emptyDir or a claim for that instead.",
				"It can still read the folder, and connect to sockets in it.",
			},
		}, err
	}}
}

// hostPath puts another volume in the place of a folder of the node. What it
// is used for can't be seen, so without an answer a person has to look.
func hostPath() Recipe {
	return Recipe{Check: "pod/host-path", Questions: func(s Situation) []Question {
		return insteadOfFolder(s, Choice{Value: howByHand, Label: "nothing yet: a person has to find out what it is for"})
	}, Plan: func(s Situation) (Plan, error) {
		template, err := templateOf(s.Live)
		if err != nil {
			return Plan{}, err
		}
		if s.Answers[howQuestion] == howByHand {
			return Plan{}, &ManualError{
				Why: fmt.Sprintf("what volume %s is used for can't be seen", s.Finding.Key),
				Steps: fmt.Sprintf("Choose what takes its place (the question how): an empty folder for scratch space, a claim for data that must last.\n"+
					"For configuration, a ConfigMap or a Secret:\n  kubectl edit %s/%s%s\nAn agent that needs the node: accept the finding, with the reason.",
					strings.ToLower(s.Live.GetKind()), s.Live.GetName(), inNamespace(s.Finding.Object)),
			}
		}
		return template.swapVolume(s.Finding.Key, s)
	}}
}

// insteadOfFolder asks what takes the folder's place.
func insteadOfFolder(s Situation, first Choice) []Question {
	if _, err := templateOf(s.Live); err != nil {
		return nil
	}
	how := Question{Key: howQuestion, Ask: "What instead of the node's folder?", Choices: []Choice{
		first,
		{Value: howEmptyDir, Label: "an empty folder, which is gone with the pod"},
	}}
	claims := claimChoices(s.Inventory, s.Finding.Object.Namespace)
	if len(claims) == 0 {
		return []Question{how}
	}
	how.add(Choice{Value: howClaim, Label: "a PersistentVolumeClaim, which lasts", Found: fmt.Sprintf("the namespace has %d", len(claims))})
	if s.Answers[howQuestion] != howClaim {
		return []Question{how}
	}
	return []Question{how, {Key: claimQuestion, Ask: "Which PersistentVolumeClaim?", Choices: claims}}
}

// claimChoices are the namespace's claims, those in use named as such.
func claimChoices(inv *kube.Inventory, namespace string) []Choice {
	var choices []Choice
	for _, claim := range inv.PersistentVolumeClaims {
		if claim.Namespace != namespace {
			continue
		}
		c := Choice{Value: claim.Name, Label: claimLabel(claim)}
		if users := claimUsers(inv, claim); len(users) > 0 {
			c.Found = "used by " + strings.Join(users, ", ")
		}
		choices = append(choices, c)
	}
	return choices
}

func claimLabel(claim *corev1.PersistentVolumeClaim) string {
	var parts []string
	if size, ok := claim.Spec.Resources.Requests[corev1.ResourceStorage]; ok {
		parts = append(parts, size.String())
	}
	for _, mode := range claim.Spec.AccessModes {
		parts = append(parts, string(mode))
	}
	return strings.Join(parts, ", ")
}

// claimUsers are the workloads whose template mounts a claim.
func claimUsers(inv *kube.Inventory, claim *corev1.PersistentVolumeClaim) []string {
	var users []string
	for _, w := range inv.Workloads {
		uses := func(v corev1.Volume) bool {
			return v.PersistentVolumeClaim != nil && v.PersistentVolumeClaim.ClaimName == claim.Name
		}
		if w.Namespace() == claim.Namespace && !w.EphemeralOnly && slices.ContainsFunc(w.Spec.Volumes, uses) {
			users = append(users, w.Ref().Kind+"/"+w.Ref().Name)
		}
	}
	return users
}

// mountAt is a container's mount at a path.
func (t podTemplate) mountAt(container, path string) (map[string]any, error) {
	found, err := t.container(container)
	if err != nil {
		return nil, err
	}
	mounted, _, _ := unstructured.NestedSlice(found.fields, "volumeMounts")
	for _, item := range mounted {
		if mount, ok := item.(map[string]any); ok && mount["mountPath"] == path {
			return mount, nil
		}
	}
	return nil, fmt.Errorf("%w: container %s mounts nothing at %s", ErrNothingToDo, container, path)
}

// swapVolume puts what was answered in the place of a volume with a folder of
// the node. An apply would leave both sources set, so it is a JSON patch.
func (t podTemplate) swapVolume(name string, s Situation) (Plan, error) {
	volumes, _, _ := unstructured.NestedSlice(t.spec, "volumes")
	i := slices.IndexFunc(volumes, func(item any) bool {
		volume, _ := item.(map[string]any)
		return volume["name"] == name && volume["hostPath"] != nil
	})
	if i < 0 {
		return Plan{}, fmt.Errorf("%w: volume %s is no folder of the node", ErrNothingToDo, name)
	}
	source, what, notes := t.volumeSource(s)
	path := fmt.Sprintf("/%s/volumes/%d", strings.Join(t.path, "/"), i)
	source["name"] = name
	return Plan{
		Title: fmt.Sprintf("Give the pod %s for volume %s instead of the node's folder", what, name),
		Changes: []Change{{
			Target: kube.RefOf(t.live), UID: t.live.GetUID(), Mechanism: JSONPatch,
			Patch: []PatchOperation{
				{Op: "test", Path: path, Value: volumes[i]},
				{Op: "replace", Path: path, Value: source},
			},
		}},
		Notes: append([]string{fmt.Sprintf("What lies in the folder stays on the node, and the pod sees nothing of it: copy it (%v) first if it matters.",
			field(volumes[i].(map[string]any), "hostPath", "path"))}, notes...),
	}, nil
}

// volumeSource is the answered volume, without its name.
func (t podTemplate) volumeSource(s Situation) (source map[string]any, what string, notes []string) {
	if s.Answers[howQuestion] != howClaim {
		return map[string]any{"emptyDir": map[string]any{}}, "an empty folder",
			[]string{"What the program writes there is gone with the pod, and counts as the node's disk: set a sizeLimit, or requests for ephemeral-storage."}
	}
	claim := s.Answers[claimQuestion]
	for _, c := range s.Inventory.PersistentVolumeClaims {
		shared := slices.Contains(c.Spec.AccessModes, corev1.ReadWriteMany) || slices.Contains(c.Spec.AccessModes, corev1.ReadOnlyMany)
		if c.Name == claim && c.Namespace == s.Finding.Object.Namespace && !shared && (replicas(t.live) > 1 || t.live.GetKind() == "DaemonSet") {
			notes = append(notes, "The claim can be mounted on one node at a time: pods on other nodes don't start.")
		}
	}
	return map[string]any{"persistentVolumeClaim": map[string]any{"claimName": claim}}, "the claim " + claim, notes
}
