package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners/rbac"
)

// openRights goes from an object to the subjects that it is about: those of
// a binding, those that a role is bound to, a ServiceAccount, or who a
// workload's pods act as.
func (a *App) openRights(ref kube.Ref) tea.Cmd {
	inv := a.inventory()
	if inv == nil {
		a.flash(info, "the roles and bindings aren't read yet")
		return nil
	}
	subjects := subjectsOf(ref, inv)
	switch len(subjects) {
	case 0:
		a.flash(info, "no subject is behind "+ref.String())
		return nil
	case 1:
		return a.openSubject(subjects[0])
	}
	v := newSubjectsView(a)
	v.only = subjects
	a.push(v)
	return v.start()
}

func subjectsOf(ref kube.Ref, inv *kube.Inventory) []rbac.Subject {
	switch ref.Kind {
	case "ServiceAccount":
		return []rbac.Subject{{Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name}}
	case "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding":
		var subjects []rbac.Subject
		for _, g := range rbac.NewGraph(inv).Grants {
			role := ref.Kind == g.RoleRef.Kind && ref.Name == g.RoleRef.Name && (ref.Namespace == "" || ref.Namespace == g.Namespace)
			if (role || kube.RefOf(g.Binding) == ref) && !slices.Contains(subjects, g.Subject) {
				subjects = append(subjects, g.Subject)
			}
		}
		return subjects
	}
	for _, w := range inv.Workloads {
		if w.Ref() == ref {
			return []rbac.Subject{rbac.AccountOf(w)}
		}
	}
	return nil
}

// openAccess is the command rbac: all subjects, or one.
func openAccess(a *App, arg string) tea.Cmd {
	if arg == "" {
		return showRoot(newSubjectsView)(a, "")
	}
	subject, err := rbac.ParseSubject(arg)
	if err != nil {
		a.flash(warning, err.Error())
		return nil
	}
	return a.openSubject(subject)
}
