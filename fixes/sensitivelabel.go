package fixes

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
)

// sensitiveLabel moves the value of a label or an annotation into a Secret,
// from where it can come back.
func sensitiveLabel() Recipe {
	return Recipe{
		Check: "data/sensitive-label",
		Reads: func(f scanners.Finding, _ *kube.Inventory) []kube.Ref { return []kube.Ref{labelSecretRef(f)} },
		Plan:  moveLabel,
	}
}

func labelSecretRef(f scanners.Finding) kube.Ref {
	return kube.Ref{
		APIVersion: "v1", Kind: "Secret", Namespace: homeOf(f.Object),
		Name: strings.ToLower(f.Object.Name + "-" + f.Object.Kind + "-metadata"),
	}
}

func moveLabel(s Situation) (Plan, error) {
	// Its key is the path to the map, and the name in it.
	at, key, ok := strings.Cut(s.Finding.Key, " ")
	path := append(strings.Split(at, "."), key)
	value, found, _ := unstructured.NestedString(s.Live.Object, path...)
	switch {
	case !ok || !found:
		return Plan{}, fmt.Errorf("%w: %s has no %s any more", ErrNothingToDo, s.Finding.Object, s.Finding.Path)
	case selectsBy(s.Live, at, key):
		return Plan{}, labelByHand(s, "the object selects its pods by that label, so it has to be made anew without it")
	}
	if at != "metadata.labels" && at != "metadata.annotations" {
		if _, err := templateOf(s.Live); err != nil {
			return Plan{}, err
		}
	}
	ref := labelSecretRef(s.Finding)
	name := strings.NewReplacer("/", ".").Replace(key)
	secret, err := secretWith(ref, s.Others[ref], name, value)
	if err != nil {
		return Plan{}, err
	}
	return Plan{
		Title: fmt.Sprintf("Move %s of %s/%s into Secret %s", key, s.Live.GetKind(), s.Live.GetName(), ref.Name),
		Changes: []Change{secret, {
			Target: kube.RefOf(s.Live), UID: s.Live.GetUID(), Mechanism: JSONPatch,
			Patch: []PatchOperation{{Op: "remove", Path: pointer(path...)}},
			Moved: &SecretKey{Secret: ref, Key: name},
		}},
		Notes: []string{
			"What reads it from there finds nothing any more: have it read the Secret, or delete the Secret once nobody misses it.",
			"The value has been readable: if it opens something, change it there, too. It still stands where the manifest is kept.",
		},
	}, nil
}

// selectsBy says that the workload finds its pods by the label.
func selectsBy(live *unstructured.Unstructured, at, key string) bool {
	return strings.HasSuffix(at, "template.metadata.labels") && field(live.Object, "spec", "selector", "matchLabels", key) != nil
}

func labelByHand(s Situation, why string) error {
	g := &guide{finding: s.Finding, inv: s.Inventory}
	g.keepCopy()
	g.say("Take %s out of the copy, from the selector, too; then let it take the old one's place:", s.Finding.Path)
	g.run("${EDITOR:-vi} %s", g.file(".yaml"))
	g.run("kubectl replace --force -f %s", g.file(".yaml"))
	return &ManualError{Why: why, Steps: g.text()}
}
