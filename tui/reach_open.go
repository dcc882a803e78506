package tui

import (
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// openReach is the command reach [NAMESPACE].
func openReach(a *App, arg string) tea.Cmd {
	namespace := cleanOr(arg, a.namespace)
	if t := a.underCursor(); namespace == "" && t != nil {
		namespace = t.ref.Namespace
	}
	if namespace == "" || namespace == "all" {
		a.flash(info, "choose a namespace: "+shownKey(a.keys.Reach)+" on it shows who may talk to whom")
		return showRoot(newNamespacesView)(a, "")
	}
	return a.openReachIn(namespace, kube.Ref{})
}

// openReachOf shows the namespace of an object, and the object if it is a
// workload there.
func (a *App) openReachOf(ref kube.Ref) tea.Cmd {
	switch {
	case ref.Kind == "Namespace":
		return a.openReachIn(ref.Name, kube.Ref{})
	case ref.Namespace == "":
		a.flash(info, ref.String()+" is in no namespace: it talks to nobody")
		return nil
	}
	return a.openReachIn(ref.Namespace, ref)
}

func (a *App) openReachIn(namespace string, selected kube.Ref) tea.Cmd {
	v := newReachView(a, namespace, selected)
	a.push(v)
	return v.start()
}
