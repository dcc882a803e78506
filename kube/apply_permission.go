package kube

import (
	"context"
	"fmt"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// NotAllowedError says that the identity in use lacks a right.
type NotAllowedError struct {
	Verb      string
	Resource  Resource
	Namespace string
}

func (e *NotAllowedError) Error() string {
	text := fmt.Sprintf("you may not %s %s", e.Verb, e.Resource)
	if e.Namespace != "" {
		text += " in " + e.Namespace
	}
	return text
}

// Allowed asks the API server whether the verb on the object is allowed; a
// NotAllowedError says no. A server that doesn't answer the question isn't an
// error here: the request itself will tell.
func (c *Cluster) Allowed(ctx context.Context, verb string, ref Ref) error {
	mapping, err := c.mappingOf(ref)
	if err != nil {
		return err
	}
	resource := mapping.Resource.GroupResource()
	review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
		ResourceAttributes: &authorizationv1.ResourceAttributes{
			Verb: verb, Group: resource.Group, Resource: resource.Resource, Namespace: ref.Namespace, Name: ref.Name,
		},
	}}
	answer, err := c.Client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
	if err != nil || answer.Status.Allowed {
		return ctx.Err()
	}
	return &NotAllowedError{Verb: verb, Resource: Resource(resource.String()), Namespace: ref.Namespace}
}
