package fixes

import (
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube"
	"kiln/scanners/rbac"
)

const (
	howRemove         = "remove"
	howBindLess       = "bind-less"
	namespaceQuestion = "namespace"
	roleQuestion      = "role"
)

// clusterAdmin takes every right from a subject, and may give it fewer in one
// namespace instead.
func clusterAdmin() Recipe {
	return Recipe{Check: "api/cluster-admin", Questions: insteadOfEverything, Plan: func(s Situation) (Plan, error) {
		removal, err := unbind(s)
		if err != nil {
			return Plan{}, err
		}
		plan := Plan{
			Title:   fmt.Sprintf("Remove %s from %s/%s", s.Finding.Key, s.Live.GetKind(), s.Live.GetName()),
			Changes: []Change{removal},
			Notes:   []string{"If this is how you are admin yourself, you lose it with the fix, and can't take it back: keep another way in."},
		}
		if s.Answers[howQuestion] != howBindLess {
			plan.Notes = append(plan.Notes, "Bind what the subject really needs to a Role of its namespace.")
			return plan, nil
		}
		binding, err := smallerBinding(s)
		if err != nil {
			return Plan{}, err
		}
		plan.Title = fmt.Sprintf("Bind %s to %s in %s instead of every right", s.Finding.Key, roleName(s.Answers[roleQuestion]), binding.Target.Namespace)
		plan.Changes = []Change{binding, removal}
		return plan, nil
	}}
}

// insteadOfEverything asks what the subject keeps, and where.
func insteadOfEverything(s Situation) []Question {
	asked := []Question{{Key: howQuestion, Ask: "What does the subject keep?", Choices: []Choice{
		{Value: howRemove, Label: "nothing of this binding"},
		{Value: howBindLess, Label: "a smaller role, in one namespace"},
	}}}
	if s.Answers[howQuestion] != howBindLess {
		return asked
	}
	if s.Live.GetNamespace() == "" {
		asked = append(asked, whichNamespace(s))
	}
	return append(asked, whichRole(s))
}

// whichNamespace asks where the smaller role holds: by default where the
// ServiceAccount lives.
func whichNamespace(s Situation) Question {
	q := Question{Key: namespaceQuestion, Ask: "In which namespace?"}
	if subject, err := rbac.ParseSubject(s.Finding.Key); err == nil && subject.Namespace != "" {
		c := Choice{Value: subject.Namespace, Found: "the ServiceAccount is there"}
		if users := accountUsers(s.Inventory, subject); len(users) > 0 {
			c.Found = "there it is used by " + strings.Join(users, ", ")
		}
		q.add(c)
	}
	for _, ns := range s.Inventory.Namespaces {
		q.add(Choice{Value: ns.Name})
	}
	return q
}

// accountUsers are the workloads that run as a ServiceAccount.
func accountUsers(inv *kube.Inventory, account rbac.Subject) []string {
	var users []string
	for _, w := range inv.Workloads {
		if !w.EphemeralOnly && rbac.AccountOf(w) == account {
			users = append(users, w.Ref().Kind+"/"+w.Ref().Name)
		}
	}
	return users
}

// whichRole asks for the role: those that every cluster has for the users of a
// namespace, or a Role that is there already.
func whichRole(s Situation) Question {
	q := Question{Key: roleQuestion, Ask: "Which role?"}
	for name, label := range map[string]string{
		"edit":  "to change what runs there, and read its Secrets",
		"view":  "to look, but for Secrets",
		"admin": "to do everything there, roles included",
	} {
		if slices.ContainsFunc(s.Inventory.ClusterRoles, func(r *rbacv1.ClusterRole) bool { return r.Name == name }) {
			q.add(Choice{Value: name, Label: label})
		}
	}
	slices.SortFunc(q.Choices, func(a, b Choice) int { return strings.Compare(b.Value, a.Value) })
	namespace := bindingNamespace(s)
	for _, role := range s.Inventory.Roles {
		if role.Namespace == namespace {
			q.add(Choice{Value: ownRole + role.Name, Label: "a Role of the namespace"})
		}
	}
	return q
}

// ownRole begins the answer for a Role of the namespace; others are
// ClusterRoles.
const ownRole = "Role/"

func bindingNamespace(s Situation) string {
	if namespace := s.Live.GetNamespace(); namespace != "" {
		return namespace
	}
	return s.Answers[namespaceQuestion]
}

func roleName(answer string) string {
	if strings.HasPrefix(answer, ownRole) {
		return answer
	}
	return "ClusterRole/" + answer
}

// smallerBinding binds the finding's subject to the role that was answered.
func smallerBinding(s Situation) (Change, error) {
	subject, err := rbac.ParseSubject(s.Finding.Key)
	if err != nil {
		return Change{}, fmt.Errorf("reading the subject of %s: %w", s.Finding.Object, err)
	}
	kind, role, _ := strings.Cut(roleName(s.Answers[roleQuestion]), "/")
	if role == "" {
		return Change{}, fmt.Errorf("namespace %s has no Role, and the cluster none of the ClusterRoles edit, view and admin, to bind instead", bindingNamespace(s))
	}
	namespace := bindingNamespace(s)
	binding := createdByKiln(rbacv1.SchemeGroupVersion.String(), "RoleBinding", namespace, freeBindingName(s.Inventory, namespace, s.Live.GetName()+"-"+role))
	binding.Object["roleRef"] = map[string]any{"apiGroup": rbacv1.GroupName, "kind": kind, "name": role}
	entry := map[string]any{"kind": subject.Kind, "name": subject.Name}
	if subject.Kind == rbacv1.ServiceAccountKind {
		entry["namespace"] = subject.Namespace
	} else {
		entry["apiGroup"] = rbacv1.GroupName
	}
	binding.Object["subjects"] = []any{entry}
	return Change{Target: kube.RefOf(binding), Mechanism: Create, Apply: binding}, nil
}

// freeBindingName is name, or name-2 and so on where that is taken.
func freeBindingName(inv *kube.Inventory, namespace, name string) string {
	free := name
	for n := 2; slices.ContainsFunc(inv.RoleBindings, func(b *rbacv1.RoleBinding) bool {
		return b.Namespace == namespace && b.Name == free
	}); n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	return free
}
