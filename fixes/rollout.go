package fixes

import (
	"slices"
	"strings"

	"kiln/kube"
)

// Rollouts are the workloads whose pods are replaced by what these entries
// wrote, each once.
func Rollouts(entries ...Entry) []kube.Ref {
	var refs []kube.Ref
	for _, entry := range entries {
		for _, object := range entry.Objects {
			if object.State == Applied && object.rollsOut() && !slices.Contains(refs, object.Ref) {
				refs = append(refs, object.Ref)
			}
		}
	}
	return refs
}

// rollsOut says that the pod template was changed, or the number of pods.
func (o JournalObject) rollsOut() bool {
	path := templatePath(o.Kind)
	if path == nil || !kube.RollsOut(o.Kind) || o.Mechanism == Delete {
		return false
	}
	template := strings.Join(path[:len(path)-1], ".")
	return slices.ContainsFunc(o.Fields, func(f kube.FieldChange) bool { return f.Under(template) })
}
