package kubetest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// RevokeIn takes from an identity, whose kubeconfig it is given, what IdentityIn
// has granted it, and returns once the API server refuses it.
func (c *Testbed) RevokeIn(t testing.TB, namespace, kubeconfig string, rules ...rbacv1.PolicyRule) {
	t.Helper()
	err := c.client.RbacV1().RoleBindings(namespace).DeleteCollection(t.Context(), metav1.DeleteOptions{}, metav1.ListOptions{})
	if err != nil {
		t.Fatalf("deleting the RoleBindings of %s: %v", namespace, err)
	}
	waitUntilAnswered(t, kubeconfig, namespace, rules, false)
}

// waitUntilAnswered returns once the API server allows, or doesn't, what each of
// the rules says. It does so a moment after it has stored them.
func waitUntilAnswered(t testing.TB, kubeconfig, namespace string, rules []rbacv1.PolicyRule, allowed bool) {
	t.Helper()
	config, err := loadConfig(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatalf("making a client: %v", err)
	}
	reviews := client.AuthorizationV1().SelfSubjectAccessReviews()
	for _, rule := range rules {
		review := &authorizationv1.SelfSubjectAccessReview{Spec: exampleOf(rule, namespace)}
		eventually(t, fmt.Sprintf("allowed is %t", allowed), func(ctx context.Context) (bool, error) {
			answer, err := reviews.Create(ctx, review, metav1.CreateOptions{})
			return err == nil && answer.Status.Allowed == allowed, err
		})
	}
}

// exampleOf is one request that the rule allows.
func exampleOf(rule rbacv1.PolicyRule, namespace string) authorizationv1.SelfSubjectAccessReviewSpec {
	if len(rule.NonResourceURLs) > 0 {
		return authorizationv1.SelfSubjectAccessReviewSpec{NonResourceAttributes: &authorizationv1.NonResourceAttributes{
			Verb: first(rule.Verbs), Path: rule.NonResourceURLs[0],
		}}
	}
	resource, subresource, _ := strings.Cut(first(rule.Resources), "/")
	return authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorizationv1.ResourceAttributes{
		Verb:        first(rule.Verbs),
		Group:       first(rule.APIGroups),
		Resource:    resource,
		Subresource: subresource,
		Name:        first(rule.ResourceNames),
		Namespace:   namespace,
	}}
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
