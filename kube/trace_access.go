package kube

import (
	"context"
	"fmt"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TraceAccess is what the server's authorizers say.
type TraceAccess struct {
	Allowed bool
	// Denied says that one of them forbids it: no other was asked. Without it
	// and without Allowed, none of them had an opinion, which is a no too.
	Denied bool
	// Reason is the authorizers' own, often empty; Trouble is what went wrong
	// on the way to the answer.
	Reason, Trouble string
	// Review is the kind of question that was asked.
	Review string
	// Err is why there is no answer.
	Err error
}

// traceAccess asks whether the request is allowed: as the one who makes it,
// or, where we may not act as that one, about it.
func (c *Cluster) traceAccess(ctx context.Context, asker *Cluster, req TraceRequest, id TraceIdentity) TraceAccess {
	attributes := req.Attributes()
	var status authorizationv1.SubjectAccessReviewStatus
	access := TraceAccess{}
	if req.Impersonates() && id.Err != nil {
		access.Review = "SubjectAccessReview"
		review := &authorizationv1.SubjectAccessReview{Spec: specFor(id.User, attributes)}
		answer, err := c.Client.AuthorizationV1().SubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
		if err != nil {
			access.Err = fmt.Errorf("asking about another's rights: %w", err)
			return access
		}
		status = answer.Status
	} else {
		access.Review = "SelfSubjectAccessReview"
		review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: attributes}}
		answer, err := asker.Client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
		if err != nil {
			access.Err = fmt.Errorf("asking about our rights: %w", err)
			return access
		}
		status = answer.Status
	}
	access.Allowed, access.Denied = status.Allowed, status.Denied
	access.Reason, access.Trouble = Clean(status.Reason), Clean(status.EvaluationError)
	return access
}

// Attributes are what authorizers look at. What is created has no name yet to
// them: it stands in the body, which they don't see. A Namespace they take to
// be in itself, by its address: a Role in it may allow to get or to delete it.
func (r TraceRequest) Attributes() *authorizationv1.ResourceAttributes {
	name, namespace := r.Name, r.Namespace
	if r.Verb == "create" && r.Subresource == "" {
		name = ""
	}
	if r.Resource.Group == "" && r.Resource.Resource == "namespaces" {
		namespace = name
	}
	return &authorizationv1.ResourceAttributes{
		Verb: r.Verb, Group: r.Resource.Group, Version: r.Resource.Version, Resource: r.Resource.Resource,
		Subresource: r.Subresource, Namespace: namespace, Name: name,
	}
}

func specFor(user authenticationv1.UserInfo, attributes *authorizationv1.ResourceAttributes) authorizationv1.SubjectAccessReviewSpec {
	spec := authorizationv1.SubjectAccessReviewSpec{
		ResourceAttributes: attributes, User: user.Username, Groups: user.Groups, UID: user.UID,
	}
	for key, values := range user.Extra {
		if spec.Extra == nil {
			spec.Extra = map[string]authorizationv1.ExtraValue{}
		}
		spec.Extra[key] = authorizationv1.ExtraValue(values)
	}
	return spec
}
