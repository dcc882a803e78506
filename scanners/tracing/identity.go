package tracing

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"kiln/kube"
	"kiln/scanners/rbac"
)

const identityWhy = "The API server keeps no list of users. Who comes with a certificate that the cluster's authority signed, with a token that it issued " +
	"or trusts, or through an authenticating proxy, is the name that stands in it, and in the groups that stand in it. " +
	"With the right to impersonate, one name may act as another; the audit log then has both."

// identity explains who makes the request.
func identity(t kube.Trace, inv *kube.Inventory) Step {
	id, req := t.Identity, t.Request
	s := Step{Name: "authentication", Outcome: Passed, Why: identityWhy}
	s.Title = "the server takes you for " + userText(id.User)
	switch {
	case req.Impersonates() && id.Refused():
		s.Outcome = Refused
		s.Title = "you may not act as " + kube.Clean(req.As.UserName)
		s.Says = append(s.Says, refusal(id.Err),
			"a right to the verb impersonate on users, groups or serviceaccounts would change that; its authorization is asked about without it, where that is allowed")
	case id.Err != nil && apierrors.IsUnauthorized(id.Err):
		s.Outcome, s.Title = Refused, "the server doesn't accept the credentials"
	case id.Err != nil:
		s.Outcome, s.Title = Unknown, "the server doesn't tell who you are"
		s.Says = append(s.Says, kube.Explain(id.Err))
	}
	if id.Assumed && req.Impersonates() {
		s.Says = append(s.Says, "by the server's rules that would be "+userText(id.User))
	}
	s.Says = append(s.Says, aboutUser(id.User)...)
	if req.Impersonates() {
		s.Says = append(s.Says, missingAccount(req.As.UserName, inv)...)
	}
	if req.Impersonates() && id.Own.Username != "" {
		s.Says = append(s.Says, "behind it you are "+userText(id.Own))
	}
	s.Says = append(s.Says, "the connection's credential: "+id.Credential.Kind)
	s.Says = append(s.Says, id.Credential.Facts...)
	return s
}

func userText(user authenticationv1.UserInfo) string {
	if user.Username == "" {
		return "nobody in particular"
	}
	return kube.Clean(user.Username)
}

// aboutUser lists the groups, and what else the server knows.
func aboutUser(user authenticationv1.UserInfo) []string {
	var says []string
	if len(user.Groups) > 0 {
		says = append(says, "in the groups "+kube.Clean(strings.Join(user.Groups, ", ")))
	}
	if user.UID != "" {
		says = append(says, "with the uid "+kube.Clean(user.UID))
	}
	for _, key := range slices.Sorted(maps.Keys(user.Extra)) {
		says = append(says, kube.Clean(fmt.Sprintf("with %s: %s", key, strings.Join(user.Extra[key], ", "))))
	}
	return says
}

// missingAccount warns of a ServiceAccount that isn't there: impersonation, and
// RBAC, take any name for good.
func missingAccount(user string, inv *kube.Inventory) []string {
	principals := rbac.PrincipalsOf(user, nil)
	_, gap := inv.Gap(kube.ServiceAccounts)
	if len(principals) == 0 || principals[0].Kind != rbacv1.ServiceAccountKind || gap || !inv.Settled(kube.ServiceAccounts) {
		return nil
	}
	account := principals[0]
	if slices.ContainsFunc(inv.ServiceAccounts, func(a *corev1.ServiceAccount) bool {
		return a.Namespace == account.Namespace && a.Name == account.Name
	}) {
		return nil
	}
	return []string{kube.Clean(fmt.Sprintf("there is no ServiceAccount %s in %s: nobody has a valid token of it; what follows is about the name alone", account.Name, account.Namespace))}
}

// refusal is the server's no in its own words.
func refusal(err error) string {
	if r := kube.RefusalOf(err); r != nil {
		return r.Says
	}
	return kube.Explain(err)
}
