package kube

import (
	"errors"
	"regexp"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Refusal is who in the API server said no to a request, and in which words.
type Refusal struct {
	// By is what refused: "PodSecurity", "ResourceQuota", "webhook" …
	By string
	// Name is the object's that says so: the quota, the policy, the webhook, or
	// for PodSecurity the level. Empty where there is none.
	Name string
	// Says is the server's message, without who is asked about what.
	Says string
}

// refusalPattern recognises one refuser by the words it uses. Groups: the
// name, if there is one; the text begins with the match unless rest is set.
type refusalPattern struct {
	by      string
	pattern *regexp.Regexp
	// rest drops the match itself from the text.
	rest bool
}

// refusalPatterns follow the messages of kube-apiserver's own plugins.
func refusalPatterns() []refusalPattern {
	return []refusalPattern{
		{"PodSecurity", regexp.MustCompile(`violates PodSecurity "([^"]+)": `), true},
		{"ResourceQuota", regexp.MustCompile(`(?:exceeded quota|failed quota|status unknown for quota): ([^,:]+)[,:] `), false},
		{"ValidatingAdmissionPolicy", regexp.MustCompile(`ValidatingAdmissionPolicy '([^']+)'(?: with binding '[^']+')? denied request: `), true},
		{"MutatingAdmissionPolicy", regexp.MustCompile(`policy ['"]([^'"]+)['"](?: with binding '[^']+')? denied request: `), true},
		{"webhook", regexp.MustCompile(`admission webhook "([^"]+)" denied the request(?:: | )`), true},
		{"webhook", regexp.MustCompile(`(?:failed calling|admission) webhook "([^"]+)"`), false},
		{"LimitRange", regexp.MustCompile(`(?:minimum|maximum) \S+ usage per \S+ is |max limit to request ratio per `), false},
		{"ServiceAccount", regexp.MustCompile(`error looking up service account `), false},
		{"RBAC", regexp.MustCompile(`attempting to grant RBAC permissions not currently held`), false},
		{"NamespaceLifecycle", regexp.MustCompile(`namespaces? "([^"]+)" not found|unable to create new content in namespace|this namespace may not be deleted`), false},
		{"Priority", regexp.MustCompile(`no PriorityClass with name (\S+) was found|priority admission controller`), false},
		{"NodeRestriction", regexp.MustCompile(`node "([^"]+)" (?:can only|is not allowed|must not)`), false},
		{"DenyServiceExternalIPs", regexp.MustCompile(`Use of external IPs is denied`), false},
		{"ImagePolicyWebhook", regexp.MustCompile(`image policy webhook backend denied`), false},
		{"authorization", regexp.MustCompile(`User "[^"]*" cannot \S+ resource`), false},
	}
}

// RefusalOf finds out who refused a request. It is nil for what is no answer
// of the server.
func RefusalOf(err error) *Refusal {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return nil
	}
	message := Clean(status.Status().Message)
	if conflicts := Conflicts(err); len(conflicts) > 0 {
		return &Refusal{By: "field ownership", Name: conflicts[0].Manager, Says: message}
	}
	for _, p := range refusalPatterns() {
		if r := p.find(message); r != nil {
			return r
		}
	}
	switch {
	case apierrors.IsInvalid(err):
		return &Refusal{By: "validation", Says: message}
	case apierrors.IsAlreadyExists(err):
		return &Refusal{By: "storage", Says: message}
	case apierrors.IsConflict(err), apierrors.IsNotFound(err):
		return &Refusal{By: "storage", Says: message}
	case apierrors.IsBadRequest(err), apierrors.IsUnsupportedMediaType(err):
		return &Refusal{By: "decoding", Says: message}
	case apierrors.IsForbidden(err):
		return &Refusal{By: "admission", Says: message}
	}
	return &Refusal{By: "the server", Says: message}
}

func (p refusalPattern) find(message string) *Refusal {
	at := p.pattern.FindStringSubmatchIndex(message)
	if at == nil {
		return nil
	}
	r := &Refusal{By: p.by, Says: message[at[0]:]}
	if p.rest {
		r.Says = message[at[1]:]
	}
	if len(at) > 3 && at[2] >= 0 {
		r.Name = strings.TrimSpace(message[at[2]:at[3]])
	}
	return r
}
