package flags

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

// Program is a pod template that runs a program of the control plane.
type Program struct {
	Object kube.Object
	// Workload is the template.
	Workload *kube.Workload
	// Path is the container's place in Object.
	Path  string
	flags map[string]string
}

// Flag returns a flag by its name without dashes. A flag that isn't there has
// its default.
func (p Program) Flag(name string) Value { return valueOf(p.flags[name]) }

// Programs finds a program among the workloads of kube-system, such as static
// pods, by the command that they run. In manifests any pod will do, since those
// of static pods often name no namespace.
func Programs(inv *kube.Inventory, name string) []Program {
	var found []Program
	for _, w := range inv.Workloads {
		if w.EphemeralOnly || !mayRunPrograms(inv, w) {
			continue
		}
		for _, c := range w.Containers() {
			if c.Kind != kube.MainContainer {
				continue
			}
			if given, ok := kube.ProgramFlags(c.Container, name); ok {
				found = append(found, Program{w.Object, w, c.Path, given})
			}
		}
	}
	return found
}

func mayRunPrograms(inv *kube.Inventory, w *kube.Workload) bool {
	if w.Namespace() == metav1.NamespaceSystem {
		return true
	}
	return inv.FromFiles() && w.Ref().Kind == "Pod"
}
