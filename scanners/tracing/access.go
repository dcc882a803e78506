package tracing

import (
	"fmt"
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners/rbac"
)

const accessWhy = "The authorizers are asked in turn: Node for kubelets, RBAC, webhooks, as the server's flags say. The first that allows or forbids ends it; " +
	"where none has an opinion the answer is no. RBAC can only allow: the rules of all roles that are bound to the user and its groups add up, and none takes anything away."

// access explains whether the request is allowed, and by which rule.
func access(t kube.Trace, inv *kube.Inventory) Step {
	a := t.Access
	s := Step{Name: "authorization", Why: accessWhy}
	what := requestText(t.Request)
	switch {
	case a.Err != nil:
		s.Outcome, s.Title = Unknown, "whether "+what+" is allowed can't be asked"
		s.Says = append(s.Says, refusal(a.Err))
	case a.Allowed:
		s.Outcome, s.Title = Passed, what+" is allowed"
	case a.Denied:
		s.Outcome, s.Title = Refused, what+" is forbidden by an authorizer"
	default:
		s.Outcome, s.Title = Refused, what+" is not allowed by any authorizer"
	}
	s.Says = append(s.Says, aboutVerb(t.Request)...)
	if a.Reason != "" {
		s.Says = append(s.Says, "the server's reason: "+a.Reason)
	}
	if a.Trouble != "" {
		s.Says = append(s.Says, "the server had trouble: "+a.Trouble)
	}
	s.Says = append(s.Says, byRules(t, inv)...)
	if a.Review != "" {
		s.Says = append(s.Says, "asked by a "+a.Review)
	}
	return s
}

// requestText is "create pods/exec in shop", as the authorizers see it.
func requestText(req kube.TraceRequest) string {
	attributes := req.Attributes()
	text := req.Verb + " " + req.Target()
	if attributes.Name != "" {
		text += " " + attributes.Name
	}
	if req.Namespace != "" {
		text += " in " + req.Namespace
	}
	return kube.Clean(text)
}

// verbs are those that Kubernetes itself asks its authorizers about: the
// requests', and those that admission and the API check besides.
var verbs = []string{
	"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection",
	"bind", "escalate", "impersonate", "approve", "sign", "attest", "use", "proxy",
}

// aboutVerb warns of a verb that no request has, as of the commands of kubectl
// that aren't verbs.
func aboutVerb(req kube.TraceRequest) []string {
	switch {
	case req.Verb == "*", slices.Contains(verbs, req.Verb), rbac.Constrained(req.Verb):
		return nil
	case slices.Contains([]string{"exec", "attach", "portforward"}, req.Verb):
		return []string{fmt.Sprintf("%s is no verb of the API: what kubectl does by that name is create pods/%s", req.Verb, req.Verb)}
	case req.Verb == "logs":
		return []string{"logs is no verb of the API: what kubectl does by that name is get pods/log"}
	case slices.Contains([]string{"apply", "edit", "scale"}, req.Verb):
		return []string{req.Verb + " is no verb of the API: kubectl gets, creates and patches instead"}
	}
	return []string{kube.Clean(req.Verb) + " is none of the verbs that Kubernetes itself asks about"}
}

// byRules names the rules behind the answer, as far as the roles and bindings
// could be read.
func byRules(t kube.Trace, inv *kube.Inventory) []string {
	user := t.Identity.User
	if slices.Contains(user.Groups, rbac.Masters) {
		return []string{"the group system:masters may do everything: no rule is looked at, and none can take it away"}
	}
	missing := unreadRoles(inv)
	decision := rbac.GraphOf(inv).Decide(rbac.PrincipalsOf(user.Username, user.Groups), accessOf(t.Request))
	var says []string
	for _, grant := range decision.By {
		says = append(says, fmt.Sprintf("%s of %s allows it, by %s", rulesText(grant), roleText(grant), bindingText(grant)))
	}
	says = append(says, disagreement(t, decision, missing)...)
	for _, miss := range decision.Near {
		rule := ""
		if len(miss.Grant.Rules) == 1 {
			rule = miss.Grant.Rules[0].Line() + " of "
		}
		says = append(says, kube.Clean(fmt.Sprintf("near: %s%s, by %s: %s", rule, miss.Grant.Role(), bindingText(miss.Grant), miss.Lacks)))
	}
	if missing != "" {
		says = append(says, "there may be more: "+missing)
	}
	return says
}

// disagreement is for answers that RBAC, as it was read, can't explain.
func disagreement(t kube.Trace, decision rbac.Decision, missing string) []string {
	node := strings.HasPrefix(t.Identity.User.Username, "system:node:")
	switch {
	case t.Access.Err != nil && len(decision.By) > 0:
		return []string{"by RBAC it is allowed; other authorizers may forbid it"}
	case t.Access.Err != nil:
		return []string{"by RBAC, as far as its roles could be read, nothing allows it; other authorizers may"}
	case t.Access.Allowed && len(decision.By) == 0 && node:
		return []string{"RBAC allows it nowhere: the Node authorizer answers for kubelets, and lets them at what the pods of their own node use"}
	case t.Access.Allowed && len(decision.By) == 0 && missing == "":
		return []string{"RBAC allows it nowhere: another authorizer does, such as a webhook"}
	case !t.Access.Allowed && len(decision.By) > 0:
		return []string{"RBAC would allow it: another authorizer forbids it, or the roles have changed since they were read"}
	case !t.Access.Allowed && len(decision.Near) == 0 && missing == "":
		return []string{"no role that is bound to the user or its groups comes near"}
	}
	return nil
}

func accessOf(req kube.TraceRequest) rbac.Access {
	a := req.Attributes()
	resource := a.Resource
	if a.Subresource != "" {
		resource += "/" + a.Subresource
	}
	return rbac.Access{Verb: a.Verb, Group: a.Group, Resource: resource, Name: a.Name, Namespace: a.Namespace}
}

func rulesText(g rbac.Grant) string {
	lines := make([]string, 0, len(g.Rules))
	for _, rule := range g.Rules {
		lines = append(lines, kube.Clean(rule.Line()))
	}
	return strings.Join(lines, " and ")
}

func roleText(g rbac.Grant) string {
	text := g.Role()
	if from := kube.RefOf(g.Rules[0].From); from.Name != g.RoleRef.Name {
		text += " (collected from " + from.String() + ")"
	}
	return kube.Clean(text)
}

func bindingText(g rbac.Grant) string {
	return kube.Clean(fmt.Sprintf("%s for %s, %s", kube.RefOf(g.Binding), g.Subject.Phrase(), g.Scope()))
}

func unreadRoles(inv *kube.Inventory) string {
	for _, r := range rbac.Resources() {
		if gap, ok := inv.Gap(r); ok {
			return kube.Clean(string(r) + ": " + gap.Reason)
		}
	}
	return ""
}
