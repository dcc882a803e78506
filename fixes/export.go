package fixes

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

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
	body, err := yaml.Marshal(object.Object)
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
	if target.Change.Mechanism == Create {
		return "A new object: " + target.Change.Target.String()
	}
	return "A patch for " + target.Change.Target.String()
}

// manifestOf is what a target's change says, as an object: the apply
// configuration itself, or for a JSON patch the changed fields, where null
// takes a field away.
func manifestOf(target TargetPreview) (*unstructured.Unstructured, error) {
	change := target.Change
	if change.Apply == nil {
		return kube.Sparse(change.Target, target.fields)
	}
	object := change.Apply.DeepCopy()
	unstructured.RemoveNestedField(object.Object, "metadata", "uid")
	if change.Target.Kind == "Secret" {
		withPlaceholders(object)
	}
	return object, nil
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
