package rbac

import (
	"cmp"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// The groups that the API server puts people and pods into by itself.
const (
	Masters            = "system:masters"
	Authenticated      = "system:authenticated"
	Unauthenticated    = "system:unauthenticated"
	AllServiceAccounts = "system:serviceaccounts"
	// Anonymous is the user of a request without credentials.
	Anonymous = "system:anonymous"
)

// serviceAccountUser is how a ServiceAccount's user name starts.
const serviceAccountUser = "system:serviceaccount:"

// Subject is who a binding grants something to. Only ServiceAccounts have a
// namespace.
type Subject struct {
	Kind, Namespace, Name string
}

// String is "ServiceAccount:shop/api", "User:jane" or "Group:devs".
func (s Subject) String() string {
	if s.Namespace != "" {
		return s.Kind + ":" + s.Namespace + "/" + s.Name
	}
	return s.Kind + ":" + s.Name
}

// Phrase is how a sentence names the subject: "ServiceAccount shop/api".
func (s Subject) Phrase() string { return strings.Replace(s.String(), ":", " ", 1) }

func compareSubjects(a, b Subject) int {
	return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
}

// subjectOf reads a binding's subject as the authorizer does: a ServiceAccount
// without a namespace is the binding's own namespace's, and nobody where there
// is none; a user that is named as a ServiceAccount's is that ServiceAccount.
func subjectOf(s rbacv1.Subject, bindingNamespace string) (Subject, bool) {
	switch s.Kind {
	case rbacv1.ServiceAccountKind:
		namespace := s.Namespace
		if namespace == "" {
			namespace = bindingNamespace
		}
		return Subject{s.Kind, namespace, s.Name}, namespace != ""
	case rbacv1.UserKind:
		if account, ok := strings.CutPrefix(s.Name, serviceAccountUser); ok {
			namespace, name, found := strings.Cut(account, ":")
			return Subject{rbacv1.ServiceAccountKind, namespace, name}, found
		}
	}
	return Subject{Kind: s.Kind, Name: s.Name}, true
}

// principals are all that a subject is to the authorizer: itself and the groups
// that the API server puts it into. Membership in other groups can't be seen
// in a cluster.
func (s Subject) principals() []Subject {
	group := func(name string) Subject { return Subject{Kind: rbacv1.GroupKind, Name: name} }
	switch {
	case s == Subject{Kind: rbacv1.UserKind, Name: Anonymous}:
		return []Subject{s, group(Unauthenticated)}
	case s == group(Unauthenticated), s == group(Authenticated):
		return []Subject{s}
	case s.Kind == rbacv1.ServiceAccountKind:
		return []Subject{s, group(AllServiceAccounts + ":" + s.Namespace), group(AllServiceAccounts), group(Authenticated)}
	case s.Kind == rbacv1.GroupKind && strings.HasPrefix(s.Name, AllServiceAccounts+":"):
		return []Subject{s, group(AllServiceAccounts), group(Authenticated)}
	}
	return []Subject{s, group(Authenticated)}
}
