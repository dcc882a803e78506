package rbac

import (
	"slices"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
)

// ConstrainedSince is the release since which API servers know constrained
// impersonation without being told to (KEP-5284; 1.35 has it switched off). It
// takes two rights: impersonate:MODE on whom to act as, and
// impersonate-on:MODE:VERB on what to do as them.
const ConstrainedSince = "1.36"

// Constrained says that a verb is one of constrained impersonation.
func Constrained(verb string) bool {
	return strings.HasPrefix(verb, "impersonate:") || strings.HasPrefix(verb, "impersonate-on:")
}

// ActAsAny are the accesses that let their holder choose whom to act as, by mode
// of constrained impersonation. Left out is associated-node: it is for one's own
// node alone.
func ActAsAny() map[string][]Access {
	every := func(mode string, resources ...string) []Access {
		var all []Access
		for _, resource := range resources {
			all = append(all, Access{Verb: "impersonate:" + mode, Group: authenticationv1.GroupName, Resource: resource})
		}
		return all
	}
	return map[string][]Access{
		"user-info":      every("user-info", "users", "groups"),
		"serviceaccount": every("serviceaccount", "serviceaccounts"),
		"arbitrary-node": every("arbitrary-node", "nodes"),
	}
}

// ActsOn says that the rule allows some request of those who act as others in a
// mode of constrained impersonation.
func (r Rule) ActsOn(mode string) bool {
	return slices.ContainsFunc(r.Verbs, func(verb string) bool {
		return verb == "*" || strings.HasPrefix(verb, "impersonate-on:"+mode+":")
	})
}

// ImpersonationGroup is the API group in which the server asks for a right to
// act as something. Users and groups aren't served, and constrained
// impersonation asks for accounts and nodes in another group than theirs.
func ImpersonationGroup(verb, resource string) (group string, known bool) {
	kind, _, _ := strings.Cut(resource, "/")
	switch {
	case verb == "impersonate" && slices.Contains([]string{"users", "groups", "serviceaccounts"}, kind):
		return "", true
	case verb == "impersonate" && slices.Contains([]string{"uids", "userextras"}, kind),
		strings.HasPrefix(verb, "impersonate:") && slices.Contains([]string{"users", "groups", "serviceaccounts", "nodes", "uids", "userextras"}, kind):
		return authenticationv1.GroupName, true
	}
	return "", false
}
