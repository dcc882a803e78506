package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"
	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
)

func openNamespaces(a *App, arg string) tea.Cmd {
	if arg != "" {
		return showLayer("")(a, arg)
	}
	return showRoot(newNamespacesView)(a, "")
}

func namespaceNames(a *App) []string {
	names := []string{"all"}
	if a.snapshot != nil {
		for _, n := range a.snapshot.namespaces {
			names = append(names, n.name)
		}
	}
	return names
}

// lacksNamespace says that there is no such namespace, as far as one may know:
// who may not list them knows it of none.
func (s *snapshot) lacksNamespace(name string) bool {
	if s == nil || s.inventory == nil || !s.inventory.Settled(kube.Namespaces) {
		return false
	}
	if _, unread := s.inventory.Gap(kube.Namespaces); unread {
		return false
	}
	return !slices.ContainsFunc(s.inventory.Namespaces, func(ns *corev1.Namespace) bool { return ns.Name == name })
}

// setNamespace shows one namespace's findings, or those of all. A scan that
// was limited to another one is made anew. It stays where it is if there is no
// such namespace.
func (a *App) setNamespace(name string) tea.Cmd {
	if name == "all" || name == "*" {
		name = ""
	}
	if name != "" && a.snapshot.lacksNamespace(name) {
		a.flash(warning, fmt.Sprintf("there is no namespace %q: :ns lists those there are", name))
		return a.findings.arrange()
	}
	a.namespace = name
	if a.snapshot != nil && name != "" && !slices.ContainsFunc(a.snapshot.namespaces, func(n namespaceCount) bool { return n.name == name }) {
		a.flash(info, "no findings in namespace "+name)
	}
	if scope := a.opts.Namespace; scope != "" && scope != name && a.session != nil {
		a.opts.Namespace = name
		return a.rescan()
	}
	return a.findings.arrange()
}

// namespaceByNumber chooses from the namespaces with the most findings.
func (a *App) namespaceByNumber(n int) tea.Cmd {
	if a.snapshot == nil || n > len(a.snapshot.namespaces) {
		a.flash(info, fmt.Sprintf("there is no namespace %d: :ns lists them", n))
		return nil
	}
	return showLayer(a.findings.query.layer)(a, a.snapshot.namespaces[n-1].name)
}
