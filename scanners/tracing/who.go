package tracing

import (
	"errors"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/client-go/rest"

	"kiln/scanners/rbac"
)

// someone is the user who is asked about where only a group was named.
const someone = "someone"

// Identity reads who a request is to be made as: nothing, or "me", is
// ourselves; "ServiceAccount:shop/api" (or "sa:shop/api"), "User:jane" and
// "Group:devs" name a subject as bindings do, and anything else is a user's
// name, as kubectl's --as takes it.
func Identity(text string, groups []string) (rest.ImpersonationConfig, error) {
	text = strings.TrimSpace(text)
	if text == "" || text == "me" {
		if len(groups) > 0 {
			return rest.ImpersonationConfig{}, errors.New("groups can be acted as with a user only: name one with --as, or --as Group:NAME")
		}
		return rest.ImpersonationConfig{}, nil
	}
	as := rest.ImpersonationConfig{UserName: text, Groups: groups}
	subject, err := rbac.ParseSubject(text)
	if err != nil {
		return as, subjectError(text, err)
	}
	switch subject.Kind {
	case rbacv1.ServiceAccountKind:
		as.UserName = "system:serviceaccount:" + subject.Namespace + ":" + subject.Name
	case rbacv1.UserKind:
		as.UserName = subject.Name
	case rbacv1.GroupKind:
		as.UserName, as.Groups = someone, append([]string{subject.Name}, groups...)
	}
	return as, nil
}

// subjectError lets users' names pass that aren't written as subjects, and
// keeps mistakes: "ServiceAccount:api" lacks the namespace.
func subjectError(text string, err error) error {
	kind, _, _ := strings.Cut(strings.ToLower(text), ":")
	switch kind {
	case "serviceaccount", "sa", "user", "group":
		return err
	}
	return nil
}
