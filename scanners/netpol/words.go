package netpol

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kiln/kube"
)

// Who says in a few words who is at the other end: "nobody", "3 of 14
// workloads: shop 2, data 1".
func (s Side) Who() string {
	switch {
	case s.Open == 0 && s.Of > 0:
		return "no workload"
	case s.Of == 0:
		return "there is no other workload"
	}
	who := fmt.Sprintf("%d of %d workloads", s.Open, s.Of)
	if s.Open == s.Of {
		who = "every workload"
	}
	return kube.Clean(who + ": " + strings.Join(s.Namespaces(), ", "))
}

// Namespaces counts the peers by namespace, the most first: "shop 2".
func (s Side) Namespaces() []string {
	counts := s.byNamespace
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, counts[name])
	}
	return names
}

// String is "every address", "no address outside" or the blocks.
func (w World) String() string {
	switch {
	case w.All:
		return "every address"
	case len(w.Blocks) == 0:
		return "no address outside"
	}
	return kube.Clean(strings.Join(w.Blocks, "; "))
}

// String is "8080/TCP".
func (p Port) String() string { return fmt.Sprintf("%d/%s", p.Number, p.Protocol) }

// PortsText lists ports of a workload by their names in the containers and services that
// they belong to: "5432/TCP (postgres, Service db:5432)".
func (n *Neighbourhood) PortsText(w *kube.Workload, ports []Port) string {
	if len(ports) == 0 {
		return "any port (none is named)"
	}
	texts := make([]string, 0, len(ports))
	for _, port := range ports {
		text := port.String()
		if names := n.namesOf(w, port); len(names) > 0 {
			text += " (" + strings.Join(names, ", ") + ")"
		}
		texts = append(texts, text)
	}
	return kube.Clean(strings.Join(texts, ", "))
}

func (n *Neighbourhood) namesOf(w *kube.Workload, port Port) []string {
	var names []string
	for _, c := range w.Containers() {
		for _, p := range c.Ports {
			if p.ContainerPort == port.Number && p.Name != "" && !slices.Contains(names, p.Name) {
				names = append(names, p.Name)
			}
		}
	}
	known := slices.Clone(names)
	for _, svc := range n.servicesOf(w) {
		for _, p := range svc.Spec.Ports {
			if p.TargetPort.IntVal == port.Number || slices.Contains(known, p.TargetPort.StrVal) || p.TargetPort.IntVal == 0 && p.TargetPort.StrVal == "" && p.Port == port.Number {
				names = append(names, fmt.Sprintf("Service %s:%d", svc.Name, p.Port))
			}
		}
	}
	return names
}
