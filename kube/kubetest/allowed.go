package kubetest

import (
	"context"
	"strings"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// waitUntilAllowed returns once the API server grants what the rules say, which
// it does a moment after it has stored them.
func waitUntilAllowed(t testing.TB, kubeconfig, namespace string, rules []rbacv1.PolicyRule) {
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
		eventually(t, "the rules are in force", func(ctx context.Context) (bool, error) {
			answer, err := reviews.Create(ctx, review, metav1.CreateOptions{})
			return err == nil && answer.Status.Allowed, err
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
