package fixes

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

// placeholder stands for a secret value in an export.
const placeholder = "REPLACE-ME"

// Export writes a previewed plan as YAML for the source of truth: a patch of
// only the changed fields for each object that exists (kustomize takes it as a
// strategic merge patch, kubectl with "apply --server-side"), the whole object
// for each new one. Secret values are replaced by placeholders.
func Export(preview Preview) (string, error) {
	documents := make([]string, 0, len(preview.Targets))
	for _, target := range preview.Targets {
		document, err := exportTarget(preview.Plan, target)
		if err != nil {
			return "", err
		}
		documents = append(documents, document)
	}
	return strings.Join(documents, "---\n"), nil
}

func exportTarget(plan Plan, target TargetPreview) (string, error) {
	object, err := manifestOf(target)
	if err != nil {
		return "", err
	}
	body, err := kube.MarshalYAML(object.Object)
	if err != nil {
		return "", fmt.Errorf("writing the patch of %s: %w", target.Change.Target, err)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "# %s (%s)\n# %s\n", plan.Title, plan.Finding.Check, exportKind(target))
	if target.Owner.Reconciles() {
		fmt.Fprintf(&text, "# Its source of truth is with %s.\n", kube.Clean(target.Owner.String()))
	}
	text.Write(body)
	return kube.CleanBlock(text.String()), nil
}

func exportKind(target TargetPreview) string {
	switch target.Change.Mechanism {
	case Create:
		return "A new object: " + target.Change.Target.String()
	case Delete:
		return "An object to take out: " + target.Change.Target.String()
	}
	return "A patch for " + target.Change.Target.String()
}

// manifestOf is what a target's change says, as an object: the apply
// configuration itself, or for a JSON patch and a deletion what a strategic
// merge patch says, where null takes a field away.
func manifestOf(target TargetPreview) (*unstructured.Unstructured, error) {
	change := target.Change
	switch {
	case change.Mechanism == Delete:
		object := nameOnly(change.Target)
		object.Object["$patch"] = "delete"
		return object, nil
	case change.Apply == nil:
		return sparse(target)
	}
	object := change.Apply.DeepCopy()
	unstructured.RemoveNestedField(object.Object, "metadata", "uid")
	if change.Target.Kind == "Secret" {
		withPlaceholders(object)
	}
	return object, nil
}

// sparse has the changed fields alone. What goes as a whole is taken away as a
// whole: a list's item, or a field with all that is in it.
func sparse(target TargetPreview) (*unstructured.Unstructured, error) {
	if target.live == nil || target.after == nil {
		return kube.Sparse(target.Change.Target, target.fields)
	}
	backwards, err := kube.CompareFields(target.after, target.live)
	if err != nil {
		return nil, err
	}
	var changes []kube.FieldChange
	seen := map[string]bool{}
	for _, change := range backwards {
		// Existed is how much of the path is left, seen from what it becomes.
		change.Before, change.After = change.After, change.Before
		if change.After == nil && change.Existed < len(change.Elements) {
			change.Elements = slices.Clone(change.Elements[:change.Existed+1])
			if strings.HasPrefix(change.Elements[change.Existed], "k:") {
				change.Elements, change.After = append(change.Elements, "f:$patch"), "delete"
			}
		}
		if place := strings.Join(change.Elements, "\x00"); !seen[place] {
			seen[place] = true
			changes = append(changes, change)
		}
	}
	return kube.Sparse(target.Change.Target, changes)
}

// withPlaceholders replaces a Secret's values, and has them written plainly.
func withPlaceholders(secret *unstructured.Unstructured) {
	data, _, _ := unstructured.NestedMap(secret.Object, "data")
	unstructured.RemoveNestedField(secret.Object, "data")
	values := map[string]any{}
	for key := range data {
		values[key] = placeholder
	}
	secret.Object["stringData"] = values
}
