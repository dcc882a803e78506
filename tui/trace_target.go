package tui

import (
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners/rbac"
)

// underCursor is the object that the view in front is about, or has under its
// cursor; nil if there is none.
func (a *App) underCursor() *target {
	if v, ok := a.top().(objectView); ok {
		return v.target()
	}
	return nil
}

// questionUnderCursor is what one may want to ask about what is under the
// cursor: an object, or a subject and its rights.
func (a *App) questionUnderCursor() traceQuestion {
	switch v := a.top().(type) {
	case *subjectView:
		return questionOf(v.subject, a.namespace)
	case *subjectsView:
		if len(v.rows) > 0 {
			return questionOf(v.rows[v.table.cursor].subject, a.namespace)
		}
	}
	if t := a.underCursor(); t != nil {
		return questionAbout(t.ref)
	}
	return traceQuestion{verb: "create", resource: "pods", namespace: a.namespace}
}

// questionOf asks what a subject may do.
func questionOf(subject rbac.Subject, namespace string) traceQuestion {
	if subject.Namespace != "" && namespace == "" {
		namespace = subject.Namespace
	}
	return traceQuestion{as: subject.String(), verb: "get", resource: "secrets", namespace: namespace}
}

// questionAbout asks about an object: whether a ServiceAccount may read
// secrets, and else what making it once more would come to.
func questionAbout(ref kube.Ref) traceQuestion {
	if ref.Kind == "ServiceAccount" {
		return questionOf(rbac.Subject{Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name}, ref.Namespace)
	}
	group, _, found := strings.Cut(ref.APIVersion, "/")
	resource := strings.ToLower(ref.Kind)
	if found {
		resource += "." + group
	}
	verb := "create"
	if slices.Contains([]string{"Namespace", "Node", "CustomResourceDefinition"}, ref.Kind) {
		verb = "patch"
	}
	return traceQuestion{verb: verb, resource: resource, name: ref.Name, namespace: ref.Namespace}
}

// traceExamples are requests worth following.
func traceExamples(*App) []string {
	return []string{"get secrets", "create pods/exec", "delete namespaces default", "get secrets as sa:default/default", "list nodes as Group:system:authenticated"}
}
